import { readFileSync } from 'node:fs';
import type { Checked } from '../document/problem.ts';
import { parsePolicy } from './parse-policy.ts';
import type { Policy } from './policy.ts';

/** Reads a policy file; one that cannot be read is a problem at its first character. */
export function loadPolicy(file: string): Checked<Policy> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      kind: 'invalid',
      problems: [{ file, line: 1, column: 1, message: `cannot read the policy: ${reason}` }],
    };
  }
  return parsePolicy(text, file);
}
