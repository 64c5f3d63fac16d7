/** Terminals take about this much of base64 at once. */
const MOST_BYTES = 74_000;

/** The sequence that puts text onto the clipboard of the terminal (OSC 52), and whether some of the text had to be left out. */
export function clipboardSequence(text: string): { readonly sequence: string; readonly cut: boolean } {
  const bytes = Buffer.from(text);
  const kept = bytes.subarray(0, Math.floor((MOST_BYTES * 3) / 4));
  return { sequence: `\u001b]52;c;${kept.toString('base64')}\u0007`, cut: kept.length < bytes.length };
}
