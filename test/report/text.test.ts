import { describe, expect, test } from 'vitest';
import type { Audit } from '../../src/judge/audit.ts';
import { judgeAudit, type RunRecord } from '../../src/judge/judge-audit.ts';
import { jsonReport } from '../../src/report/json.ts';
import { indent, table, wrap } from '../../src/report/layout.ts';
import { outcomeOf, type FailOn } from '../../src/judge/outcome.ts';
import { textReport } from '../../src/report/text.ts';
import type { Transcript } from '../../src/session/transcript.ts';
import { hostileVariants } from '../support/hostile-texts.ts';
import { COMES_OUT, LOGGED_IN, OUTBOUND } from '../support/outside-control.ts';
import { caughtOf, runRecordOf } from '../support/run-records.ts';
import { catalogueOf } from '../support/scenarios.ts';
import { received, SESSIONS, transcriptOf } from '../support/transcripts.ts';

const CANARY = `rp1-${'a'.repeat(32)}`;
const CONTROL = transcriptOf({ scenario: 'control-inbound', ...SESSIONS.sent(`rp1-${'c'.repeat(32)}`) });
const STEERS = /[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?!\n)\p{Cc}/u;

function auditOf(session: Partial<Transcript>, changes: Partial<RunRecord> = {}): Audit {
  return judgeAudit(runRecordOf({ transcripts: [CONTROL, transcriptOf(session)], ...changes }), catalogueOf({}), null);
}

function textOf(audit: Audit, changes: Partial<Parameters<typeof textReport>[1]> = {}): string {
  return textReport([audit], { color: false, width: 100, failOn: 'medium', ...changes });
}

/** A message that was taken and did not come out, where one of a user did. */
const disappeared = judgeAudit(
  runRecordOf({ transcripts: [CONTROL, LOGGED_IN, transcriptOf(SESSIONS.sent(CANARY))], ...COMES_OUT }),
  catalogueOf({}, OUTBOUND),
  null,
);
const relayed = auditOf(SESSIONS.sent(CANARY), { caught: [caughtOf(CANARY)] });

describe('what an audit comes to', () => {
  test.each<[string, Audit, FailOn, string]>([
    ['a refusal beside a control', auditOf(SESSIONS.refused()), 'medium', 'clean'],
    ['a message that came out', relayed, 'medium', 'findings'],
    ['a message that came out, where no finding counts', relayed, 'never', 'clean'],
    ['an acceptance without proof', auditOf(SESSIONS.accepted()), 'critical', 'findings'],
    ['a message that disappeared, below the threshold', disappeared, 'medium', 'clean'],
    ['a message that disappeared, at the threshold', disappeared, 'low', 'findings'],
    ['a message that was not seen and may yet come out', auditOf(SESSIONS.sent(CANARY)), 'medium', 'could-not-tell'],
    ['an interruption', auditOf(SESSIONS.refused(), { interrupted: true }), 'medium', 'could-not-tell'],
    ['an interruption after a message came out', { ...relayed, interrupted: true }, 'medium', 'findings'],
    ['nothing asked', judgeAudit(runRecordOf(), catalogueOf({}), null), 'medium', 'could-not-tell'],
  ])('%s: with --fail-on %s%s', (_, audit, failOn, kind) => {
    expect(outcomeOf(audit, failOn).kind).toBe(kind);
  });

  test('is proven only where a message came out', () => {
    expect(outcomeOf(relayed, 'medium')).toEqual({ kind: 'findings', worst: 'critical', proven: true });
    expect(outcomeOf(auditOf(SESSIONS.accepted()), 'medium')).toMatchObject({ proven: false });
  });
});

describe('the report in text', () => {
  test('says the verdict first, then the hole, the wire that shows it, and what closes it', () => {
    const text = textOf(auditOf({ ...SESSIONS.accepted(), turns: [received('rcpt', 250, '2.1.5 fine')] }));
    const places = ['POSSIBLY OPEN', 'Relays mail from strangers', 'S: 250 2.1.5 fine', 'remedy: ', 'fingerprint: '];
    const found = places.map((place) => text.indexOf(place));
    expect(found.every((place) => place >= 0)).toBe(true);
    expect([...found].sort((a, b) => a - b)).toEqual(found);
  });

  test('says a reason once, however many scenarios have it, and names no more than three of them', () => {
    const ids = ['one', 'two', 'three', 'four', 'five'];
    const lost = { kind: 'closed' as const, stage: 'mail' as const, detail: 'gone' };
    const here = ids.map((scenario) => transcriptOf({ scenario, end: lost }));
    const there = transcriptOf({ scenario: 'one', vantage: 'bind=10.0.0.1', end: lost });
    const catalogue = catalogueOf(...ids.map((id) => ({ id })));
    const text = textOf(judgeAudit(runRecordOf({ transcripts: [CONTROL, ...here, there] }), catalogue, null));
    const reason = 'connection lost at MAIL: gone';
    expect(text.split('\n').filter((line) => line.includes(reason))).toEqual([
      `  - one, two, three and 2 more from direct: ${reason}`,
      `  - one from bind=10.0.0.1: ${reason}`,
      `  - inconclusive: one, two, three and 2 more from direct: ${reason}`,
      `  - inconclusive: one from bind=10.0.0.1: ${reason}`,
    ]);
  });

  test('says OPEN where a message came out, CLOSED where nothing was found', () => {
    expect(textOf(relayed)).toMatch(/^OPEN\b/m);
    expect(textOf(auditOf(SESSIONS.refused()))).toMatch(/^CLOSED\b/m);
    expect(textOf(auditOf(SESSIONS.refused(), { interrupted: true }))).toMatch(/^COULD NOT TELL\b/m);
  });

  test('has colour only where it may, and says the same without', () => {
    const coloured = textOf(relayed, { color: true });
    expect(coloured).toContain('\u001b[');
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(textOf(relayed));
  });

  test('fits the width of its terminal', () => {
    for (const width of [60, 80, 132]) {
      const lines = textOf(auditOf({ ...SESSIONS.accepted(), turns: [received('rcpt', 250, 'word '.repeat(60))] }), {
        width,
      }).split('\n');
      expect(lines.filter((line) => line.startsWith('     ')).every((line) => line.length <= width)).toBe(true);
    }
  });

  test('lets no text of a server steer the terminal that it is read on, even from a saved audit that was tampered with', () => {
    for (const text of hostileVariants()) {
      const audit = auditOf(
        { ...SESSIONS.refused(text), turns: [received('rcpt', 550, text)] },
        { target: { host: text, address: '127.0.0.1', port: 25, banner: text }, authorizedBy: text },
      );
      expect(textOf(audit)).not.toMatch(STEERS);
      expect(jsonReport([audit])).not.toMatch(STEERS);
    }
  });
});

test('the report in JSON is the audit, and an array of several', () => {
  expect(JSON.parse(jsonReport([relayed]))).toEqual(relayed);
  expect(JSON.parse(jsonReport([relayed, relayed]))).toEqual([relayed, relayed]);
  expect(jsonReport([])).toBe('[]\n');
});

describe('layout', () => {
  test('wraps at blanks, cuts longer words, and loses nothing', () => {
    expect(wrap('one two three four five', 20)).toEqual(['one two three four', 'five']);
    expect(wrap('x'.repeat(45), 20)).toEqual(['x'.repeat(20), 'x'.repeat(20), 'x'.repeat(5)]);
    expect(wrap('', 20)).toEqual(['']);
  });

  test('indents the first line and the rest each in its own way', () => {
    expect(indent(['a', 'b'], '- ', '  ')).toEqual(['- a', '  b']);
  });

  test('pads columns to their widest cell', () => {
    expect(
      table([
        ['a', 'bb'],
        ['ccc', 'd'],
      ]),
    ).toEqual(['a    bb', 'ccc  d']);
  });
});
