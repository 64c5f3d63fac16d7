import { detailLines } from './content/detail-lines.ts';
import { dialogueLines, dialogueTopOf } from './content/dialogue-lines.ts';
import { LIST_HEAD_ROWS } from './content/scenario-lines.ts';
import { innerSize, layoutOf, scrolledTo, type Size } from './layout.ts';
import { chosenIndexIn, visibleRows } from './rows.ts';
import { shownOf, type DashboardState } from './state.ts';
import { ASCII_SIGNS } from '../terminal/signs.ts';

export type Movement = 'up' | 'down' | 'page-up' | 'page-down' | 'first' | 'last' | { readonly to: number };

/** Moves in the pane that has the keys; a named row is always one of the list. */
export function move(state: DashboardState, movement: Movement): DashboardState {
  const layout = layoutOf(state.size);
  if (typeof movement === 'object') return moveInList(state, movement, innerSize(layout, 'scenarios'));
  const size = innerSize(layout, state.pane);
  switch (state.pane) {
    case 'scenarios':
      return moveInList(state, movement, size);
    case 'findings': {
      const count = shownOf(state).audit?.findings.length ?? 0;
      const finding = target(movement, state.finding, count, size.rows);
      return { ...state, finding, findingTop: scrolledTo(state.findingTop, finding, size.rows, count) };
    }
    case 'detail': {
      // Signs are one character each, so any set of them gives the same rows.
      const length = detailLines(state, size.columns, ASCII_SIGNS).length;
      return { ...state, detailTop: scrolled(movement, state.detailTop, length, size.rows) };
    }
    case 'dialogue': {
      const length = dialogueLines(state, size.columns, ASCII_SIGNS).length;
      const top = scrolled(movement, dialogueTopOf(state, size.rows, length), length, size.rows);
      return { ...state, dialogueTop: top >= length - size.rows ? null : top };
    }
  }
}

function moveInList(state: DashboardState, movement: Movement, size: Size): DashboardState {
  const rows = visibleRows(state);
  const height = size.rows - LIST_HEAD_ROWS;
  const index = target(movement, chosenIndexIn(rows, state), rows.length, height);
  return {
    ...state,
    chosen: rows[index]?.key ?? null,
    chosenIndex: index,
    listTop: scrolledTo(state.listTop, index, height, rows.length),
    detailTop: 0,
    dialogueTop: null,
  };
}

function target(movement: Movement, from: number, length: number, page: number): number {
  return Math.max(0, Math.min(length - 1, moved(movement, from, length, page)));
}

function scrolled(movement: Movement, top: number, length: number, height: number): number {
  return Math.max(0, Math.min(length - height, moved(movement, top, length, height)));
}

function moved(movement: Movement, from: number, length: number, page: number): number {
  if (typeof movement === 'object') return movement.to;
  switch (movement) {
    case 'up':
      return from - 1;
    case 'down':
      return from + 1;
    case 'page-up':
      return from - Math.max(1, page - 1);
    case 'page-down':
      return from + Math.max(1, page - 1);
    case 'first':
      return 0;
    case 'last':
      return length - 1;
  }
}
