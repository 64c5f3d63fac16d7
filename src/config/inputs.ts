import { statSync } from 'node:fs';
import type { Checked } from '../document/problem.ts';
import { loadPolicy } from '../policy/load-policy.ts';
import type { Policy } from '../policy/policy.ts';
import { loadCatalogue, SHIPPED_SCENARIOS } from '../scenario/load-catalogue.ts';
import type { Catalogue } from '../scenario/scenario.ts';
import type { Credentials } from '../smtp/sasl.ts';
import { UsageError } from '../document/usage-error.ts';
import { textFrom } from '../document/files.ts';

const MOST_WEAK_LOGINS = 2;

/** @throws UsageError with every problem of the file */
export function policyFrom(file: string): Policy {
  return valueOf(loadPolicy(file));
}

export function catalogueFrom(folder: string | undefined): Catalogue {
  return valueOf(loadCatalogue(folder ?? SHIPPED_SCENARIOS));
}

/** Logins that must not work, `user:password` a line, from a file that only its owner can read. Two at most are tried. */
export function weakLoginsFrom(file: string): readonly Credentials[] {
  const text = textFrom(file);
  if ((statSync(file).mode & 0o077) !== 0)
    throw new UsageError([`${file}: holds passwords and is readable by others: chmod 600 ${file}`]);
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const problems = lines.flatMap((line, index) =>
    line.includes(':') ? [] : [`${file}:${index + 1}:1: is no \`user:password\``],
  );
  if (lines.length > MOST_WEAK_LOGINS)
    problems.push(`${file}: holds ${lines.length} logins; two at most are tried, this is no password guesser`);
  if (problems.length > 0) throw new UsageError(problems);
  return lines.map((line) => ({ user: line.slice(0, line.indexOf(':')), password: line.slice(line.indexOf(':') + 1) }));
}

function valueOf<T>(checked: Checked<T>): T {
  if (checked.kind === 'invalid') throw UsageError.fromProblems(checked.problems);
  return checked.value;
}
