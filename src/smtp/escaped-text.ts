/** `{x*2100}`: one character, many times. */
const REPEAT = /\{(.)\*(\d{1,7})\}/gsu;
const MOST_TIMES = 1_000_000;
const MOST_REPEATED = 16_000_000;

/** A repeat or an escape, whichever comes first. */
const SPECIAL = /\{(?<character>.)\*(?<times>\d{1,7})\}|\\(?:(?<control>[rnt0\\])|x(?<hex>[\da-fA-F]{2})|)/gsu;
const ESCAPE = /\\(?:([rnt0\\])|x([\da-fA-F]{2})|)/g;
const CONTROLS: Readonly<Record<string, number>> = { r: 0x0d, n: 0x0a, t: 0x09, '0': 0x00, '\\': 0x5c };

/** Writes out every `{x*2100}`, each up to `most` times. */
export function expandRepeats(text: string, most = MOST_TIMES): string {
  return text.replace(REPEAT, (_, character: string, times: string) => character.repeat(Math.min(Number(times), most)));
}

/** What is wrong with the repeats of a text, or null. */
export function repeatFault(text: string): string | null {
  let sum = 0;
  for (const [written, , times] of text.matchAll(REPEAT)) {
    if (Number(times) < 1 || Number(times) > MOST_TIMES)
      return `\`${written}\` is not between 1 and ${MOST_TIMES} characters`;
    sum += Number(times);
  }
  return sum > MOST_REPEATED ? `repeats of more than ${MOST_REPEATED} characters in all` : null;
}

/** What is wrong with the escapes of a text, or null. */
export function escapeFault(text: string): string | null {
  for (const [written, control, hex] of text.matchAll(ESCAPE)) {
    if (control === undefined && hex === undefined)
      return `\`${written}\` begins no escape: write \\r, \\n, \\t, \\0, \\\\ or \\xHH`;
  }
  return null;
}

/** Makes text stand for itself inside escaped text. */
export function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\');
}

/**
 * The exact bytes of escaped text: `\r \n \t \0 \\ \xHH` are undone, repeats written out, everything else is UTF-8.
 * `\xHH` is that byte, and not the character of that number.
 * @param most times that a repeat is written out at most
 */
export function escapedBytes(text: string, most = MOST_TIMES): Buffer {
  const parts: Buffer[] = [];
  let from = 0;
  for (const match of text.matchAll(SPECIAL)) {
    parts.push(Buffer.from(text.slice(from, match.index), 'utf8'), specialBytes(match.groups ?? {}, most));
    from = match.index + match[0].length;
  }
  parts.push(Buffer.from(text.slice(from), 'utf8'));
  return Buffer.concat(parts);
}

function specialBytes(
  { character, times, control, hex }: Readonly<Record<string, string | undefined>>,
  most: number,
): Buffer {
  if (character !== undefined) {
    const one = Buffer.from(character, 'utf8');
    return Buffer.alloc(one.length * Math.min(Number(times), most), one);
  }
  return Buffer.from([control === undefined ? Number.parseInt(hex ?? '5c', 16) : (CONTROLS[control] ?? 0)]);
}
