import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/judge/audit.ts';
import { judgeAudit } from '../../src/judge/judge-audit.ts';
import { compareAddresses, seenAddress } from '../../src/judge/seen-address.ts';
import { caughtOf, runRecordOf } from '../support/run-records.ts';
import { catalogueOf } from '../support/scenarios.ts';
import { received, SESSIONS, transcriptOf } from '../support/transcripts.ts';

const CANARY = `rp1-${'a'.repeat(32)}`;
const OUTSIDE = '198.51.100.7';

/** What the audit finds when a client at `own` gets that greeting, or its canary came out with that trace. */
function findingsOf(own: string, greeting: string, trace: readonly string[] = []): readonly Finding[] {
  const turns = [
    { kind: 'sent' as const, at: 0, stage: 'ehlo' as const, text: 'EHLO client.test' },
    received('ehlo', 250, greeting, 'SIZE'),
  ];
  const session = transcriptOf({ scenario: 'control-inbound', ...SESSIONS.sent(CANARY), turns });
  const record = runRecordOf({
    transcripts: [session],
    vantageAddresses: { direct: own },
    caught: trace.length === 0 ? [] : [caughtOf(CANARY, { to: 'alice@example.com', received: trace })],
  });
  return judgeAudit(record, catalogueOf({}), null).findings.filter(({ id }) => id === 'client-address-lost');
}

describe('the address that a server saw', () => {
  test.for([
    ['mx Hello client.test [172.17.0.1], pleased to meet you', '172.17.0.1'],
    ['mx Hello client.test [IPv6:2001:db8::1]', '2001:db8::1'],
    ['[10.0.0.1] Hello client.test [172.17.0.1]', '172.17.0.1'],
    ['mx at your service', null],
  ] as const)('is read from a greeting: %s', ([greeting, address]) => {
    const transcript = transcriptOf({ turns: [received('ehlo', 250, greeting)] });
    expect(seenAddress(transcript, [])?.address ?? null).toBe(address);
  });

  test('is read from the oldest Received field, and never from our own HELO name', () => {
    const turns = [{ kind: 'sent' as const, at: 0, stage: 'ehlo' as const, text: 'EHLO [203.0.113.9]' }];
    const trace = ['from mx (mx [10.0.0.5]) by hub', 'from [203.0.113.9] (unknown [172.17.0.1]) by mx with ESMTP'];
    expect(seenAddress(transcriptOf({ turns }), [caughtOf(CANARY, { received: trace })])).toEqual({
      address: '172.17.0.1',
      where: 'Received field',
    });
  });

  test.for([
    [OUTSIDE, OUTSIDE, 'same'],
    ['::ffff:198.51.100.7', OUTSIDE, 'same'],
    [OUTSIDE, '172.17.0.1', 'inside-instead-of-outside'],
    ['2001:db8::7', 'fd00::1', 'inside-instead-of-outside'],
    [OUTSIDE, '203.0.113.1', 'another'],
    ['10.0.0.9', '10.0.0.1', 'another'],
    ['192.168.1.5', '203.0.113.1', 'translated-on-our-side'],
  ] as const)('compares %s, which a client had, with %s: %s', ([own, seen, comparison]) => {
    expect(compareAddresses(own, seen)).toBe(comparison);
  });
});

describe('a client address that the server lost', () => {
  test('is critical where an outside client is seen as an inside one, by the greeting or by the trace', () => {
    expect(findingsOf(OUTSIDE, 'mx Hello client.test [172.17.0.1]').map(({ severity }) => severity)).toEqual([
      'critical',
    ]);
    const [finding] = findingsOf(OUTSIDE, 'mx', ['from client.test (unknown [172.17.0.1]) by mx']);
    expect(finding).toMatchObject({
      severity: 'critical',
      confidence: 'high',
      title: expect.stringContaining(`a client at ${OUTSIDE} is 172.17.0.1 to the server, by its Received field`),
    });
  });

  test('is medium where it is another one, and nothing where it is the same or our own router translates it', () => {
    expect(findingsOf(OUTSIDE, 'mx Hello client.test [203.0.113.1]').map(({ severity }) => severity)).toEqual([
      'medium',
    ]);
    expect(findingsOf(OUTSIDE, `mx Hello client.test [${OUTSIDE}]`)).toEqual([]);
    expect(findingsOf('192.168.1.5', 'mx Hello client.test [203.0.113.1]')).toEqual([]);
    expect(findingsOf(OUTSIDE, 'mx')).toEqual([]);
  });
});
