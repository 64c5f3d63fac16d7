import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** A program that runs in a namespace of the lab. */
export interface LabProcess {
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly hasEnded: () => boolean;
  readonly interrupt: () => void;
  /** The exit code; null where a signal ended it. */
  readonly exited: Promise<number | null>;
}

export interface LabProcessOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Told of every line on stderr. */
  readonly onLine?: (line: string) => void;
}

/** Output kept of one program: a server that logs without end must not fill the memory. */
const KEPT_CHARACTERS = 8_000_000;

/** Starts a program in a namespace. It is ended with the namespace, at the latest. */
export function startIn(namespace: string, argv: readonly string[], options: LabProcessOptions = {}): LabProcess {
  const child = spawn('ip', ['netns', 'exec', namespace, ...argv], {
    // Ctrl-C reaches this process alone, which then asks the others to end, each once.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.env === undefined ? {} : { env: { ...options.env } }),
  });
  const output = { stdout: '', stderr: '' };
  let ended = false;
  let line = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output.stdout = (output.stdout + chunk).slice(-KEPT_CHARACTERS);
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    output.stderr = (output.stderr + chunk).slice(-KEPT_CHARACTERS);
    const lines = (line + chunk).split('\n');
    line = lines.pop() ?? '';
    for (const one of lines) options.onLine?.(one);
  });
  child.on('exit', () => {
    ended = true;
  });
  child.on('error', (error) => {
    output.stderr += error.message;
    ended = true;
  });
  return {
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    hasEnded: () => ended,
    interrupt: () => void child.kill('SIGINT'),
    exited: once(child, 'close').then(
      ([code]: readonly unknown[]) => (typeof code === 'number' ? code : null),
      () => null,
    ),
  };
}

/** This program, to be started anew in a namespace. */
export function ownCommand(args: readonly string[]): readonly string[] {
  const here = fileURLToPath(import.meta.url);
  const main = fileURLToPath(new URL(`../cli/main${extname(here)}`, import.meta.url));
  return [process.execPath, main, ...args];
}

const POLL_MS = 50;

/** Waits until something is so; false where it was not in that time, or was given up before. */
export async function until(
  isSo: () => boolean,
  { timeoutMs, giveUp }: { readonly timeoutMs: number; readonly giveUp: () => boolean },
): Promise<boolean> {
  for (let waited = 0; waited < timeoutMs && !giveUp(); waited += POLL_MS) {
    if (isSo()) return true;
    await pause(POLL_MS);
  }
  return isSo();
}
