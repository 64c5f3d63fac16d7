import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { detailLines } from '../content/detail-lines.ts';
import { dialogueLines } from '../content/dialogue-lines.ts';
import { findingLines } from '../content/finding-lines.ts';
import { controlLine, headerLines, historyLine } from '../content/header-lines.ts';
import { helpLines, keyLine } from '../content/key-lines.ts';
import { PANE_TITLES } from '../layout.ts';
import type { Line } from '../line.ts';
import { chosenRow } from '../rows.ts';
import type { DashboardState } from '../state.ts';
import type { Theme } from '../theme.ts';
import { ASCII_SIGNS } from '../../terminal/signs.ts';

interface ScreenReaderViewProps {
  readonly state: DashboardState;
  readonly theme: Theme;
}

/** A line is read as one, however long. */
const UNLIMITED = 10_000;

/** Only what is chosen, as lines to be read one after the other: no columns, no frames, no bars. */
export function ScreenReaderView({ state, theme }: ScreenReaderViewProps): ReactElement {
  const [target, place, progress] = headerLines(state, UNLIMITED, SPOKEN_SIGNS);
  const lines: readonly Line[] = [
    target,
    place,
    progress,
    controlLine(state, UNLIMITED, SPOKEN_SIGNS),
    ...(state.overlay.kind === 'help' ? helpLines(UNLIMITED) : paneLines(state)),
    historyLine(state, UNLIMITED, SPOKEN_SIGNS),
    keyLine(state, UNLIMITED, SPOKEN_SIGNS),
  ];
  const texts = lines.map((line) => theme.paint(line).replaceAll(/ {2,}/g, ', ').trim()).filter((text) => text !== '');
  return (
    <Box flexDirection="column">
      {texts.map((text, index) => (
        <Text key={`${index} ${text}`}>{text}</Text>
      ))}
    </Box>
  );
}

/** Words where the screen has signs. */
const SPOKEN_SIGNS = {
  ...ASCII_SIGNS,
  differs: 'differs',
  unclear: 'not told',
  fine: 'as expected',
  pending: 'to come',
  skipped: 'not asked',
  opened: 'newly open',
  closed: 'newly closed',
  folded: '',
  unfolded: '',
  sent: 'sent',
  received: 'received',
  ellipsis: '...',
  barDone: '',
  barLeft: '',
  dot: ',',
  spinner: ['running'],
};

function paneLines(state: DashboardState): readonly Line[] {
  const row = chosenRow(state);
  const title: Line = [
    { text: `${PANE_TITLES[state.pane]}: `, tone: 'plain' },
    { text: row?.kind === 'scenario' ? row.scenario.id : (row?.family.title ?? ''), tone: 'plain' },
  ];
  switch (state.pane) {
    case 'dialogue':
      return [title, ...dialogueLines(state, UNLIMITED, SPOKEN_SIGNS)];
    case 'findings':
      return [[{ text: PANE_TITLES.findings, tone: 'plain' }], ...findingLines(state, UNLIMITED, SPOKEN_SIGNS)];
    default:
      return [title, ...detailLines(state, UNLIMITED, SPOKEN_SIGNS)];
  }
}
