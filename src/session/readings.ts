import { isUtf8 } from 'node:buffer';

const HIGH = /[\x80-\xff]/;
/** Controls but the tab, which is a blank, and format characters. */
const INVISIBLE = /[\p{Cf}\0-\x08\x0a-\x1f\x7f-\x9f]+/gu;
/** Escapes of names of characters that may spell a mailbox (HTML); numbers are read by themselves. */
const ENTITIES: Readonly<Record<string, string>> = { commat: '@', period: '.', percnt: '%', excl: '!', amp: '&' };
const ENTITY = /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(commat|period|percnt|excl|amp));?/giu;
/** An at-sign in words, as people and the printable strings of X.400 write it. */
const AT_WORD = /[([{]\s{0,9}at?\s{0,9}[)\]}]|_at_|\sat\s/giu;
const PERCENT_WORD = /\(p\)/giu;
const COMMENT = /\([^()]*\)/gu;
const ENCODED_WORD = /=\?[^?\s]{1,40}\?b\?([a-z\d+/=]*)\?=/giu;
/** Encodings in encodings are undone so many times; nobody goes further. */
const ROUNDS = 3;

/** Whether what begins at an index of a text is a name in scope, so that no escape begins there. */
export type IsNameAt = (text: string, index: number) => boolean;

/** What the reader of a line knows beforehand. */
export interface KnownNames {
  /** Whether the text from there on begins with a name in scope. */
  readonly isNameAt: IsNameAt;
  /** Whether a word with letters outside ASCII is a name in scope. */
  readonly isName: (word: string) => boolean;
}

/**
 * Every text that a server may make of a line: in UTF-8, in Latin-1 or with seven bits, with and without what is invisible,
 * with escapes undone (percent, quoted-printable, parameters, HTML, RFC 2047), with words for at-signs, without comments.
 * @param line a character a byte (Latin-1)
 */
export function readingsOf(line: string, known: KnownNames): readonly string[] {
  let readings: readonly string[] = decodedBytes(line, known);
  for (const rewrite of [compatible, visible, (text: string): readonly string[] => unescaped(text, known), worded])
    readings = widened(readings, rewrite);
  return readings;
}

function widened(readings: readonly string[], rewrite: (text: string) => readonly string[]): readonly string[] {
  return [...new Set(readings.flatMap((text) => [text, ...rewrite(text)]))];
}

/** A name in scope that is written in UTF-8 means nobody else to a program that reads its bytes one by one. */
function decodedBytes(line: string, { isName }: KnownNames): readonly string[] {
  if (!HIGH.test(line)) return [line];
  const bytes = Buffer.from(line, 'latin1');
  const text = bytes.toString('utf8');
  if (!isUtf8(bytes)) return [text, line, sevenBits(line)];
  const others = text.replace(/[^\s<>@%!,:;"'()\\|[\]=]+/gu, (word) =>
    /[^\0-\x7f]/.test(word) && isName(word) ? '' : word,
  );
  const single = Buffer.from(others, 'utf8').toString('latin1');
  return [text, single, sevenBits(single)];
}

function sevenBits(line: string): string {
  return line.replace(/[\x80-\xff]/g, (character) => String.fromCharCode(character.charCodeAt(0) - 0x80));
}

function compatible(text: string): readonly string[] {
  return /[^\0-\x7f]/.test(text) ? [text.normalize('NFKC')] : [];
}

function visible(text: string): readonly string[] {
  const shown = text.replace(INVISIBLE, '');
  return shown === text ? [] : [shown];
}

function worded(text: string): readonly string[] {
  const at = text.replace(AT_WORD, '@').replace(PERCENT_WORD, '%');
  const plain = text.includes('(') ? text.replace(COMMENT, '').replace(COMMENT, '').replace(COMMENT, '') : text;
  return [at, plain, plain.replace(AT_WORD, '@')];
}

function unescaped(text: string, known: KnownNames): readonly string[] {
  if (!/[%=+&]/.test(text)) return [];
  const single = [
    withoutEntities(text),
    ...['%', '=', '+'].map((sign) => withoutHex(text, sign, known)),
    withoutEncodedWords(text),
  ];
  const all: string[] = [];
  let last = text;
  for (let round = 0; round < ROUNDS; round += 1) {
    last = ['%', '=', '+'].reduce(
      (one, sign) => withoutHex(one, sign, known),
      withoutEntities(withoutEncodedWords(last)),
    );
    all.push(last);
  }
  return [...single, ...all].flatMap((one) => [one, ...compatible(one), ...visible(one)]);
}

function withoutEntities(text: string): string {
  return text.replace(ENTITY, (written, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? written;
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : written;
  });
}

const HEX_RUNS: Readonly<Record<string, RegExp>> = {
  '%': /(?:%[\da-f]{2})+/giu,
  '=': /(?:=[\da-f]{2})+/giu,
  '+': /(?:\+[\da-f]{2})+/giu,
};

/** `%40`, `=40` or `+40`, but not the first letters of a name in scope behind such a sign, as in `user%ad.example`. */
function withoutHex(text: string, sign: string, { isNameAt }: KnownNames): string {
  const runs = HEX_RUNS[sign];
  if (runs === undefined || !text.includes(sign)) return text;
  return text.replace(runs, (written: string, index: number) => {
    if (isNameAt(text, index + written.length - 2)) return written;
    const bytes = Buffer.from(written.replaceAll(sign, ''), 'hex');
    return isUtf8(bytes) ? bytes.toString('utf8') : bytes.toString('latin1');
  });
}

function withoutEncodedWords(text: string): string {
  return text.replace(ENCODED_WORD, (_, base64: string) => Buffer.from(base64, 'base64').toString('utf8'));
}
