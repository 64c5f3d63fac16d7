import { expect, test } from 'vitest';
import { judgeAudit } from '../../src/judge/judge-audit.ts';
import { policyFromSettings } from '../../src/policy/policy.ts';
import { runRecordOf } from '../support/run-records.ts';
import { catalogueOf } from '../support/scenarios.ts';
import { asked, SESSIONS, transcriptOf } from '../support/transcripts.ts';

const MAILBOX = {
  id: 'some-mailbox',
  mail: '<{sender}>',
  rcpt: '<verp+x@{own}>',
  declares: { flow: 'inbound', form: 'plain' },
  default: { listed: 'accept', unlisted: 'accept' },
  safe: 'local-only',
} as const;

function findingsAfter(reply: readonly [number, string]): readonly string[] {
  const control = transcriptOf({ scenario: 'control-inbound', ...SESSIONS.accepted() });
  const refused = transcriptOf({ scenario: MAILBOX.id, asked: [asked('rcpt', ...reply)] });
  const record = runRecordOf({ transcripts: [control, refused] });
  const policy = policyFromSettings({ domains: record.ownDomains });
  return judgeAudit(record, catalogueOf({}, MAILBOX), policy).findings.map(({ id }) => id);
}

test('a policy says who may write to the own domain, not which mailboxes there are', () => {
  expect(findingsAfter([550, '5.1.1 User unknown in local recipient table'])).toEqual([]);
  expect(findingsAfter([554, '5.7.1 Relay access denied'])).toEqual(['required-mail-refused']);
});
