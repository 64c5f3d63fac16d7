/** What steers a terminal or a reader's eye, what is no character, and line ends: no string of an audit needs any. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** The same in JSON text, whose own line ends are white space. */
const UNSEEN_IN_JSON = /[^\P{C}\n]|[\p{Zl}\p{Zp}]/gu;

/** The same in a whole text, whose lines may be indented by tabs; or a colour that reports set. */
const UNSEEN_IN_TEXT = /\u001b\[(?:0|1|2|22|31|32|33|34|39)m|[^\P{C}\n\t]|[\p{Zl}\p{Zp}]/gu;

/**
 * How CI systems are given orders by a line of a log: GitHub's `::command`, which may follow blanks, and `##[command]`,
 * `##vso[...]` and `##teamcity[...]` anywhere. Each command has a letter that no IPv6 address after `::` has.
 */
const COMMAND = /::(?=[a-z-]*[g-z-])|##(?=[a-z]*\[)/gi;

/**
 * Makes a text harmless to whatever shows it as a line. Audits are escaped when they are made; a report may be drawn from
 * a file that somebody else has written, so every format does it again.
 */
export function visible(text: string): string {
  return text.replace(UNSEEN, escaped).replace(COMMAND, (found) => `${found[0]}\\x${hex(found, 1, 2)}`);
}

/**
 * JSON that means the same and holds neither a control character nor a command to a CI system. Half a surrogate pair is
 * no text, and some readers refuse it: it becomes U+FFFD.
 */
export function safeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, (_key, one: unknown) => (typeof one === 'string' ? one.toWellFormed() : one), indent)
    .replace(UNSEEN_IN_JSON, unitsEscaped)
    .replace(COMMAND, (found) => `${found[0]}\\u${hex(found, 1, 4)}`);
}

/**
 * A whole text as it may leave for a terminal: what steers one is escaped as JSON does it, so that JSON stays what it is.
 *
 * @param color whether the colours of reports stay
 */
export function steerless(text: string, color: boolean): string {
  return text.replace(UNSEEN_IN_TEXT, (found) => (color && found.length > 2 ? found : unitsEscaped(found)));
}

function unitsEscaped(text: string): string {
  return Array.from({ length: text.length }, (_, unit) => {
    const isSeen = /[ -~]/.test(text[unit] ?? '');
    return isSeen ? text[unit] : `\\u${hex(text, unit, 4)}`;
  }).join('');
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code <= 0xff ? `\\x${hex(character, 0, 2)}` : `\\u{${code.toString(16)}}`;
}

function hex(text: string, unit: number, digits: number): string {
  return text.charCodeAt(unit).toString(16).padStart(digits, '0');
}
