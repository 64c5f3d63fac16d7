import { formatProblem, type Problem } from '../document/problem.ts';
import type { Caught } from '../session/caught.ts';
import { jsonOrNull } from '../document/json-text.ts';
import { caughtSchema } from '../session/caught-schema.ts';

/** What is in a file of `relayproof catch`, and the lines that are none of its. */
export interface CaughtLines {
  readonly caught: readonly Caught[];
  readonly problems: readonly Problem[];
}

/** Bad lines that are named; the others are counted. */
const MOST_NAMED = 3;

/** Reads what `catch --output` wrote, a JSON object a line. One bad line does not spoil the others. */
export function parseCaughtLines(text: string, file: string): CaughtLines {
  const caught: Caught[] = [];
  const problems: Problem[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const one = caughtIn(line);
    if (one === null) problems.push(badLine(file, index + 1));
    else caught.push(one);
  }
  return { caught, problems };
}

/** What a line of `relayproof catch` says, or null where it is none. */
export function caughtIn(line: string): Caught | null {
  const parsed = caughtSchema.safeParse(jsonOrNull(line));
  return parsed.success ? parsed.data : null;
}

export function badLine(file: string, line: number): Problem {
  return { file, line, column: 1, message: 'is not a line of `relayproof catch`' };
}

/** The first bad lines, a sentence each, and how many there are besides. */
export function badLinesText(problems: readonly Problem[], count: number): readonly string[] {
  const named = problems.slice(0, MOST_NAMED);
  const others = count - named.length;
  return [...named.map(formatProblem), ...(others > 0 ? [`Further lines that cannot be read: ${others}`] : [])];
}
