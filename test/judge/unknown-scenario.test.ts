import { expect, test } from 'vitest';
import { judgeAudit } from '../../src/judge/judge-audit.ts';
import { doubts, outcomeOf } from '../../src/judge/outcome.ts';
import { runRecordOf } from '../support/run-records.ts';
import { catalogueOf } from '../support/scenarios.ts';
import { SESSIONS, transcriptOf } from '../support/transcripts.ts';

const CONTROL = transcriptOf({ scenario: 'control-inbound', ...SESSIONS.accepted() });
const REFUSED = transcriptOf(SESSIONS.refused());

test('a session of a scenario that the catalogue does not hold is kept, and a doubt', () => {
  const foreign = transcriptOf({
    id: 'of-another-catalogue direct',
    scenario: 'of-another-catalogue',
    ...SESSIONS.accepted(),
  });
  const audit = judgeAudit(runRecordOf({ transcripts: [CONTROL, REFUSED, foreign] }), catalogueOf({}), null);
  expect(audit.results).toContainEqual(
    expect.objectContaining({ scenario: 'of-another-catalogue', verdict: 'inconclusive', agrees: null }),
  );
  expect(outcomeOf(audit, 'medium').kind).toBe('could-not-tell');
  expect(doubts(audit).join('\n')).toContain('--scenarios');
});

test('a run of scenarios that the catalogue holds stays closed', () => {
  const audit = judgeAudit(runRecordOf({ transcripts: [CONTROL, REFUSED] }), catalogueOf({}), null);
  expect(outcomeOf(audit, 'medium').kind).toBe('clean');
});
