import { Box } from 'ink';
import type { ReactElement } from 'react';
import { helpLines } from '../content/key-lines.ts';
import type { Size } from '../layout.ts';
import type { Theme } from '../theme.ts';
import { PaneBox } from './pane-box.tsx';

interface HelpOverlayProps {
  readonly top: number;
  readonly size: Size;
  readonly theme: Theme;
}

const MOST_COLUMNS = 84;

/** All keys, in the middle of the screen. */
export function HelpOverlay({ top, size, theme }: HelpOverlayProps): ReactElement {
  const columns = Math.min(MOST_COLUMNS, size.columns);
  const all = helpLines(columns - 4);
  const rows = Math.min(size.rows, all.length + 2);
  const height = rows - 2;
  const from = Math.max(0, Math.min(top, all.length - height));
  return (
    <Box width={size.columns} height={size.rows} justifyContent="center" alignItems="center" flexShrink={0}>
      <PaneBox
        title="Keys"
        number={null}
        note={all.length > height ? ` ${from + height}/${all.length} ` : ''}
        focused
        kind="wide"
        size={{ columns, rows }}
        texts={all.slice(from, from + height).map((line) => theme.paint(line))}
        theme={theme}
      />
    </Box>
  );
}
