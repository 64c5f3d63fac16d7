/** What a piece of text means; a theme makes colours of it. */
export type Tone =
  | 'plain'
  | 'dim'
  | 'strong'
  | 'good'
  | 'bad'
  | 'warn'
  | 'info'
  | 'accent'
  | 'reverse'
  | 'badge-bad'
  | 'badge-good'
  | 'badge-warn';

export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** One row of the screen. */
export type Line = readonly Span[];

export function span(text: string, tone: Tone = 'plain'): Span {
  return { text, tone };
}

export function lengthOf(line: Line): number {
  return line.reduce((sum, { text }) => sum + text.length, 0);
}

/** Cuts a row to a width, with a sign that something is missing. */
export function cut(line: Line, width: number, ellipsis: string): Line {
  if (lengthOf(line) <= width) return line;
  const kept: Span[] = [];
  let left = width - ellipsis.length;
  for (const { text, tone } of line) {
    if (left <= 0) break;
    kept.push({ text: text.slice(0, left), tone });
    left -= text.length;
  }
  return width <= 0 ? [] : [...kept, span(ellipsis, 'dim')];
}

/** Left and right parts of one row; the left part gives way. */
export function spread(left: Line, right: Line, width: number, ellipsis: string): Line {
  const shown = cut(left, width - lengthOf(right) - 1, ellipsis);
  const gap = width - lengthOf(shown) - lengthOf(right);
  return [...shown, span(' '.repeat(Math.max(0, gap))), ...right];
}

/** Pads a row with blanks, for rows whose background shows. */
export function padded(line: Line, width: number): Line {
  const gap = width - lengthOf(line);
  return gap > 0 ? [...line, span(' '.repeat(gap))] : line;
}
