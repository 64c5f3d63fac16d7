/**
 * Characters that steer a terminal, a log or a reader's eye: controls, format marks (bidi, zero-width, tags), what is no
 * character at all, and line separators.
 */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Characters kept of one foreign text; the rest is counted. */
const KEPT_CHARACTERS = 2000;

/**
 * Makes foreign text (a reply, a certificate name, a HELO name) safe to store, print and embed: what could steer a
 * terminal or forge a line becomes `\xNN` or `\u{NNNN}`, and text of more than 2,000 characters is cut with its length said.
 */
export function printable(text: string): string {
  const kept = text.length > KEPT_CHARACTERS ? text.slice(0, KEPT_CHARACTERS) : text;
  const safe = kept.replace(UNSAFE, escapeCharacter);
  return kept === text ? safe : `${safe}... (${text.length} characters)`;
}

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}
