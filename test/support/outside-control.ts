import type { RunRecord } from '../../src/judge/run-record.ts';
import { caughtOf } from './run-records.ts';
import type { ScenarioFields } from './scenarios.ts';
import { SESSIONS, transcriptOf } from './transcripts.ts';

/** The control that a user's mail comes out for the outside mailbox. */
export const OUTBOUND: ScenarioFields = {
  id: 'outbound-authenticated',
  mail: '<{own-user}>',
  declares: { flow: 'outbound', form: 'plain' },
  default: { listed: 'accept', unlisted: 'refuse' },
  login: 'required',
  role: 'positive-control',
  safe: 'accept',
  severity: 'low',
};

/** A session of it whose message was taken. */
export const LOGGED_IN = transcriptOf({
  scenario: 'outbound-authenticated',
  login: 'alice',
  ...SESSIONS.sent(`rp1-${'d'.repeat(32)}`),
});

/** Its message came out within a second, and a minute was watched. */
export const COMES_OUT = {
  caught: [caughtOf(LOGGED_IN.canary ?? '', { from: 'alice@example.com' })],
  catching: { faults: [], seenAt: {}, until: '1970-01-01T00:01:00.000Z' },
} satisfies Partial<RunRecord>;
