import { describe, expect, test } from 'vitest';
import type { Audit } from '../../src/judge/audit.ts';
import { judgeAudit } from '../../src/judge/judge-audit.ts';
import { SAME_TOP_LEVEL } from '../../src/judge/known-destination.ts';
import type { Transcript } from '../../src/session/transcript.ts';
import { AUDIT_NAMES, caughtOf, runRecordOf } from '../support/run-records.ts';
import { catalogueOf } from '../support/scenarios.ts';
import { replyOf, SESSIONS, transcriptOf } from '../support/transcripts.ts';

const CANARY = `rp1-${'a'.repeat(32)}`;
const CATALOGUE = catalogueOf({}, { id: SAME_TOP_LEVEL, rcpt: '<v@{random}.{outside-top-level}>' });
const CONTROL = transcriptOf({ scenario: 'control-inbound', ...SESSIONS.sent(`rp1-${'c'.repeat(32)}`) });
const FRESH = transcriptOf({ scenario: SAME_TOP_LEVEL, ...SESSIONS.accepted() });
const names = { ...AUDIT_NAMES, random: 'q1', 'outside-top-level': 'test' };

const judge = (plain: Partial<Transcript>, caught: readonly ReturnType<typeof caughtOf>[] = []): Audit =>
  judgeAudit(runRecordOf({ transcripts: [CONTROL, transcriptOf(plain), FRESH], names, caught }), CATALOGUE, null);
const freshOf = ({ results }: Audit) => results.find(({ scenario }) => scenario === SAME_TOP_LEVEL);

describe('a recipient that is accepted and gets no message', () => {
  test('counts as refused where the message of the plain question is refused after its recipient was accepted', () => {
    const reply = replyOf(550, '5.7.1 relaying denied');
    for (const message of [
      { kind: 'answered', stage: 'data', reply },
      { kind: 'answered', stage: 'end-of-data', reply },
    ] as const) {
      const audit = judge({ ...SESSIONS.accepted(), canary: CANARY, message });
      expect(audit.findings).toEqual([]);
      expect(freshOf(audit)).toMatchObject({
        verdict: 'refused',
        reason: expect.stringMatching(/^accepted at RCPT; no message is sent to it, and that of third-party was: /),
      });
    }
  });

  test('is as undetermined as the message of the plain question that was taken and not seen', () => {
    const audit = judge(SESSIONS.sent(CANARY));
    expect(freshOf(audit)?.verdict).toBe('inconclusive');
    expect(audit.results.find(({ scenario }) => scenario === 'third-party')?.verdict).toBe('inconclusive');
    expect(audit.findings).toEqual([]);
  });

  test('stays accepted where that message came out, or its recipient was refused', () => {
    expect(freshOf(judge(SESSIONS.sent(CANARY), [caughtOf(CANARY)]))?.verdict).toBe('accepted');
    expect(freshOf(judge(SESSIONS.refused()))?.verdict).toBe('accepted');
  });
});
