import { Box } from 'ink';
import type { ReactElement } from 'react';
import { span, type Line } from '../line.ts';
import type { LayoutKind, Size } from '../layout.ts';
import type { Theme } from '../theme.ts';
import { Row, Rows } from './rows.tsx';

interface PaneBoxProps {
  readonly title: string;
  /** Number of the key that goes there; null where none does. */
  readonly number: number | null;
  /** What stands at the right of the title, such as `3/120`. */
  readonly note: string;
  readonly focused: boolean;
  readonly kind: LayoutKind;
  /** With the frame. */
  readonly size: Size;
  readonly texts: readonly string[];
  readonly theme: Theme;
}

/** A pane in a frame with its title in the upper edge; a pane that has the screen for itself has none. */
export function PaneBox({ title, number, note, focused, kind, size, texts, theme }: PaneBoxProps): ReactElement {
  const { columns, rows } = size;
  if (kind === 'narrow')
    return (
      <Box flexDirection="column" width={columns} height={rows} paddingX={1} flexShrink={0} overflow="hidden">
        <Rows texts={texts} width={columns - 2} height={rows} />
      </Box>
    );
  const [leftTop, rightTop, rightBottom, leftBottom, flat, upright] = theme.signs.frame;
  const tone = focused ? 'accent' : 'dim';
  const name = number === null ? ` ${title} ` : ` ${number} ${title} `;
  const line = flat.repeat(Math.max(0, columns - name.length - note.length - 4));
  const head: Line = [
    span(leftTop + flat, tone),
    span(name, focused ? 'strong' : 'plain'),
    span(line, tone),
    span(note, 'dim'),
    span(flat + rightTop, tone),
  ];
  const foot: Line = [span(leftBottom + flat.repeat(Math.max(0, columns - 2)) + rightBottom, tone)];
  const edge = Array.from({ length: rows - 2 }, () => theme.paint([span(upright, tone)]));
  return (
    <Box flexDirection="column" width={columns} height={rows} flexShrink={0} overflow="hidden">
      <Row text={theme.paint(head)} />
      <Box flexDirection="row" height={rows - 2} flexShrink={0}>
        <Rows texts={edge} width={2} height={rows - 2} />
        <Rows texts={texts} width={columns - 4} height={rows - 2} />
        <Rows texts={edge.map((text) => ` ${text}`)} width={2} height={rows - 2} />
      </Box>
      <Row text={theme.paint(foot)} />
    </Box>
  );
}
