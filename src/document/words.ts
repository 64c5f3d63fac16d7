const WORD = /[^,\t\n\r ]+/gu;

/** The words of a list that is written as one string, separated by commas, tabs, blanks or newlines. */
export function splitWords(text: string): string[] {
  return text.match(WORD) ?? [];
}

/**
 * Where each word of a scalar begins in the source of its file. Words hold no blanks, so each stands in the source as it
 * is, after the one before it, whatever quotes or folding surround them; one with an escape in it gets the scalar's start.
 */
export function wordOffsets(text: string, source: string, start: number, end: number): number[] {
  let from = start;
  if (/[|>]/u.test(source[start] ?? '')) from = source.indexOf('\n', start);
  return splitWords(text).map((word) => {
    const found = source.indexOf(word, from);
    if (found < 0 || found + word.length > end) return start;
    from = found + word.length;
    return found;
  });
}
