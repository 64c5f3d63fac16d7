import { readFileSync } from 'node:fs';

/**
 * The numeric id of a user (`/etc/passwd`) or a group (`/etc/group`): the third field in both.
 *
 * @throws Error when there is none of that name
 */
export function accountId(file: '/etc/passwd' | '/etc/group', name: string): number {
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  if (line === undefined) {
    throw new Error(`${file} has no ${name}`);
  }
  return Number(line.split(':')[2]);
}
