import { describe, expect, test } from 'vitest';
import { FORMATS, renderAll } from '../../src/report/formats.ts';
import { judgeAudit } from '../../src/judge/judge-audit.ts';
import { SHIPPED_SCENARIOS } from '../../src/scenario/load-catalogue.ts';
import { allScenarios } from '../../src/scenario/scenario.ts';
import { TranscriptBudget } from '../../src/session/transcript-budget.ts';
import { runRecordOf } from '../support/run-records.ts';
import { asked, received, replyOf, transcriptOf } from '../support/transcripts.ts';
import { catalogueFrom } from '../../src/config/inputs.ts';

const LINES = Array.from({ length: 10_000 }, (_, index) => `line ${index}`);
const talkative = transcriptOf({
  turns: [received('rcpt', 250, ...LINES), received('quit', 221, 'bye')],
  asked: [asked('rcpt', 250, ...LINES)],
  message: { kind: 'answered', stage: 'data', reply: replyOf(354, ...LINES) },
  end: { kind: 'diverged', stage: 'data', reply: replyOf(554, ...LINES), wanted: '250' },
});

describe('what an audit keeps of replies', () => {
  test('is all of it while it is no more than an audit keeps', () => {
    expect(new TranscriptBudget().keep(talkative)).toBe(talkative);
  });

  test('is the code and the first lines beyond that, with a note that says how many are missing', () => {
    const kept = new TranscriptBudget(1000).keep(talkative);
    expect(kept.turns).toEqual([
      received('rcpt', 250, ...LINES.slice(0, 20)),
      expect.objectContaining({
        kind: 'note',
        text: expect.stringContaining('9980 lines of this reply were left out'),
      }),
      received('quit', 221, 'bye'),
    ]);
    expect(kept.asked).toEqual([asked('rcpt', 250, ...LINES.slice(0, 20))]);
    expect(JSON.stringify(kept).length).toBeLessThan(3000);
  });
});

test('an audit of ten thousand lines a reply, from three vantages, comes out in every format and fits a file', () => {
  const budget = new TranscriptBudget();
  const catalogue = catalogueFrom(SHIPPED_SCENARIOS);
  const vantages = ['direct', 'proxy=198.51.100.7', 'proxy=10.99.0.7'];
  const transcripts = vantages.flatMap((vantage) =>
    allScenarios(catalogue).map(({ id }) => {
      const turns = [received('ehlo', 250, ...LINES), received('rcpt', 250, ...LINES)];
      const session = { scenario: id, vantage, turns, asked: [asked('rcpt', 250, ...LINES)] };
      return budget.keep(transcriptOf(session));
    }),
  );
  const record = runRecordOf({ transcripts, vantageAddresses: Object.fromEntries(vantages.map((one) => [one, null])) });
  expect(JSON.stringify(record, null, 2).length).toBeLessThan(100_000_000);
  const audit = judgeAudit(record, catalogue, null);
  expect(audit.results.length).toBeGreaterThan(500);
  for (const format of FORMATS) {
    const text = renderAll(format, [audit], { color: false, width: 100, failOn: 'medium' });
    expect(text.length, format).toBeLessThan(20_000_000);
  }
  expect(renderAll('json', [audit], { color: false, width: 100, failOn: 'medium' })).toContain(
    'more lines were left out',
  );
  expect(audit.findings.length).toBeGreaterThan(0);
  for (const { evidence } of audit.findings)
    for (const { dialogue } of evidence) expect(dialogue.length).toBeLessThan(502);
}, 60_000);
