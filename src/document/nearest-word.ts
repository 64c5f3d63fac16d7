/** Insertions, deletions, replacements and swaps of neighbours that turn one word into the other. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let previous: number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (before[j - 2] ?? best) + 1);
      row.push(best);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}

/** The known word that the user most likely meant, or null where none is near. */
export function nearestWord(written: string, known: readonly string[]): string | null {
  if (written.length > 100) return null;
  const wanted = written.toLowerCase();
  let nearest: string | null = null;
  let least = Math.max(2, Math.floor(written.length / 3)) + 1;
  for (const word of known) {
    const candidate = word.toLowerCase();
    // The beginning of a word is nearer to it than its length tells.
    const isBeginning = wanted.length > 2 && candidate.startsWith(wanted);
    const distance = isBeginning ? 1 : editDistance(wanted, candidate);
    if (distance < least) [nearest, least] = [word, distance];
  }
  return nearest;
}
