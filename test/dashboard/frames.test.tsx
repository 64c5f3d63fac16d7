import { renderToString } from 'ink';
import { describe, expect, test } from 'vitest';
import { ScreenReaderView } from '../../src/dashboard/components/screen-reader-view.tsx';
import { Screen } from '../../src/dashboard/components/screen.tsx';
import { press } from '../../src/dashboard/press.ts';
import type { DashboardState } from '../../src/dashboard/state.ts';
import { createTheme, type Theme } from '../../src/dashboard/theme.ts';
import { HOSTILE_TEXTS } from '../support/hostile-texts.ts';
import { after, auditView, cell, finishedTwice, halfway, OPEN_CELL, started } from './fixture.ts';
import { expectGolden } from './golden.ts';
import { ASCII_SIGNS, UNICODE_SIGNS } from '../../src/terminal/signs.ts';

const PLAIN = createTheme({ signs: UNICODE_SIGNS, color: false, plain: true });
const SIZES = [
  [80, 24],
  [120, 40],
  [200, 60],
] as const;

const ESCAPE = '\u001b';

function frame(state: DashboardState, theme: Theme = PLAIN): string {
  return renderToString(<Screen state={state} theme={theme} />, { columns: state.size.columns });
}

function typed(state: DashboardState, ...keys: readonly string[]): DashboardState {
  return keys.reduce((before, key) => press(before, key).state, state);
}

const MOMENTS: readonly (readonly [string, (columns: number, rows: number) => DashboardState])[] = [
  ['halfway', halfway],
  ['open', (columns, rows) => typed(finishedTwice(columns, rows), 'n', '2')],
  ['dialogue', (columns, rows) => typed(finishedTwice(columns, rows), 'n', '3')],
  ['findings', (columns, rows) => typed(finishedTwice(columns, rows), '4')],
  ['help', (columns, rows) => typed(started(columns, rows), '?')],
  ['filter', (columns, rows) => typed(started(columns, rows), '/', ...'third'.split(''))],
  ['quit', (columns, rows) => typed(halfway(columns, rows), 'q')],
];

describe.each(SIZES)('the screen of %i columns and %i rows', (columns, rows) => {
  test.each(MOMENTS)('%s is drawn as it always was', (name, stateOf) => {
    expectGolden(`${name}-${columns}x${rows}`, frame(stateOf(columns, rows)));
  });

  test.each(MOMENTS)('%s fills the screen and no more', (_name, stateOf) => {
    const lines = frame(stateOf(columns, rows)).split('\n');
    expect(lines).toHaveLength(rows);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
  });
});

describe('resizing', () => {
  test('never breaks the screen', () => {
    for (let columns = 1; columns <= 230; columns += 7) {
      for (const rows of [1, 5, 12, 13, 17, 24, 40, 70]) {
        const lines = frame(typed(finishedTwice(columns, rows), 'n')).split('\n');
        expect(lines.length).toBeLessThanOrEqual(rows);
        for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
      }
    }
  });

  test('says so where nothing fits', () => {
    expect(frame(started(39, 24))).toContain('too small');
    expect(frame(started(80, 11))).toContain('too small');
    expect(frame(started(40, 12))).not.toContain('too small');
  });
});

describe('what is on the screen', () => {
  test('is the target, its verdict so far, vantages, policy, progress and time left', () => {
    const text = frame(halfway());
    for (const part of [
      '127.0.0.1:2525',
      'Postfix',
      'so far',
      'OPEN',
      'proxy=10.0.0.10',
      'sha256:4daf',
      '2/21',
      '1.0/s',
      '0:19 left',
    ])
      expect(text).toContain(part);
  });

  test('is what is asked now, and what is still to come', () => {
    const text = frame(halfway(200, 60));
    expect(text).toContain('asking');
    expect(text).toContain('· ');
  });

  test('is no all-clear before the end', () => {
    const text = frame(after(halfway(), { kind: 'judged', audit: auditView() }));
    expect(text).not.toContain('CLOSED');
    expect(text).toContain('nothing open so far');
  });

  test('is a ban, and a control that failed', () => {
    const audit = auditView([], {
      bans: [{ vantage: 'direct', reason: 'answers otherwise', doubted: 8, unasked: 60 }],
      controls: [{ label: 'direct', scenario: 'inbound', valid: false, reason: 'unreachable' }],
      outcome: { kind: 'could-not-tell', reasons: ['a ban'] },
    });
    const text = frame(after(started(200, 60), { kind: 'judged', audit }));
    expect(text).toContain('direct is not let in any more (8 in doubt, 60 not asked)');
    expect(text).toContain('✗ inbound direct: unreachable');
    expect(text).toContain('COULD NOT TELL');
  });

  test('is what opened and what closed since the run before', () => {
    const open = frame(typed(finishedTwice(), 'n'));
    expect(open).toContain('✗ ▲ spoof-own-user');
    expect(open).toContain('newly open');
    expect(open).toMatch(/#2 12:01:00 OPEN 1 ▲1 main\.cf changed +#1 12:00:00 CLOSED start/);
    const closed = after(
      finishedTwice(),
      { kind: 'run-began', nowMs: 90_000, whole: true },
      { kind: 'run-finished', audit: auditView(), run: { at: '12:02:00', why: 'all again' } },
    );
    expect(frame(closed)).toContain('✓ ▼ spoof-own-user');
  });

  test('is when the next run begins, and how many files are watched', () => {
    const state = after(
      { ...finishedTwice(), watched: 2 },
      { kind: 'next-run', atMs: 300_000 },
      { kind: 'tick', nowMs: 60_000 },
    );
    expect(frame(state)).toContain('next run in 4:00, watching 2 files');
  });

  test('is that it is paused', () => {
    expect(frame(typed(halfway(), 'space'))).toContain('PAUSED');
  });
});

describe('the theme', () => {
  const withLeak = (): DashboardState =>
    after(started(120, 40), { kind: 'judged', audit: auditView([['third-party', 0, OPEN_CELL]]) });

  test('has a colour and a glyph for right, wrong and unclear', () => {
    const audit = auditView([
      ['third-party', 0, OPEN_CELL],
      ['third-party', 1, cell({ verdict: 'inconclusive', agrees: null })],
    ]);
    const text = frame(after(started(), { kind: 'judged', audit }), createTheme({ signs: UNICODE_SIGNS, color: true }));
    expect(text).toContain(`${ESCAPE}[31m!`);
    expect(text).toContain(`${ESCAPE}[33m?`);
    expect(text).toContain(`${ESCAPE}[32m-`);
  });

  test('without colour still tells what is wrong from what is right', () => {
    const text = frame(withLeak(), createTheme({ signs: UNICODE_SIGNS, color: false }));
    // Bold, faint and reverse video only: SGR 1, 2, 7 and their ends.
    const codes = new Set([...text.matchAll(/\u001b\[([\d;]*)m/g)].map(([, code]) => code));
    expect([...codes].filter((code) => !['0', '1', '2', '7', '22', '27'].includes(code ?? ''))).toEqual([]);
    expect(text).toMatch(/\u001b\[[\d;]*7m[^\n]{0,8}!/);
  });

  test('for other terminals than UTF-8 ones is ASCII', () => {
    const text = frame(typed(finishedTwice(), 'n'), createTheme({ signs: ASCII_SIGNS, color: false, plain: true }));
    // The catalogue and the table of keys may quote; what the dashboard draws by itself does not.
    expect(text.replaceAll(/[“”]/g, '')).toMatch(/^[\n -~]*$/);
  });
});

describe('for a screen reader', () => {
  const spoken = (state: DashboardState): string =>
    renderToString(<ScreenReaderView state={state} theme={PLAIN} />, { columns: 10_000 });

  test('are words in lines, without signs, frames and bars', () => {
    const text = spoken(typed(finishedTwice(), 'n', '2'));
    expect(text).toContain('What and why: spoof-own-user');
    expect(text).toContain('remedy, Never take a sender address as permission.');
    expect(text).toContain('newly open');
    expect(text).not.toMatch(/[│╭█░✓✗▲]/u);
  });

  test('are the keys, when they are asked for', () => {
    expect(spoken(typed(started(), '?'))).toContain('next line');
  });
});

describe('hostile text of a server', () => {
  test('that came escaped, as all of it does, leaves the screen whole', () => {
    for (const text of HOSTILE_TEXTS.map(escaped)) {
      const audit = auditView([['third-party', 0, cell({ reason: text, reply: text })]], {
        software: text,
        banner: text,
      });
      const state = typed(after(started(120, 40), { kind: 'judged', audit }), '/', ...'stranger to a str'.split(''));
      const lines = frame(state).split('\n');
      expect(lines).toHaveLength(40);
      expect(lines.join('')).not.toMatch(/\p{Cc}/u);
    }
  });
});

function escaped(text: string): string {
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => `\\x${character.codePointAt(0)?.toString(16) ?? ''}`);
}
