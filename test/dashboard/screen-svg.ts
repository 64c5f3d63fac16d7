/** One run of characters in one look. */
interface Piece {
  readonly text: string;
  readonly color: string | null;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly reverse: boolean;
}

const CELL = { width: 8.4, height: 18 };
const MARGIN = 10;
/** Other spaces of a row of them are left out. */
const NO_BREAK_SPACE = '\u00a0';
const GROUND = '#16181d';
const TEXT = '#d7dae0';
/** Red, green, yellow, blue, magenta and cyan, as SGR 31 to 36 ask for them. */
const COLORS: Readonly<Record<string, string>> = {
  '31': '#ff6b68',
  '32': '#6ac46a',
  '33': '#e5c07b',
  '34': '#6cb0ff',
  '35': '#c792ea',
  '36': '#56c8d8',
};

/** A picture of a terminal's screen, from what `tmux capture-pane -e` tells of it. */
export function screenSvg(painted: string, columns: number, rows: number, title: string): string {
  const width = columns * CELL.width + 2 * MARGIN;
  const height = rows * CELL.height + 2 * MARGIN;
  const lines = painted.split('\n').slice(0, rows);
  let look: Omit<Piece, 'text'> = { color: null, bold: false, dim: false, reverse: false };
  const drawn = lines.map((line, row) => {
    const pieces: Piece[] = [];
    for (const [, codes, text = ''] of line.matchAll(/(?:\u001b\[([\d;:]*)m)?([^\u001b]*)/g)) {
      if (codes !== undefined) look = lookAfter(look, codes);
      if (text !== '') pieces.push({ ...look, text });
    }
    return rowSvg(pieces, row);
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width.toFixed(1)} ${height}" width="${width.toFixed(1)}" height="${height}" role="img" aria-label="${escaped(title)}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" rx="8" fill="${GROUND}"/>`,
    `<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,DejaVu Sans Mono,monospace" font-size="14" fill="${TEXT}">`,
    ...drawn.filter((line) => line !== ''),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function lookAfter(look: Omit<Piece, 'text'>, codes: string): Omit<Piece, 'text'> {
  let after = look;
  for (const code of codes.split(';')) {
    if (code === '' || code === '0') after = { color: null, bold: false, dim: false, reverse: false };
    else if (code === '1') after = { ...after, bold: true };
    else if (code === '2') after = { ...after, dim: true };
    else if (code === '7') after = { ...after, reverse: true };
    else if (code === '22') after = { ...after, bold: false, dim: false };
    else if (code === '27') after = { ...after, reverse: false };
    else if (code === '39') after = { ...after, color: null };
    else if (COLORS[code] !== undefined) after = { ...after, color: COLORS[code] };
  }
  return after;
}

function rowSvg(pieces: readonly Piece[], row: number): string {
  const top = MARGIN + row * CELL.height;
  let column = 0;
  return pieces
    .map((piece) => {
      const x = (MARGIN + column * CELL.width).toFixed(1);
      const length = Array.from(piece.text).length;
      column += length;
      if (piece.text.trim() === '' && !piece.reverse) return '';
      const wide = (length * CELL.width).toFixed(1);
      const ink = piece.color ?? TEXT;
      const ground = piece.reverse
        ? `<rect x="${x}" y="${top}" width="${wide}" height="${CELL.height}" fill="${ink}"/>`
        : '';
      const style = [
        `fill="${piece.reverse ? GROUND : ink}"`,
        ...(piece.bold ? ['font-weight="bold"'] : []),
        ...(piece.dim ? ['opacity="0.6"'] : []),
      ].join(' ');
      // The length is given, so that the columns stand under each other in any font.
      return `${ground}<text x="${x}" y="${top + 13}" textLength="${wide}" lengthAdjust="spacingAndGlyphs" ${style}>${escaped(piece.text).replaceAll(' ', NO_BREAK_SPACE)}</text>`;
    })
    .join('');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
