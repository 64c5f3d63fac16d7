/** Where a regular expression literal may stand: behind these a slash divides nothing. */
const LITERAL = /(?<=[=(,:[!&|?{};]\s*)\/((?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([dgimsuvy]*)/g;

/** The regular expressions that a source text writes down, comments left out. Global ones are made to look from the start. */
export function regexesIn(source: string): readonly RegExp[] {
  const code = source.replace(/\/\*.*?\*\//gs, '').replace(/(?<=^|\s)\/\/.*$/gm, '');
  return [...code.matchAll(LITERAL)].map(
    ([, pattern = '', flags = '']) => new RegExp(pattern, flags.replaceAll(/[gy]/g, '')),
  );
}

/**
 * Long texts on which a pattern may lose its way: each word of the pattern, repeated, and followed by much of something that
 * its wildcards take, with an end that fits nothing.
 */
export function attacksOn(pattern: RegExp, length: number): readonly string[] {
  const words = new Set(pattern.source.replace(/\\[a-z]/gi, ' ').match(/[A-Za-z][A-Za-z ']*/g) ?? []);
  const fill = (unit: string): string => unit.repeat(Math.ceil(length / unit.length)).slice(0, length - 1);
  const repeated = ['a', ' ', '0', '.', '-', '@', ' a', 'aA0 ', '\t', '\u00e9', '%', '<', '"', '\\', ...words].map(
    fill,
  );
  const headed = [...words].flatMap((word) => ['a', ' ', `${word} `, '0.'].map((unit) => `${word} ${fill(unit)}`));
  return [...repeated, ...headed].map((text) => `${text.slice(0, length - 1)}\u0001`);
}

const TRIES = 3;

/**
 * Whether a pattern takes longer for a text than that many plain looks at every character of it. Only what is slow every
 * time is slow: another process on the machine may have taken the time.
 */
export function isSlow(
  pattern: { readonly test: (text: string) => boolean },
  text: string,
  mostLooks: number,
): boolean {
  for (let tried = 0; tried < TRIES; tried += 1)
    if (
      duration(() => pattern.test(text)) <
      mostLooks *
        Math.max(
          duration(() => look(text)),
          MEASURABLE_MS,
        )
    )
      return false;
  return true;
}

const MEASURABLE_MS = 0.02;

function look(text: string): boolean {
  let seen = 0;
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) === 0) seen += 1;
  return seen > 0;
}

function duration(work: () => boolean): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}
