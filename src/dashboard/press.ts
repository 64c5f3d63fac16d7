import { chosenDialogue } from './content/dialogue-lines.ts';
import { commandOf, type Command } from './keys.ts';
import { PANES, type Pane } from './layout.ts';
import { move } from './move.ts';
import { answerPrompt, openPrompt } from './prompt.ts';
import { chosenIndexIn, chosenRow, columnsOf, markOf, visibleRows, type Row } from './rows.ts';
import { isBusy, shownOf, type DashboardState } from './state.ts';
import type { Request, Pressed } from './pressed.ts';

/** What a key makes of the state, and what it asks for. A message stays until the next key. */
export function press(before: DashboardState, key: string): Pressed {
  const state = before.message === null ? before : { ...before, message: null };
  if (key === 'ctrl-c') return { state, request: { kind: 'interrupt' } };
  switch (state.overlay.kind) {
    case 'prompt':
      return answerPrompt(state, state.overlay, key);
    case 'confirm-quit':
      return key === 'y' || key === 'q' || key === 'enter'
        ? { state, request: { kind: 'quit' } }
        : only({ ...state, overlay: { kind: 'none' } });
    case 'help':
      return only(inHelp(state, state.overlay.top, key));
    case 'none': {
      const command = commandOf(key);
      return command === null ? only(state) : run(state, command);
    }
  }
}

function only(state: DashboardState): Pressed {
  return { state, request: null };
}

function inHelp(state: DashboardState, top: number, key: string): DashboardState {
  const command = commandOf(key);
  if (command === 'down' || command === 'page-down') return { ...state, overlay: { kind: 'help', top: top + 1 } };
  if (command === 'up' || command === 'page-up')
    return { ...state, overlay: { kind: 'help', top: Math.max(0, top - 1) } };
  return { ...state, overlay: { kind: 'none' } };
}

function run(state: DashboardState, command: Command): Pressed {
  switch (command) {
    case 'up':
    case 'down':
    case 'page-up':
    case 'page-down':
    case 'first':
    case 'last':
      return only(move(state, command));
    case 'left':
      return only(choseColumn(state, state.column - 1));
    case 'right':
      return only(choseColumn(state, state.column + 1));
    case 'next-pane':
      return only({ ...state, pane: neighbour(state.pane, 1) });
    case 'previous-pane':
      return only({ ...state, pane: neighbour(state.pane, -1) });
    case 'pane-scenarios':
      return only({ ...state, pane: 'scenarios' });
    case 'pane-detail':
      return only({ ...state, pane: 'detail' });
    case 'pane-dialogue':
      return only({ ...state, pane: 'dialogue' });
    case 'pane-findings':
      return only({ ...state, pane: 'findings' });
    case 'open':
      return only(open(state));
    case 'back':
      return only(back(state));
    case 'next-match':
      return only(toMatch(state, 1));
    case 'previous-match':
      return only(toMatch(state, -1));
    case 'failures':
      return only(reset({ ...state, failuresOnly: !state.failuresOnly }));
    case 'pause':
      return only({ ...state, frozen: state.frozen === null ? frozenOf(state) : null });
    case 'filter':
    case 'export':
    case 'target':
      return only(openPrompt(state, command));
    case 'help':
      return only({ ...state, overlay: { kind: 'help', top: 0 } });
    case 'rerun':
      return rerun(state);
    case 'rerun-all':
      return { state, request: { kind: 'rerun-all' } };
    case 'copy':
      return copy(state);
    case 'quit':
      return isBusy(state)
        ? only({ ...state, overlay: { kind: 'confirm-quit' } })
        : { state, request: { kind: 'quit' } };
    case 'interrupt':
      return { state, request: { kind: 'interrupt' } };
  }
}

function frozenOf({ phase, progress, audit, before, changes }: DashboardState): DashboardState['frozen'] {
  return { phase, progress, audit, before, changes };
}

/** Another row or column shows another text: from its beginning, and the dialogue at its end. */
function reset(state: DashboardState): DashboardState {
  return { ...state, detailTop: 0, dialogueTop: null };
}

function choseColumn(state: DashboardState, column: number): DashboardState {
  const last = Math.max(0, columnsOf(shownOf(state)).length - 1);
  return reset({ ...state, column: Math.max(0, Math.min(last, column)) });
}

function neighbour(pane: Pane, step: 1 | -1): Pane {
  const index = (PANES.indexOf(pane) + step + PANES.length) % PANES.length;
  return PANES[index] ?? pane;
}

function open(state: DashboardState): DashboardState {
  if (state.pane === 'findings') return openFinding(state);
  if (state.pane === 'detail') return { ...state, pane: 'dialogue' };
  const row = chosenRow(state);
  if (state.pane === 'dialogue' || row === null) return state;
  if (row.kind === 'scenario') return { ...state, pane: 'detail' };
  const folded = new Set(state.folded);
  if (!folded.delete(row.family.name)) folded.add(row.family.name);
  return { ...state, folded };
}

function openFinding(state: DashboardState): DashboardState {
  const finding = shownOf(state).audit?.findings[state.finding];
  if (finding === undefined) return state;
  const family = state.catalogue.find(({ scenarios }) => scenarios.some(({ id }) => id === finding.scenario));
  const folded = new Set(state.folded);
  if (family !== undefined) folded.delete(family.name);
  const opened = { ...state, folded, filter: '', pane: 'detail' as const };
  return chose(opened, (row) => row.key === finding.scenario);
}

function back(state: DashboardState): DashboardState {
  if (state.pane !== 'scenarios') return { ...state, pane: 'scenarios' };
  if (state.filter !== '') return reset({ ...state, filter: '' });
  return state.failuresOnly ? reset({ ...state, failuresOnly: false }) : state;
}

/** The next scenario that the filter left; without a filter the next one that is not as expected. */
function toMatch(state: DashboardState, step: 1 | -1): DashboardState {
  const rows = visibleRows(state);
  const from = chosenIndexIn(rows, state);
  const shown = shownOf(state);
  const isMatch = (row: Row | undefined): row is Row =>
    row?.kind === 'scenario' &&
    (state.filter !== '' || ['differs', 'unclear'].includes(markOf(shown, row.scenario.id)));
  for (let count = 1; count <= rows.length; count += 1) {
    const row = rows[(from + step * count + rows.length * count) % rows.length];
    if (isMatch(row)) return chose(state, ({ key }) => key === row.key);
  }
  return { ...state, message: { tone: 'dim', text: 'nothing to go to' } };
}

function chose(state: DashboardState, isIt: (row: Row) => boolean): DashboardState {
  const rows = visibleRows(state);
  const index = rows.findIndex(isIt);
  return index < 0 ? state : move(state, { to: index });
}

function rerun(state: DashboardState): Pressed {
  const row = chosenRow(state);
  if (row === null) return only(state);
  const request: Request =
    row.kind === 'scenario'
      ? { kind: 'rerun', scenarios: [row.scenario.id], words: row.scenario.id }
      : { kind: 'rerun', scenarios: row.family.scenarios.map(({ id }) => id), words: row.family.title };
  return { state, request };
}

function copy(state: DashboardState): Pressed {
  const dialogue = chosenDialogue(state);
  return dialogue === null || dialogue.turns.length === 0
    ? only({ ...state, message: { tone: 'warn', text: 'there is no dialogue to copy here' } })
    : { state, request: { kind: 'copy', turns: dialogue.turns } };
}
