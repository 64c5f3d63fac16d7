import { describe, expect, test } from 'vitest';
import type { Audit } from '../../src/judge/audit.ts';
import { judgeAudit, type RunRecord } from '../../src/judge/judge-audit.ts';
import { headline } from '../../src/report/headline.ts';
import { outcomeOf } from '../../src/judge/outcome.ts';
import type { Transcript } from '../../src/session/transcript.ts';
import { caughtOf, runRecordOf } from '../support/run-records.ts';
import { catalogueOf } from '../support/scenarios.ts';
import { received, replyOf, SESSIONS, transcriptOf } from '../support/transcripts.ts';

const CANARY = `rp1-${'a'.repeat(32)}`;
const CONTROL = transcriptOf({ scenario: 'control-inbound', ...SESSIONS.accepted() });
const TRICKS = ['one', 'two', 'three', 'four'];
const CATALOGUE = catalogueOf({}, ...TRICKS.map((id) => ({ id })));
const STRAY: Partial<Transcript> = {
  ...SESSIONS.accepted(),
  end: { kind: 'desync', stage: 'quit', detail: 'a reply before its command' },
};

/** An audit in which the plain question was accepted and the tricks came to that. */
function judge(tricks: Partial<Transcript>, plain: Partial<Transcript>, changes: Partial<RunRecord> = {}): Audit {
  const transcripts = [
    CONTROL,
    transcriptOf(plain),
    ...TRICKS.map((scenario) => transcriptOf({ scenario, ...tricks })),
  ];
  return judgeAudit(runRecordOf({ transcripts, ...changes }), CATALOGUE, null);
}

describe('an audit of which most sessions broke', () => {
  test.for<readonly [string, Partial<Transcript>]>([
    ['out of step', STRAY],
    ['timed out', { end: { kind: 'timed-out', stage: 'rcpt', detail: 'no answer' } }],
    ['closed', { end: { kind: 'closed', stage: 'mail', detail: 'gone' } }],
    ['garbled', { end: { kind: 'garbled', stage: 'mail', fault: 'mixed-codes' } }],
    ['answered with a code of another command', { asked: [{ stage: 'rcpt', reply: replyOf(354, 'go') }] }],
  ])('does not believe an acceptance that nothing proves: %s', ([, broken]) => {
    const audit = judge(broken, SESSIONS.accepted());
    expect(audit.findings).toEqual([]);
    expect(audit.results.find(({ scenario }) => scenario === 'third-party')).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('4 of 6 sessions'),
    });
    expect(outcomeOf(audit, 'medium').kind).toBe('could-not-tell');
    expect(headline(audit, 'medium').reasons.join()).toContain('4 of 6 sessions');
  });

  test('believes a message that came out', () => {
    const audit = judge(STRAY, SESSIONS.sent(CANARY), { caught: [caughtOf(CANARY)] });
    expect(outcomeOf(audit, 'medium')).toMatchObject({ kind: 'findings', proven: true });
  });
});

test.for<readonly [string, Partial<Transcript>]>([
  ['refused', SESSIONS.refused()],
  [
    'refused by a server that hangs up at once',
    {
      turns: [received('rcpt', 550, '5.7.1 Relaying denied')],
      end: { kind: 'closed', stage: 'rcpt', detail: 'the server closed the connection' },
    },
  ],
  ['not possible with it', { end: { kind: 'not-offered', needed: 'CHUNKING' } }],
  ['called off by us', { end: { kind: 'aborted' } }],
])('an acceptance counts in an audit whose other sessions were %s', ([, tricks]) => {
  expect(judge(tricks, SESSIONS.accepted()).findings.map(({ id }) => id)).toEqual(['third-party-relay']);
});
