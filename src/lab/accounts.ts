import { readFileSync } from 'node:fs';
import { UsageError } from '../document/usage-error.ts';

/** The numeric id of a user or a group. @throws UsageError when there is none of that name */
export function accountId(file: '/etc/passwd' | '/etc/group', name: string): number {
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  if (line === undefined) throw new UsageError([`${file} has no ${name}: the server is not installed here`]);
  return Number(line.split(':')[2]);
}
