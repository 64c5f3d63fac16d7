import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ClientRates } from '../../src/guard/client-rates.ts';
import { clientKey, normalAddress } from '../../src/guard/client-key.ts';
import { receivedField } from '../../src/guard/received-field.ts';
import type { ReceivedFacts } from '../../src/guard/received-field.ts';

const FACTS: ReceivedFacts = {
  client: '198.51.100.9',
  helo: 'client.test',
  guardName: 'guard.test',
  esmtp: true,
  secure: false,
  authenticated: false,
  id: 'id-1',
  at: new Date(Date.UTC(2026, 10, 24, 3, 4, 5)),
};

describe('a Received field', () => {
  test('tells client, HELO name, protocol, session and time', () => {
    expect(receivedField(FACTS)).toBe(
      'Received: from client.test ([198.51.100.9])\r\n\tby guard.test with ESMTP id id-1;\r\n\tTue, 24 Nov 2026 03:04:05 +0000\r\n',
    );
  });

  const protocols: readonly (readonly [Partial<ReceivedFacts>, string])[] = [
    [{ esmtp: false }, 'SMTP'],
    [{ esmtp: false, secure: true }, 'SMTP'],
    [{ secure: true }, 'ESMTPS'],
    [{ authenticated: true }, 'ESMTPA'],
    [{ secure: true, authenticated: true }, 'ESMTPSA'],
  ];
  test.for(protocols)('names the protocol of %j', ([changes, protocol]) => {
    expect(receivedField({ ...FACTS, ...changes })).toContain(` with ${protocol} id`);
  });

  test('writes an IPv6 client as a literal', () => {
    expect(receivedField({ ...FACTS, client: '2001:db8::9' })).toContain('([IPv6:2001:db8::9])');
  });

  test('is three lines of printable ASCII whatever the HELO name', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (helo) => {
        expect(receivedField({ ...FACTS, helo })).toMatch(/^Received: from [ -~]+\r\n\t[ -~]+\r\n\t[ -~]+\r\n$/);
      }),
      { seed: 5, numRuns: 1000 },
    );
  });
});

describe('the key of a client', () => {
  test('is one for an address however it is written, and for a /64', () => {
    expect(clientKey('::ffff:198.51.100.9')).toBe(clientKey('198.51.100.9'));
    expect(clientKey('2001:db8:0:1::1')).toBe(clientKey('2001:db8:0:1:ffff::'));
    expect(clientKey('2001:db8:0:1::1')).not.toBe(clientKey('2001:db8:0:2::1'));
    expect(clientKey('198.51.100.9')).not.toBe(clientKey('198.51.100.8'));
    expect(clientKey('')).toBe('');
    expect(normalAddress('::FFFF:C633:6409')).toBe('198.51.100.9');
  });
});

describe('rates of a client', () => {
  test('are counted apart by client and kind, for a minute', () => {
    let now = 0;
    const rates = new ClientRates(() => now);
    expect([rates.add('a', 'messages'), rates.add('a', 'messages'), rates.add('b', 'messages')]).toEqual([1, 2, 1]);
    expect(rates.count('a', 'recipients')).toBe(0);
    now = 59_999;
    expect(rates.count('a', 'messages')).toBe(2);
    now = 60_000;
    expect(rates.count('a', 'messages')).toBe(0);
  });

  test('of more clients than are remembered forget the oldest, and nothing else', () => {
    const rates = new ClientRates(() => 0);
    rates.add('first', 'messages');
    for (let client = 0; client < 9_999; client += 1) rates.add(`client ${client}`, 'messages');
    expect(rates.count('first', 'messages')).toBe(1);
    rates.add('one more', 'messages');
    expect(rates.count('client 1', 'messages')).toBe(1);
    expect(rates.count('first', 'messages')).toBe(0);
  });

  test('of a client that came again are not the oldest', () => {
    let now = 0;
    const rates = new ClientRates(() => now);
    rates.add('first', 'messages');
    now = 60_000;
    for (let client = 0; client < 9_999; client += 1) rates.add(`client ${client}`, 'messages');
    rates.add('first', 'messages');
    rates.add('one more', 'messages');
    expect(rates.count('first', 'messages')).toBe(1);
  });
});
