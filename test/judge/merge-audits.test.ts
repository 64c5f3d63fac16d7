import { expect, test } from 'vitest';
import type { Audit } from '../../src/judge/audit.ts';
import { judgeAudit } from '../../src/judge/judge-audit.ts';
import { mergeAudits } from '../../src/judge/merge-audits.ts';
import { runRecordOf } from '../support/run-records.ts';
import { catalogueOf } from '../support/scenarios.ts';
import { SESSIONS, transcriptOf } from '../support/transcripts.ts';

/** An audit of one address of a host that relays for a client at `client`. */
function openAt(address: string, client: string): Audit {
  const record = runRecordOf({
    target: { host: 'mx.example.com', address, port: 25, banner: null },
    vantageAddresses: { direct: client },
    transcripts: [
      transcriptOf({ scenario: 'control-inbound', ...SESSIONS.accepted() }),
      transcriptOf(SESSIONS.accepted()),
    ],
  });
  return judgeAudit(record, catalogueOf({}), null);
}

test('the same hole at two addresses of a host is one finding, which tells both and is none of a single address', () => {
  const [four, six] = [openAt('192.0.2.1', '10.0.0.7'), openAt('2001:db8::1', '2001:db8::7')];
  const merged = mergeAudits([four, six]);
  expect(merged.findings).toHaveLength(1);
  expect(merged.findings[0]?.reach).toEqual([
    { endpoint: '192.0.2.1:25', vantageClass: 'private', confidence: 'low' },
    { endpoint: '[2001:db8::1]:25', vantageClass: 'public', confidence: 'low' },
  ]);
  const fingerprints = [merged, four, six].map(({ findings }) => findings[0]?.fingerprint);
  expect(new Set(fingerprints).size).toBe(3);
  expect(mergeAudits([six, four]).findings[0]?.fingerprint).toBe(fingerprints[0]);
});
