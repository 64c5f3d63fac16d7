import { Box } from 'ink';
import type { ReactElement } from 'react';
import { controlLine, headerLines, historyLine } from '../content/header-lines.ts';
import { keyLine, tabLine } from '../content/key-lines.ts';
import { layoutOf, type Layout } from '../layout.ts';
import { span, type Line } from '../line.ts';
import type { DashboardState } from '../state.ts';
import type { Theme } from '../theme.ts';
import { HelpOverlay } from './help-overlay.tsx';
import { PaneView } from './panes.tsx';
import { Row } from './rows.tsx';

interface ScreenProps {
  readonly state: DashboardState;
  readonly theme: Theme;
}

/** The whole screen, drawn from the state and nothing else. */
export function Screen({ state, theme }: ScreenProps): ReactElement {
  const layout = layoutOf(state.size);
  const { columns, rows } = state.size;
  const { signs, paint } = theme;
  if (layout.kind === 'tiny')
    return (
      <Box width={columns} height={rows}>
        <Row text={paint([span('too small: 40 columns and 12 rows at least')])} />
      </Box>
    );
  const row = (line: Line): ReactElement => <Row text={paint(line)} />;
  const [target, place, progress] = headerLines(state, columns, signs);
  return (
    <Box flexDirection="column" width={columns} height={rows} overflow="hidden">
      {row(target)}
      {row(place)}
      {row(progress)}
      {row(controlLine(state, columns, signs))}
      <Body state={state} layout={layout} theme={theme} />
      {row(historyLine(state, columns, signs))}
      {row(keyLine(state, columns, signs))}
    </Box>
  );
}

interface BodyProps extends ScreenProps {
  readonly layout: Layout;
}

function Body({ state, layout, theme }: BodyProps): ReactElement {
  const { columns, rows } = state.size;
  if (state.overlay.kind === 'help')
    return <HelpOverlay top={state.overlay.top} size={{ columns, rows: rows - 6 }} theme={theme} />;
  const pane = (name: 'scenarios' | 'detail' | 'dialogue' | 'findings'): ReactElement => (
    <PaneView state={state} layout={layout} pane={name} theme={theme} />
  );
  switch (layout.kind) {
    case 'wide':
      return (
        <Box flexDirection="column">
          <Box flexDirection="row">
            {pane('scenarios')}
            <Box flexDirection="column">
              {pane('detail')}
              {pane('dialogue')}
            </Box>
          </Box>
          {pane('findings')}
        </Box>
      );
    case 'widest':
      return (
        <Box flexDirection="row">
          {pane('scenarios')}
          <Box flexDirection="column">
            <Box flexDirection="row">
              {pane('detail')}
              {pane('dialogue')}
            </Box>
            {pane('findings')}
          </Box>
        </Box>
      );
    default:
      return (
        <Box flexDirection="column">
          <Row text={theme.paint(tabLine(state, columns, theme.signs))} />
          {pane(state.pane)}
        </Box>
      );
  }
}
