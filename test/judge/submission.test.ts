import { expect, test } from 'vitest';
import type { Audit } from '../../src/judge/audit.ts';
import { judgeAudit } from '../../src/judge/judge-audit.ts';
import { outcomeOf } from '../../src/judge/outcome.ts';
import type { Transcript } from '../../src/session/transcript.ts';
import { OUTBOUND } from '../support/outside-control.ts';
import { runRecordOf } from '../support/run-records.ts';
import { catalogueOf } from '../support/scenarios.ts';
import { asked, received, SESSIONS, transcriptOf } from '../support/transcripts.ts';

const REJECTED = SESSIONS.refused('5.7.1 <unknown[198.51.100.7]>: Client host rejected: Access denied');
const AUTH = received('ehlo', 250, 'mx.example.com', 'PIPELINING', 'AUTH PLAIN LOGIN');
const WITH_AUTH = { turns: [received('ehlo', 250, 'mx.example.com'), received('starttls', 220, 'go ahead'), AUTH] };
const WITHOUT = { turns: [received('ehlo', 250, 'mx.example.com', 'PIPELINING')] };

function judgeAt(port: number, ...transcripts: readonly Transcript[]): Audit {
  const target = { ...runRecordOf().target, port };
  return judgeAudit(runRecordOf({ target, transcripts }), catalogueOf({}, { id: 'a-trick' }, OUTBOUND), null);
}

function judge(...transcripts: readonly Transcript[]): Audit {
  return judgeAt(2525, ...transcripts);
}

function kindOf(audit: Audit): string {
  return outcomeOf(audit, 'medium').kind;
}

const control = (session: Partial<Transcript>, vantage = 'direct'): Transcript =>
  transcriptOf({ scenario: 'control-inbound', vantage, ...session });

test('a submission port that rejects every client without a login wants one, and is clean', () => {
  const audit = judge(
    control({ ...REJECTED, ...WITH_AUTH }),
    control({ ...REJECTED, ...WITH_AUTH }, 'bind=127.0.0.9'),
    transcriptOf({ ...REJECTED, ...WITH_AUTH }),
  );
  expect(audit.controls.map(({ valid }) => valid)).toEqual([true, true]);
  expect(audit.results.map(({ verdict }) => verdict)).toEqual(['refused', 'refused', 'refused']);
  expect(audit.results[2]?.reason).toContain('Client host rejected');
  expect(kindOf(audit)).toBe('clean');
});

test('on a port for submission it may offer AUTH in some sessions only, and take the mail of a login', () => {
  const trick = transcriptOf({ scenario: 'a-trick', ...REJECTED, ...WITH_AUTH });
  const user = transcriptOf({ scenario: 'outbound-authenticated', login: 'alice', ...SESSIONS.accepted() });
  expect(kindOf(judgeAt(587, control({ ...REJECTED, ...WITHOUT }), trick, user))).toBe('clean');
});

test('on port 25 it may be a block, unless a login is let in', () => {
  const rejected = [control({ ...REJECTED, ...WITH_AUTH }), transcriptOf({ ...REJECTED, ...WITH_AUTH })];
  const user = transcriptOf({ scenario: 'outbound-authenticated', login: 'alice', ...SESSIONS.accepted() });
  expect(kindOf(judgeAt(25, ...rejected))).toBe('could-not-tell');
  expect(kindOf(judgeAt(25, ...rejected, user))).toBe('clean');
});

test('a question that it does not let come up stays masked', () => {
  const reply = asked('mail', 554, '5.7.1 Client host rejected: Access denied').reply;
  const end = { kind: 'diverged' as const, stage: 'mail' as const, reply, wanted: '250' };
  const audit = judge(control({ ...REJECTED, ...WITH_AUTH }), transcriptOf({ scenario: 'a-trick', end }));
  expect(audit.results.map(({ verdict }) => verdict)).toEqual(['refused', 'masked']);
});

test.for<readonly [string, readonly Transcript[]]>([
  ['without AUTH on offer', [control({ ...REJECTED, ...WITHOUT }), transcriptOf({ ...REJECTED, ...WITHOUT })]],
  [
    'that takes mail of others in the clear, where it offers AUTH as well',
    [control({ ...REJECTED, turns: [AUTH] }), transcriptOf({ ...REJECTED, ...WITH_AUTH })],
  ],
  [
    'where another client is let in',
    [
      control({ ...REJECTED, ...WITH_AUTH }),
      control({ ...SESSIONS.accepted(), ...WITH_AUTH }, 'bind=127.0.0.9'),
      transcriptOf({ ...REJECTED, ...WITH_AUTH }),
    ],
  ],
  [
    'that asks to come later',
    [
      control({ ...SESSIONS.deferred(450, '4.7.1 Client host rejected: Access denied'), ...WITH_AUTH }),
      transcriptOf({ ...REJECTED, ...WITH_AUTH }),
    ],
  ],
])('a server %s has blocked the client, which tells nothing', ([, transcripts]) => {
  expect(kindOf(judge(...transcripts))).toBe('could-not-tell');
});
