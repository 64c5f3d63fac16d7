/** A reply code, or a class of codes such as `2xx`; several are joined by `|`. */
const CODES = /^(?:[2-5]\d\d|[2-5]xx)(?:\|(?:[2-5]\d\d|[2-5]xx))*$/;

/** Reads `250`, `2xx` or `250|251`; null for anything else. */
export function parseCodes(text: string): readonly string[] | null {
  return CODES.test(text) ? text.split('|') : null;
}

/** Whether a reply code is one of the codes, or in one of the classes. */
export function fitsCodes(code: number, codes: readonly string[]): boolean {
  const text = String(code);
  return codes.some((wanted) => wanted === text || (wanted.endsWith('xx') && wanted.charAt(0) === text.charAt(0)));
}
