import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished, type TestContext } from 'vitest';
import { until } from './until.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const NODE = join(ROOT, 'node_modules/.bin/node');
export const mainProgram = join(ROOT, 'dist/cli/main.js');
/** Counts what the program sends, as the tests in this process do of what they send. */
const RECORD_WIRE = `--import=${join(ROOT, 'test/support/wire/child-command.ts')}`;

/** How a run of the real program ended. `code` is null where a signal ended it. */
export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Waits until stderr holds that text. */
  readonly untilSaid: (text: string) => Promise<void>;
  readonly finished: Promise<Finished>;
}

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly node?: string;
  readonly cwd?: string;
}

/** Starts the program as it is installed: the built one, under the Node that the project brings. */
export function startProgram(args: readonly string[], options: ProgramOptions = {}): Running {
  const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env;
  const child = spawn(options.node ?? NODE, [mainProgram, ...args], {
    // Another Node may not read the recorder.
    env: { ...env, ...(options.node === undefined ? { NODE_OPTIONS: RECORD_WIRE } : {}), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  child.stdin.on('error', () => undefined).end(options.stdin ?? '');
  const finished = new Promise<Finished>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    untilSaid: (text) => until(`\`${text}\` on stderr`, () => stderr.includes(text), 20_000),
    finished,
  };
}

export function runProgram(args: readonly string[], options: ProgramOptions = {}): Promise<Finished> {
  return startProgram(args, options).finished;
}

/** A folder of its own for a test, taken away when the test ends. A concurrent test has to give its context. */
export function folderFor(context: Pick<TestContext, 'onTestFinished'> = { onTestFinished }): string {
  const folder = mkdtempSync(join(tmpdir(), 'relayproof-test-'));
  context.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
