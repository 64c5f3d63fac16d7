import { wrap } from '../../report/layout.ts';
import { cellKey } from '../audit-view.ts';
import { span, type Line } from '../line.ts';
import { cellAt, chosenColumn, chosenRow } from '../rows.ts';
import type { Turn } from '../../terminal/run-progress.ts';
import { shownOf, type DashboardState } from '../state.ts';
import { spinnerAt, type Signs } from '../../terminal/signs.ts';

/** Columns of the time before each line. */
const TIME_WIDTH = 8;

/**
 * The session of the chosen scenario in the chosen column, as it is said on the wire; beside a family the one that was
 * begun last. Null where there is none.
 */
export function chosenDialogue(
  state: DashboardState,
): { readonly key: string; readonly turns: readonly Turn[] } | null {
  const shown = shownOf(state);
  const { running, dialogues } = shown.progress;
  const row = chosenRow(state);
  const column = chosenColumn(state);
  const isScenario = row?.kind === 'scenario' && column !== null;
  const cell = isScenario ? cellKey(row.scenario.id, column) : null;
  const live = [...running].findLast(([, of]) => cell === null || of === cell)?.[0] ?? null;
  const told = isScenario ? (cellAt(shown, row.scenario.id, column).cell?.session ?? cell) : null;
  const key = live ?? told;
  const turns = key === null ? undefined : dialogues.get(key);
  return key === null || turns === undefined ? null : { key, turns };
}

export function dialogueLines(state: DashboardState, width: number, signs: Signs): readonly Line[] {
  const dialogue = chosenDialogue(state);
  const isScenario = chosenRow(state)?.kind === 'scenario';
  if (dialogue === null) return [[span(isScenario ? 'no session yet' : 'choose a scenario to see its session', 'dim')]];
  const running = shownOf(state).progress.running.has(dialogue.key);
  return [
    ...(isScenario ? [] : [[span(dialogue.key, 'strong')]]),
    ...dialogue.turns.flatMap((turn) => turnLines(turn, width, signs)),
    ...(running ? [[span(' '.repeat(TIME_WIDTH)), span(spinnerAt(state.nowMs, signs), 'info')]] : []),
  ];
}

/** How many rows a dialogue is down from its end, for a pane that follows it. */
export function dialogueTopOf(state: DashboardState, height: number, length: number): number {
  const end = Math.max(0, length - height);
  return state.dialogueTop === null ? end : Math.min(state.dialogueTop, end);
}

function turnLines(turn: Turn, width: number, signs: Signs): readonly Line[] {
  const room = width - TIME_WIDTH - 2;
  const time = `${Math.round(turn.at)} ms`.padStart(TIME_WIDTH - 1);
  const rows = (
    sign: string,
    texts: readonly string[],
    tone: 'info' | 'plain' | 'dim' | 'bad' | 'good',
  ): readonly Line[] =>
    texts
      .flatMap((text) => wrap(text, room))
      .map((text, index) => [
        span(index === 0 ? `${time} ` : ' '.repeat(TIME_WIDTH), 'dim'),
        span(index === 0 ? `${sign} ` : '  ', tone),
        span(text, tone),
      ]);
  switch (turn.kind) {
    case 'note':
      return rows('*', [turn.text], 'dim');
    case 'sent':
      return rows(signs.sent, [turn.text], 'info');
    case 'received': {
      const { code, lines } = turn.reply;
      const texts = lines.map((line, index) => `${code}${index < lines.length - 1 ? '-' : ' '}${line}`.trimEnd());
      return rows(signs.received, texts, code >= 400 ? 'bad' : 'plain');
    }
  }
}
