import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { clipboardSequence } from '../../src/watch/clipboard.ts';
import { duration } from '../../src/config/option-values.ts';
import { watchFiles } from '../../src/watch/file-watch.ts';
import { mergeRecords } from '../../src/watch/merge-records.ts';
import { toAuditView, toCatalogueView } from '../../src/watch/view.ts';
import { cellKey } from '../../src/dashboard/audit-view.ts';
import { judgeAudit } from '../../src/judge/judge-audit.ts';
import { allScenarios } from '../../src/scenario/scenario.ts';
import { probeId } from '../../src/session/plan.ts';
import { runProgram } from '../support/program.ts';
import { runRecordOf } from '../support/run-records.ts';
import { SESSIONS, transcriptOf } from '../support/transcripts.ts';
import { until } from '../support/until.ts';
import { catalogueFrom } from '../../src/config/inputs.ts';
import { ValueFault } from '../../src/config/option-fault.ts';

const first = transcriptOf({ scenario: 'inbound', ...SESSIONS.accepted() });
const leak = transcriptOf({ scenario: 'third-party', ...SESSIONS.accepted() });
const closed = transcriptOf({ scenario: 'third-party', ...SESSIONS.refused() });
const COLUMN = { endpoint: '127.0.0.1:25', vantage: 'direct', login: null, label: 'direct' };

describe('a part of a run that was asked again', () => {
  test('takes the place of what it was, and leaves the rest', () => {
    const merged = mergeRecords(runRecordOf({ transcripts: [first, leak] }), runRecordOf({ transcripts: [closed] }));
    expect(merged.transcripts).toEqual([first, closed]);
  });

  test('adds what was not asked before', () => {
    const merged = mergeRecords(runRecordOf({ transcripts: [first] }), runRecordOf({ transcripts: [closed] }));
    expect(merged.transcripts).toEqual([first, closed]);
  });

  test('replaces an answer by the reason why it is not asked any more, and the other way round', () => {
    const skipped = {
      id: leak.id,
      scenario: 'third-party',
      vantage: 'direct',
      login: null,
      variant: null,
      reason: { kind: 'pointless' },
    } as const;
    const asked = runRecordOf({ transcripts: [leak] });
    const notAsked = runRecordOf({ skipped: [skipped] });
    expect(mergeRecords(asked, notAsked)).toMatchObject({ transcripts: [], skipped: [skipped] });
    expect(mergeRecords(notAsked, asked)).toMatchObject({ transcripts: [leak], skipped: [] });
  });

  test('is in doubt no more', () => {
    const turned = [{ vantage: 'direct', doubted: [leak.id, first.id], unasked: [], reason: 'a ban' }];
    const merged = mergeRecords(
      runRecordOf({ transcripts: [first, leak], turned }),
      runRecordOf({ transcripts: [closed] }),
    );
    expect(merged.turned).toEqual([{ vantage: 'direct', doubted: [first.id], unasked: [], reason: 'a ban' }]);
    expect(mergeRecords(merged, runRecordOf({ transcripts: [first] })).turned).toEqual([]);
  });
});

describe('the audit on the dashboard', () => {
  const catalogue = catalogueFrom(undefined);
  const { target } = runRecordOf();
  const view = (...transcripts: readonly (typeof leak)[]): ReturnType<typeof toAuditView> =>
    toAuditView(
      judgeAudit(runRecordOf({ transcripts, target: { ...target, port: 25 } }), catalogue, null),
      [COLUMN],
      'medium',
    );

  test('names cells as runs name their sessions', () => {
    for (const login of [null, 'alice']) {
      const column = { endpoint: '127.0.0.1:25', vantage: 'proxy=10.0.0.1', login };
      expect(cellKey('third-party', column)).toBe(`127.0.0.1:25 ${probeId('third-party', 'proxy=10.0.0.1', login)}`);
    }
  });

  test('says what is expected, what was seen, and what it comes to', () => {
    const { cells, outcome, controls } = view(first, leak);
    expect(cells.get(cellKey('third-party', COLUMN))).toMatchObject({
      verdict: 'accepted',
      agrees: false,
      expected: 'refuse (safe on any server)',
    });
    expect(outcome.kind).toBe('possibly-open');
    expect(controls).toMatchObject([{ scenario: 'inbound', valid: true }]);
  });

  test('shows the worst of what a scenario got under several names', () => {
    const variant = 'host=mx2.example.com';
    const other = transcriptOf({ ...leak, id: probeId('third-party', 'direct', null, variant), variant });
    for (const transcripts of [
      [first, closed, other],
      [first, other, closed],
    ]) {
      const cell = view(...transcripts).cells.get(cellKey('third-party', COLUMN));
      expect(cell).toMatchObject({ verdict: 'accepted', agrees: false });
      expect(cell?.reason).toContain('under host=mx2.example.com');
      expect(cell?.session).toBe(`127.0.0.1:25 ${other.id}`);
    }
  });

  test('tells every scenario of the catalogue', () => {
    const families = toCatalogueView(catalogue);
    expect(families.flatMap(({ scenarios }) => scenarios)).toHaveLength(allScenarios(catalogue).length);
    for (const { asks, why } of families.flatMap(({ scenarios }) => scenarios)) {
      expect(asks).toMatch(/^(?:(?:inbound|internal|outbound|relay): |no mail at all)/);
      expect(why).not.toBe('');
    }
  });
});

describe('the clipboard', () => {
  test('gets the text as base64', () => {
    const { sequence, cut } = clipboardSequence('C: QUIT\n');
    expect(sequence).toBe('\u001b]52;c;QzogUVVJVAo=\u0007');
    expect(cut).toBe(false);
  });

  test('gets no more than terminals take', () => {
    const { sequence, cut } = clipboardSequence('x'.repeat(1_000_000));
    expect(sequence.length).toBeLessThan(75_000);
    expect(cut).toBe(true);
  });
});

describe('a length of time', () => {
  test.each([
    ['90s', 90_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['1.5m', 90_000],
    ['30', 30_000],
  ])('%s is %i milliseconds', (text, milliseconds) => {
    expect(duration(text)).toBe(milliseconds);
  });

  test.each(['', '0', '0.5s', 'm', '5 m', '5d', '-5m', '1e3', '99999999'])('is not %j', (text) => {
    expect(() => duration(text)).toThrow(ValueFault);
  });
});

describe('a watched file', () => {
  test.each([
    ['written', (file: string): void => writeFileSync(file, 'two')],
    [
      'replaced, as editors do',
      (file: string): void => {
        writeFileSync(`${file}~`, 'two');
        renameSync(`${file}~`, file);
      },
    ],
    ['taken away', (file: string): void => rmSync(file, { force: true })],
  ])('is told when it is %s', async (_how, change) => {
    const folder = mkdtempSync(join(tmpdir(), 'relayproof-watch-'));
    const file = join(folder, 'main.cf');
    writeFileSync(file, 'one');
    const primer = join(folder, 'primer');
    const told: string[] = [];
    const end = watchFiles({ files: [file, primer], settleMs: 50, onChange: (why) => told.push(why) });
    try {
      // The first look has to be over before a change can be one: another file that changes again and again shows that.
      await until('the first looks', () => {
        writeFileSync(primer, 'again');
        return told.length > 0;
      });
      change(file);
      await until('the change to be told', () => told.some((why) => why.includes('main.cf')));
      expect(told.at(-1)).toMatch(/main\.cf.* changed$/);
    } finally {
      end();
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the start of other commands', () => {
  // Every module that is resolved, one a line on stderr.
  const trace = encodeURIComponent(`import { registerHooks } from 'node:module';
    registerHooks({ resolve(name, context, next) { process.stderr.write('module ' + name + '\\n'); return next(name, context); } });`);

  test.each([['--help'], ['scenarios', 'list'], ['watch', '--help'], ['policy', '--help']])(
    'waits for no dashboard: %s',
    async (...args) => {
      const { stderr } = await runProgram(args, { env: { NODE_OPTIONS: `--import=data:text/javascript,${trace}` } });
      expect(stderr).toContain('module commander');
      expect(stderr).not.toMatch(/^module (?:ink|react)\b/m);
      expect(stderr).not.toContain('.tsx');
      expect(stderr).not.toContain('show-dashboard');
    },
  );
});
