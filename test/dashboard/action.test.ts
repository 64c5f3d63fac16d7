import { describe, expect, test } from 'vitest';
import { cellKey } from '../../src/dashboard/audit-view.ts';
import { changesBetween } from '../../src/dashboard/changes.ts';
import { cellAt, chosenRow, familyMark, markOf, visibleRows } from '../../src/dashboard/rows.ts';
import { shownOf } from '../../src/dashboard/state.ts';
import { press } from '../../src/dashboard/press.ts';
import {
  after,
  auditView,
  CATALOGUE,
  cell,
  columnAt,
  finishedTwice,
  halfway,
  OPEN_AUDIT,
  OPEN_CELL,
  sessionEvents,
  started,
} from './fixture.ts';

const INCONCLUSIVE = cell({ verdict: 'inconclusive', agrees: null });
const KEY = cellKey('spoof-own-user', columnAt(0));

describe('what changed between two runs', () => {
  test('is what leaks now and did not, and what leaked and does not', () => {
    expect(changesBetween(auditView(), OPEN_AUDIT).get(KEY)).toBe('opened');
    expect(changesBetween(OPEN_AUDIT, auditView()).get(KEY)).toBe('closed');
    expect(changesBetween(OPEN_AUDIT, OPEN_AUDIT).size).toBe(0);
  });

  test.each([
    ['could not be told before', INCONCLUSIVE, OPEN_CELL],
    ['cannot be told now', OPEN_CELL, INCONCLUSIVE],
    ['was not asked before', null, OPEN_CELL],
    ['is not asked any more', OPEN_CELL, null],
  ])('is nothing where it %s', (_what, before, now) => {
    const was = auditView([['spoof-own-user', 0, before]]);
    expect(changesBetween(was, auditView([['spoof-own-user', 0, now]])).size).toBe(0);
  });

  test('is nothing in the first run', () => {
    expect(changesBetween(null, OPEN_AUDIT).size).toBe(0);
  });
});

describe('a run on the dashboard', () => {
  test('that ends goes into the history with its changes', () => {
    const { history, phase } = finishedTwice();
    expect(phase.kind).toBe('idle');
    expect(history.map(({ number, outcome, opened, closed, why }) => [number, outcome, opened, closed, why])).toEqual([
      [2, 'open', 1, 0, 'main.cf changed'],
      [1, 'closed', 0, 0, 'start'],
    ]);
  });

  test('shows what the one before had found until the new answers come', () => {
    const again = after(finishedTwice(), { kind: 'run-began', nowMs: 90_000, whole: true });
    expect(cellAt(again, 'spoof-own-user', columnAt(0))).toMatchObject({ stale: true, cell: { verdict: 'relayed' } });
    const judged = after(again, { kind: 'judged', audit: auditView() });
    expect(cellAt(judged, 'spoof-own-user', columnAt(0))).toMatchObject({ stale: false, cell: { verdict: 'refused' } });
    expect(judged.changes.get(KEY)).toBe('closed');
  });

  test('that is cut short does not count as the one before', () => {
    const cut = after(
      finishedTwice(),
      { kind: 'run-began', nowMs: 90_000, whole: true },
      { kind: 'judged', audit: auditView([], { cells: new Map() }) },
      { kind: 'run-began', nowMs: 95_000, whole: true },
    );
    expect(cut.before).toBe(OPEN_AUDIT);
    expect(cut.history).toHaveLength(2);
  });

  test('of a part keeps what is known of the rest', () => {
    const part = after(finishedTwice(), { kind: 'run-began', nowMs: 90_000, whole: false });
    expect(part.audit).toBe(OPEN_AUDIT);
  });

  test('of another host forgets everything, and of the same host nothing', () => {
    const target = { host: 'other.example.com', endpoints: ['127.0.0.1:2526'] };
    const other = after(finishedTwice(), { kind: 'target', target, catalogue: CATALOGUE, exportTo: 'json=o.json' });
    expect(other).toMatchObject({ audit: null, history: [], finished: null });
    const again = after(finishedTwice(), {
      kind: 'target',
      target: finishedTwice().target,
      catalogue: CATALOGUE,
      exportTo: 'json=o.json',
    });
    expect(again.history).toHaveLength(2);
  });

  test('goes on while the screen is paused', () => {
    const paused = press(halfway(), 'space').state;
    const later = after(paused, { kind: 'events', events: sessionEvents('third-party', 2, 3000) });
    expect(shownOf(later).progress.ended).toBe(2);
    expect(later.progress.ended).toBe(3);
    expect(shownOf(press(later, 'space').state).progress.ended).toBe(3);
  });
});

describe('the mark of a scenario', () => {
  test.each([
    ['differs', [OPEN_CELL, cell(), cell()]],
    ['unclear', [INCONCLUSIVE, cell(), cell()]],
    ['pending', [null, cell(), cell()]],
    ['fine', [cell(), cell(), cell({ verdict: 'skipped', agrees: null })]],
    ['skipped', Array.from({ length: 3 }, () => cell({ verdict: 'skipped', agrees: null }))],
  ] as const)('is the worst of its columns: %s', (mark, cells) => {
    const audit = auditView(cells.map((one, index) => ['third-party', index, one] as const));
    expect(markOf(after(started(), { kind: 'judged', audit }), 'third-party')).toBe(mark);
  });

  test('is that it runs while one of its sessions does', () => {
    expect(markOf(halfway(), 'third-party')).toBe('running');
  });

  test('of a family is the worst of its scenarios', () => {
    const [, , spoofed] = CATALOGUE;
    if (spoofed === undefined) throw new Error('no family');
    expect(familyMark(finishedTwice(), spoofed)).toBe('differs');
  });
});

describe('the rows', () => {
  test('are families and their scenarios', () => {
    expect(visibleRows(started()).map(({ key }) => key)).toEqual([
      'family:control',
      'inbound',
      'unknown-mailbox',
      'family:third-party-relay',
      'third-party',
      'third-party-null-sender',
      'third-party-localhost-root',
      'family:spoofed-domain',
      'spoof-own-user',
      'spoof-subdomain',
    ]);
  });

  test('that a filter leaves fit it by id, title or family, without case', () => {
    const keys = (filter: string): readonly string[] =>
      visibleRows({ ...started(), filter }).flatMap((row) => (row.kind === 'scenario' ? [row.key] : []));
    expect(keys('NULL')).toEqual(['third-party-null-sender']);
    expect(keys('root of')).toEqual(['third-party-localhost-root']);
    expect(keys('spoofed own')).toEqual(['spoof-own-user', 'spoof-subdomain']);
    expect(keys('no such thing')).toEqual([]);
  });

  test('are only what differs or could not be told after f', () => {
    const audit = auditView([
      ['spoof-own-user', 0, OPEN_CELL],
      ['third-party', 2, INCONCLUSIVE],
    ]);
    const state = after({ ...started(), failuresOnly: true }, { kind: 'judged', audit });
    expect(visibleRows(state).flatMap((row) => (row.kind === 'scenario' ? [row.key] : []))).toEqual([
      'third-party',
      'spoof-own-user',
    ]);
  });

  test('show a folded family alone, unless something is searched', () => {
    const folded = { ...started(), folded: new Set(['third-party-relay']) };
    expect(visibleRows(folded).map(({ key }) => key)).not.toContain('third-party');
    expect(visibleRows({ ...folded, filter: 'third' }).map(({ key }) => key)).toContain('third-party');
  });

  test('keep the choice near where it was when the chosen row goes away', () => {
    const chosen = press(press(started(), 'j').state, 'j').state;
    expect(chosenRow(chosen)?.key).toBe('unknown-mailbox');
    const gone = { ...chosen, filter: 'third' };
    expect(chosenRow(gone)?.key).toBe('third-party-null-sender');
  });
});
