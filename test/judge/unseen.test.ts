import { describe, expect, test } from 'vitest';
import type { Audit, AuditResult } from '../../src/judge/audit.ts';
import { judgeAudit, type RunRecord } from '../../src/judge/judge-audit.ts';
import { watchLeftMs } from '../../src/judge/observe-run.ts';
import { LONGEST_EXTENSION_MS } from '../../src/judge/watching.ts';
import { policyFromSettings } from '../../src/policy/policy.ts';
import { outcomeOf } from '../../src/judge/outcome.ts';
import type { Transcript } from '../../src/session/transcript.ts';
import { OUTBOUND } from '../support/outside-control.ts';
import { caughtOf, runRecordOf } from '../support/run-records.ts';
import { catalogueOf, type ScenarioFields } from '../support/scenarios.ts';
import { replyOf, SESSIONS, transcriptOf } from '../support/transcripts.ts';

const [UNSEEN, CONTROL_OUT, CONTROL_IN] = [`rp1-${'a'.repeat(32)}`, `rp1-${'b'.repeat(32)}`, `rp1-${'c'.repeat(32)}`];
const SPOOF: ScenarioFields = {
  id: 'spoof-own-user',
  mail: '<{own-user}>',
  declares: { flow: 'outbound', form: 'plain' },
  default: { listed: 'accept', unlisted: 'refuse' },
};
const CATALOGUE = catalogueOf({}, OUTBOUND, SPOOF);
const START = '2026-01-01T00:00:00.000Z';

/** That many seconds after the sessions began. */
function after(seconds: number): string {
  return new Date(Date.parse(START) + 1000 * seconds).toISOString();
}

/** A session whose message was taken a second after it began. */
function taken(canary: string, changes: Partial<Transcript> = {}): Transcript {
  const reply = replyOf(250, '2.0.0 queued');
  return transcriptOf({
    ...SESSIONS.sent(canary),
    startedAt: START,
    turns: [
      { kind: 'received', at: 1000, stage: 'end-of-data', reply },
      { kind: 'received', at: 1400, stage: 'quit', reply: replyOf(221, 'bye') },
    ],
    durationMs: 1500,
    ...changes,
  });
}

const INBOUND = taken(CONTROL_IN, { scenario: 'control-inbound' });
const STRANGER = taken(UNSEEN);
const LOGGED_IN = taken(CONTROL_OUT, { scenario: 'outbound-authenticated', login: 'alice' });
const OUT = caughtOf(CONTROL_OUT, { from: 'alice@example.com', at: START });

function recordOf(changes: Partial<RunRecord>, catching: Partial<RunRecord['catching']> = {}): RunRecord {
  return runRecordOf({
    transcripts: [INBOUND, STRANGER],
    ...changes,
    catching: { faults: [], seenAt: {}, until: after(600), ...catching },
  });
}

function strangerOf(audit: Audit): AuditResult {
  const result = audit.results.find(({ scenario }) => scenario === 'third-party');
  if (result === undefined) throw new Error('there is no result of third-party');
  return result;
}

function judge(record: RunRecord, policy: Parameters<typeof judgeAudit>[2] = null): Audit {
  return judgeAudit(record, CATALOGUE, policy);
}

/** A run in which a user's mail to the outside came out so many seconds after it was taken. */
function withControl(seconds: number, watchedSeconds: number): RunRecord {
  return recordOf(
    { transcripts: [INBOUND, STRANGER, LOGGED_IN], caught: [OUT] },
    { seenAt: { [CONTROL_OUT]: after(1 + seconds) }, until: after(1 + watchedSeconds) },
  );
}

describe("a stranger's message that was taken and did not come out", () => {
  test('is told to be nothing, where no mail for the outside mailbox came out, however long it was waited for', () => {
    const audit = judge(recordOf({}));
    expect(strangerOf(audit)).toMatchObject({
      verdict: 'inconclusive',
      agrees: null,
      reason: expect.stringMatching(/--login-env.*--wait/s),
    });
    expect(audit.findings).toEqual([]);
    expect(outcomeOf(audit, 'medium').kind).toBe('could-not-tell');
  });

  test("is no less in doubt where the server's own mail came out at once", () => {
    const inbound = caughtOf(CONTROL_IN, { to: 'alice@example.com', at: START });
    const audit = judge(recordOf({ caught: [inbound] }, { seenAt: { [CONTROL_IN]: after(1) } }));
    expect(strangerOf(audit).verdict).toBe('inconclusive');
  });

  test.for([
    [0, 5, 'swallowed'],
    [0, 4.9, 'inconclusive'],
    [30, 65, 'swallowed'],
    [30, 64, 'inconclusive'],
  ] as const)('beside a control that took %d s and watched for %d s is %s', ([seconds, watched, verdict]) => {
    expect(strangerOf(judge(withControl(seconds, watched))).verdict).toBe(verdict);
  });

  test('and was not watched for long enough asks for a longer --wait, with the time that the control took', () => {
    expect(strangerOf(judge(withControl(30, 40))).reason).toMatch(/30 s.*65 s.*--wait/s);
  });

  test('goes by the slowest of the controls, and by when the catcher wrote it where nobody else saw it', () => {
    const slow = taken(`rp1-${'d'.repeat(32)}`, { scenario: 'outbound-authenticated', login: 'alice', vantage: 'b' });
    const record = withControl(0, 30);
    const both = {
      ...record,
      transcripts: [...record.transcripts, slow],
      caught: [OUT, caughtOf(slow.canary ?? '', { from: 'alice@example.com', at: after(21) })],
    };
    expect(strangerOf(judge(both)).verdict).toBe('inconclusive');
    expect(strangerOf(judge({ ...both, catching: { ...both.catching, until: after(46) } })).verdict).toBe('swallowed');
  });

  test('is believed beside mail that the policy admits from another vantage, and that came out', () => {
    const listed = taken(CONTROL_OUT, { scenario: 'spoof-own-user', vantage: 'listed' });
    const record = recordOf(
      {
        transcripts: [INBOUND, STRANGER, listed],
        caught: [OUT],
        vantageAddresses: { direct: '198.51.100.7', listed: '10.0.0.10' },
      },
      { seenAt: { [CONTROL_OUT]: after(1) } },
    );
    expect(strangerOf(judge(record, policyFromSettings({ domains: ['example.com'] }))).verdict).toBe('swallowed');
    expect(strangerOf(judge(record)).verdict).toBe('inconclusive');
  });

  test('is never believed gone from a saved run that does not say until when somebody watched', () => {
    const record = withControl(0, 100);
    const { verdict } = strangerOf(judge({ ...record, catching: { faults: [], seenAt: {}, until: null } }));
    expect(verdict).toBe('inconclusive');
  });

  test('and bounced, or came out for an own mailbox, is told by that', () => {
    for (const caught of [
      caughtOf(UNSEEN, { from: '', to: 's@sender.test' }),
      caughtOf(UNSEEN, { to: 'bob@example.com' }),
    ])
      expect(strangerOf(judge(recordOf({ caught: [caught] }))).verdict).toBe('swallowed');
  });

  test('matters not to a server that takes nothing of strangers', () => {
    const refused = transcriptOf(SESSIONS.refused());
    expect(outcomeOf(judge(recordOf({ transcripts: [INBOUND, refused] })), 'medium').kind).toBe('clean');
    const unseen = recordOf({ transcripts: [INBOUND, refused, LOGGED_IN] });
    expect(outcomeOf(judge(unseen), 'medium').kind).toBe('clean');
  });
});

describe('what keeps the catcher from seeing everything', () => {
  const fault = 'caught.ndjson line 7 is not a line of `relayproof catch`';

  test('makes what was not seen inconclusive, whatever a control came to', () => {
    const record = withControl(0, 600);
    const audit = judge({ ...record, catching: { ...record.catching, faults: [fault] } });
    expect(strangerOf(audit)).toMatchObject({ verdict: 'inconclusive', reason: expect.stringContaining(fault) });
  });

  test('is a doubt of an audit in which nothing was taken, and leaves its controls valid', () => {
    const record = recordOf(
      { transcripts: [INBOUND, transcriptOf(SESSIONS.refused()), LOGGED_IN] },
      { faults: [fault] },
    );
    const audit = judge(record);
    const outcome = outcomeOf(audit, 'medium');
    expect(outcome).toMatchObject({ kind: 'could-not-tell', reasons: [expect.stringContaining(fault)] });
    expect(audit.controls.map(({ verdict, valid }) => [verdict, valid])).toEqual([
      ['accepted', true],
      ['accepted', true],
    ]);
  });

  test('does not take back what came out', () => {
    const audit = judge(recordOf({ caught: [caughtOf(UNSEEN)] }, { faults: [fault] }));
    expect(outcomeOf(audit, 'medium')).toMatchObject({ kind: 'findings', proven: true });
  });
});

describe('how much longer to watch', () => {
  const left = (record: RunRecord): number => watchLeftMs(record, CATALOGUE, null);

  test('is what the margin still asks for, by the control that came out', () => {
    expect(left(withControl(30, 40))).toBe(25_000);
    expect(left(withControl(30, 65))).toBe(0);
  });

  test('is nothing where waiting would tell nothing', () => {
    expect(left(recordOf({}, { until: after(2) }))).toBe(0);
    const record = withControl(30, 40);
    expect(left({ ...record, catching: { ...record.catching, faults: ['gone'] } })).toBe(0);
    expect(left({ ...record, transcripts: [INBOUND, transcriptOf(SESSIONS.refused()), LOGGED_IN] })).toBe(0);
  });

  test('has an end', () => {
    expect(left(withControl(86_400, 1))).toBe(LONGEST_EXTENSION_MS);
  });
});
