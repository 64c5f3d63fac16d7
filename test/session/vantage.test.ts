import { describe, expect, test } from 'vitest';
import { parseVantage, vantageLabel, type Vantage } from '../../src/session/vantage.ts';

const WRITTEN: readonly (readonly [string, Vantage])[] = [
  ['direct', { kind: 'direct' }],
  ['bind=198.51.100.7', { kind: 'bind', address: '198.51.100.7' }],
  ['proxy=198.51.100.7', { kind: 'proxy', address: '198.51.100.7', version: 1 }],
  ['proxy2=2001:db8::7', { kind: 'proxy', address: '2001:db8::7', version: 2 }],
  ['xclient=2001:db8::7', { kind: 'xclient', address: '2001:db8::7' }],
];

describe('a vantage', () => {
  test.each(WRITTEN)('%s is read and written the same', (text, vantage) => {
    expect(parseVantage(text)).toEqual(vantage);
    expect(vantageLabel(vantage)).toBe(text);
  });

  test.each(['', 'bind', 'bind=', 'Direct', 'direct=1', 'proxy3=::1', 'socks=::1', ' bind=::1'])(
    '`%s` is none',
    (text) => {
      expect(parseVantage(text)).toBeNull();
    },
  );
});
