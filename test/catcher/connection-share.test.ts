import { describe, expect, test } from 'vitest';
import { admit } from '../../src/catcher/connection-share.ts';

const from = (remoteAddress: string, id: number): { remoteAddress: string; id: number } => ({ remoteAddress, id });

describe('the connections of a catcher', () => {
  test('are free for anybody as long as there is one left', () => {
    expect(admit([from('192.0.2.1', 1)], from('192.0.2.1', 2), 2)).toEqual({ kind: 'free' });
  });

  test('are taken from the client that has the most, its oldest first', () => {
    const open = [from('192.0.2.9', 1), from('192.0.2.1', 2), from('192.0.2.1', 3), from('192.0.2.1', 4)];
    expect(admit(open, from('192.0.2.2', 5), 4)).toEqual({ kind: 'instead', of: open[1] });
    expect(admit(open, from('192.0.2.9', 5), 4)).toEqual({ kind: 'instead', of: open[1] });
  });

  test('are never taken from one client to give another more than that one keeps', () => {
    const open = [from('192.0.2.1', 1), from('192.0.2.1', 2), from('192.0.2.2', 3)];
    expect(admit(open, from('192.0.2.1', 4), 3)).toEqual({ kind: 'refused' });
    expect(admit(open, from('192.0.2.2', 4), 3)).toEqual({ kind: 'refused' });
  });

  test('are counted by the network where a client of IPv6 can choose its addresses', () => {
    const open = [from('2001:db8:0:1::1', 1), from('2001:db8:0:1::2', 2), from('2001:db8:0:1::3', 3)];
    expect(admit(open, from('2001:db8:0:1::4', 4), 3)).toEqual({ kind: 'refused' });
    expect(admit(open, from('2001:db8:0:2::1', 4), 3)).toEqual({ kind: 'instead', of: open[0] });
  });
});
