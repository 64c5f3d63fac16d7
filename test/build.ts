import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MAIN = `${ROOT}dist/cli/main.js`;

/** Builds once before all tests, where the sources are newer than what was built: some tests start the real program. */
export function setup(): void {
  if (existsSync(MAIN) && newestSource() < statSync(MAIN).mtimeMs) return;
  // Types are checked elsewhere: a file that somebody is just writing must not keep all tests from running.
  spawnSync(process.execPath, [`${ROOT}node_modules/typescript/bin/tsc`], { cwd: ROOT, stdio: 'inherit' });
  if (!existsSync(MAIN)) throw new Error('the program could not be built');
}

function newestSource(): number {
  const files = readdirSync(`${ROOT}src`, { recursive: true, encoding: 'utf8' });
  return Math.max(...files.map((file) => statSync(`${ROOT}src/${file}`).mtimeMs));
}
