import { cellKey, type ColumnView, type ScenarioView } from '../audit-view.ts';
import type { LayoutKind, Size } from '../layout.ts';
import { cut, lengthOf, span, type Line, type Span, type Tone } from '../line.ts';
import {
  cellAt,
  chosenIndexIn,
  columnsOf,
  familyMark,
  markOf,
  visibleRows,
  type Mark,
  type Row,
  type ShownCell,
} from '../rows.ts';
import { shownOf, type DashboardState, type Shown } from '../state.ts';
import { cellTone, verdictGlyph } from '../words.ts';
import { spinnerAt, type Signs } from '../../terminal/signs.ts';

/** Rows above the list: the names of the columns. */
export const LIST_HEAD_ROWS = 1;

export interface ListLines {
  readonly head: Line;
  readonly rows: readonly { readonly line: Line; readonly chosen: boolean }[];
  readonly total: number;
  /** Index of the first row shown. */
  readonly top: number;
}

const MARK_TONES: Readonly<Record<Mark, Tone>> = {
  differs: 'bad',
  running: 'info',
  unclear: 'warn',
  pending: 'dim',
  fine: 'good',
  skipped: 'dim',
};

/** Room for the names, whatever the columns take. */
const LEAST_NAME = 26;
/** The longest verdict with its glyph, and a blank. */
const WORD_WIDTH = 15;
/** With this much room the title stands behind the id. */
const TITLE_FROM = 56;
const ID_WIDTH = 33;
const COLUMN_DIGITS = '123456789abcdefghijklmnopqrstuvwxyz';

/** The matrix: families and scenarios down, vantages and logins across. */
export function scenarioLines(state: DashboardState, kind: LayoutKind, size: Size, signs: Signs): ListLines {
  const shown = shownOf(state);
  const all = visibleRows(state);
  const chosen = chosenIndexIn(all, state);
  const height = Math.max(0, size.rows - LIST_HEAD_ROWS);
  const top = Math.max(0, Math.min(state.listTop, all.length - height));
  const matrix = matrixOf(columnsOf(shown), state.column, kind, size.columns);
  return {
    head: headLine(matrix, state, size.columns, signs),
    rows: all.slice(top, top + height).map((row, index) => ({
      line: rowLine(row, shown, matrix, size.columns, { ...signs, running: spinnerAt(state.nowMs, signs) }),
      chosen: top + index === chosen,
    })),
    total: all.length,
    top,
  };
}

interface Matrix {
  readonly columns: readonly ColumnView[];
  /** Index of the first column shown. */
  readonly from: number;
  readonly cellWidth: number;
  readonly words: boolean;
  readonly width: number;
}

/** As many columns as fit beside the names, the chosen one among them. */
function matrixOf(columns: readonly ColumnView[], chosen: number, kind: LayoutKind, width: number): Matrix {
  const room = Math.max(0, width - LEAST_NAME);
  const words = kind === 'widest' && columns.length * WORD_WIDTH <= room;
  const cellWidth = words ? WORD_WIDTH : columns.length * 2 <= room ? 2 : 1;
  const fits = Math.max(1, Math.floor(room / cellWidth));
  const from = Math.max(0, Math.min(chosen - fits + 1, columns.length - fits));
  const kept = columns.slice(from, from + fits);
  return { columns: kept, from, cellWidth, words, width: kept.length * cellWidth };
}

function headLine(matrix: Matrix, state: DashboardState, width: number, signs: Signs): Line {
  const chosen = columnsOf(shownOf(state))[state.column];
  const name =
    chosen === undefined
      ? []
      : [span(`column ${COLUMN_DIGITS[state.column] ?? ''}: `, 'dim'), span(chosen.label, 'info')];
  const cells = matrix.columns.map((column, index): Span => {
    const tone: Tone = matrix.from + index === state.column ? 'reverse' : 'dim';
    if (!matrix.words) return span(cellText(COLUMN_DIGITS[matrix.from + index] ?? '+', matrix.cellWidth), tone);
    return span(column.label.slice(0, WORD_WIDTH - 1).padEnd(WORD_WIDTH), tone);
  });
  return beside(name, cells, width, signs);
}

function rowLine(
  row: Row,
  shown: Shown,
  matrix: Matrix,
  width: number,
  signs: Signs & { readonly running: string },
): Line {
  if (row.kind === 'family') {
    const mark = familyMark(shown, row.family);
    return cut(
      [
        span(`${row.folded ? signs.folded : signs.unfolded} `, 'accent'),
        span(`${signs[mark]} `, MARK_TONES[mark]),
        span(row.family.title, 'strong'),
        span(` ${row.family.scenarios.length}`, 'dim'),
      ],
      width,
      signs.ellipsis,
    );
  }
  const mark = markOf(shown, row.scenario.id);
  const cells = matrix.columns.flatMap((column) => cellSpans(cellAt(shown, row.scenario.id, column), matrix, signs));
  return beside(
    [
      span('  '),
      span(`${signs[mark]} `, MARK_TONES[mark]),
      changeSign(row.scenario.id, shown, signs),
      ...names(row.scenario, mark, width - matrix.width),
    ],
    cells,
    width,
    signs,
  );
}

/** The id, and the title where there is room. */
function names({ id, title }: ScenarioView, mark: Mark, room: number): Line {
  const tone: Tone = mark === 'pending' || mark === 'skipped' ? 'dim' : 'plain';
  if (room < TITLE_FROM) return [span(id, tone)];
  return [span(`${id.padEnd(ID_WIDTH)} `, tone), span(title, 'dim')];
}

/** Whether the scenario leaks newly, or not any more, in some column. */
function changeSign(scenario: string, { changes, audit }: Shown, signs: Signs): Span {
  const all = audit?.columns.map((column) => changes.get(cellKey(scenario, column))) ?? [];
  if (all.includes('opened')) return span(`${signs.opened} `, 'bad');
  return all.includes('closed') ? span(`${signs.closed} `, 'good') : span('  ');
}

function cellSpans(
  { cell, running, stale }: ShownCell,
  { words, cellWidth }: Matrix,
  signs: Signs & { readonly running: string },
): readonly Span[] {
  if (running) return [span(cellText(words ? `${signs.running} asking` : signs.running, cellWidth), 'info')];
  if (cell === null) return [span(cellText(signs.pending, cellWidth), 'dim')];
  const glyph = verdictGlyph(cell.verdict);
  const text = words ? `${glyph} ${cell.verdict === 'skipped' ? 'not asked' : cell.verdict}` : glyph;
  const tone = stale ? 'dim' : cellTone(cell);
  // The blank behind a cell stays plain, so that a wrong cell shown in reverse video is one cell wide.
  return [span(text, tone), span(' '.repeat(Math.max(0, cellWidth - text.length)))];
}

function cellText(text: string, width: number): string {
  return text.padEnd(width);
}

/** Names left, cells right under each other. */
function beside(left: Line, right: Line, width: number, signs: Signs): Line {
  const room = width - lengthOf(right) - 1;
  const name = cut(left, room, signs.ellipsis);
  return [...name, span(' '.repeat(Math.max(0, room + 1 - lengthOf(name)))), ...right];
}
