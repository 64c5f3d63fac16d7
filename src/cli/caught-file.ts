import { readFileSync } from 'node:fs';
import type { Checked, Problem } from '../document/problem.ts';
import { caughtSchema } from '../judge/audit-schema.ts';
import type { Caught } from '../session/caught.ts';
import type { CaughtSource } from './caught-source.ts';

/** Reads what `catch --output` wrote, a JSON object a line. A last line without its end is still being written and left for later. */
export function parseCaughtLines(text: string, file: string): Checked<readonly Caught[]> {
  const problems: Problem[] = [];
  const caught: Caught[] = [];
  const lines = text.split('\n');
  for (const [index, line] of lines.slice(0, -1).entries()) {
    if (line.trim() === '') continue;
    const parsed = caughtSchema.safeParse(jsonOrNull(line));
    if (parsed.success) caught.push(parsed.data);
    else problems.push({ file, line: index + 1, column: 1, message: 'is no line of `relayproof catch`' });
  }
  return problems.length > 0 ? { kind: 'invalid', problems } : { kind: 'ok', value: caught };
}

/** Follows a file that another process writes; a file that is not there yet is an empty one. */
export function followCaughtFile(file: string): CaughtSource {
  return {
    faults: () => [],
    seenAt: () => null,
    all: () => {
      const parsed = parseCaughtLines(readOrEmpty(file), file);
      return parsed.kind === 'ok' ? parsed.value : [];
    },
  };
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function jsonOrNull(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
