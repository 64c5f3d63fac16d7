import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Ending } from './ending.ts';

const COMMAND = fileURLToPath(new URL('guards-command.ts', import.meta.url));

/** Ports of guards in a process of their own, one for each name: `sound` or a defect. They end with the test. */
export async function startGuards(
  context: Ending,
  names: readonly string[],
  greetingDelayMs = 0,
): Promise<readonly number[]> {
  const guards = spawn(process.execPath, [COMMAND, `${greetingDelayMs}`, ...names], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  context.onTestFinished(() => {
    guards.kill();
  });
  const ports: readonly unknown[] = await once(createInterface(guards.stdout), 'line');
  return String(ports[0]).split(' ').map(Number);
}
