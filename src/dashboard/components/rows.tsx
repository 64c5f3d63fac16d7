import { Box, Text } from 'ink';
import { memo } from 'react';
import type { ReactElement } from 'react';

/** One row of the screen, painted already. Rows that did not change are not drawn again. */
export const Row = memo(function Row({ text }: { readonly text: string }): ReactElement {
  // An empty text takes no row.
  return <Text wrap="truncate">{text === '' ? ' ' : text}</Text>;
});

interface RowsProps {
  readonly texts: readonly string[];
  readonly width: number;
  readonly height: number;
}

/** A block of rows of a fixed size: what is more is cut, what is less stays blank. */
export function Rows({ texts, width, height }: RowsProps): ReactElement {
  return (
    <Box flexDirection="column" width={width} height={height} flexShrink={0} overflow="hidden">
      {texts.slice(0, height).map((text, index) => (
        <Row key={index} text={text} />
      ))}
    </Box>
  );
}
