import pc from 'picocolors';
import type { Line, Tone } from './line.ts';
import type { Signs } from '../terminal/signs.ts';

export interface Theme {
  readonly signs: Signs;
  readonly paint: (line: Line, chosen?: boolean) => string;
}

type Style = (text: string) => string;

/** Without colour, bold, faint and reverse video still tell what matters; a theme for screen readers has none of them. */
export function createTheme(options: {
  readonly signs: Signs;
  readonly color: boolean;
  readonly plain?: boolean;
}): Theme {
  const styles = stylesFor(options.color);
  const reverse = pc.createColors(true).inverse;
  const paint = (line: Line, chosen = false): string => {
    if (options.plain === true) return line.map(({ text }) => text).join('');
    const text = line.map((one) => (one.text === '' ? '' : styles[one.tone](one.text))).join('');
    return chosen ? reverse(text) : text;
  };
  return { signs: options.signs, paint };
}

function stylesFor(color: boolean): Readonly<Record<Tone, Style>> {
  const { bold, dim, inverse, red, green, yellow, blue, cyan } = pc.createColors(true);
  const same: Style = (text) => text;
  return {
    plain: same,
    dim,
    strong: bold,
    good: color ? green : same,
    bad: color ? (text) => bold(red(text)) : (text) => inverse(bold(text)),
    warn: color ? yellow : bold,
    info: color ? cyan : same,
    accent: color ? (text) => bold(blue(text)) : bold,
    reverse: inverse,
    'badge-bad': color ? (text) => inverse(bold(red(text))) : (text) => inverse(bold(text)),
    'badge-good': color ? (text) => inverse(green(text)) : inverse,
    'badge-warn': color ? (text) => inverse(yellow(text)) : inverse,
  };
}
