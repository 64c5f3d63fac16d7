import type { ReactElement } from 'react';
import { detailLines } from '../content/detail-lines.ts';
import { dialogueLines, dialogueTopOf } from '../content/dialogue-lines.ts';
import { findingLines } from '../content/finding-lines.ts';
import { scenarioLines } from '../content/scenario-lines.ts';
import { innerSize, PANE_TITLES, PANES, type Layout, type Pane, type Size } from '../layout.ts';
import { cut, padded, type Line } from '../line.ts';
import { chosenColumn, chosenRow } from '../rows.ts';
import { shownOf, type DashboardState } from '../state.ts';
import type { Theme } from '../theme.ts';
import { PaneBox } from './pane-box.tsx';

interface PaneProps {
  readonly state: DashboardState;
  readonly layout: Layout;
  readonly pane: Pane;
  readonly theme: Theme;
}

interface PaneContent {
  readonly note: string;
  readonly texts: readonly string[];
}

/** One of the four panes, whatever it shows. */
export function PaneView({ state, layout, pane, theme }: PaneProps): ReactElement {
  const { note, texts } = CONTENT[pane](state, innerSize(layout, pane), layout, theme);
  return (
    <PaneBox
      title={PANE_TITLES[pane]}
      number={PANES.indexOf(pane) + 1}
      note={note}
      focused={state.pane === pane}
      kind={layout.kind}
      size={layout.panes[pane]}
      texts={texts}
      theme={theme}
    />
  );
}

type DrawContent = (state: DashboardState, size: Size, layout: Layout, theme: Theme) => PaneContent;

const CONTENT: Readonly<Record<Pane, DrawContent>> = {
  scenarios: (state, size, layout, theme) => {
    const { head, rows, total, top } = scenarioLines(state, layout.kind, size, theme.signs);
    const texts = rows.map(({ line, chosen }) => theme.paint(chosen ? padded(line, size.columns) : line, chosen));
    const narrowed = [state.filter === '' ? '' : `/${state.filter}`, state.failuresOnly ? 'failures only' : ''];
    return {
      note: ` ${[...narrowed, `${Math.min(total, top + rows.length)}/${total}`].filter((word) => word !== '').join(' ')} `,
      texts: [theme.paint(head), ...texts],
    };
  },
  detail: (state, size, _layout, theme) => {
    const lines = detailLines(state, size.columns, theme.signs);
    const top = Math.max(0, Math.min(state.detailTop, lines.length - size.rows));
    return { note: more(lines.length, top, size.rows), texts: painted(lines, top, size, theme) };
  },
  dialogue: (state, size, _layout, theme) => {
    const lines = dialogueLines(state, size.columns, theme.signs);
    const top = dialogueTopOf(state, size.rows, lines.length);
    const column = chosenColumn(state);
    const of = chosenRow(state)?.kind === 'scenario' && column !== null ? ` ${column.label} ` : '';
    return { note: of + more(lines.length, top, size.rows), texts: painted(lines, top, size, theme) };
  },
  findings: (state, size, _layout, theme) => {
    const lines = findingLines(state, size.columns, theme.signs);
    const count = shownOf(state).audit?.findings.length ?? 0;
    const chosen = Math.min(state.finding, count - 1);
    const texts = lines.map((line, index) =>
      state.pane === 'findings' && index === chosen ? theme.paint(padded(line, size.columns), true) : theme.paint(line),
    );
    const top = Math.max(0, Math.min(state.findingTop, lines.length - size.rows));
    return { note: count === 0 ? '' : ` ${count} `, texts: texts.slice(top, top + size.rows) };
  },
};

function painted(lines: readonly Line[], top: number, { columns, rows }: Size, theme: Theme): readonly string[] {
  return lines.slice(top, top + rows).map((line) => theme.paint(cut(line, columns, theme.signs.ellipsis)));
}

function more(length: number, top: number, height: number): string {
  return length > height ? ` ${Math.min(length, top + height)}/${length} ` : '';
}
