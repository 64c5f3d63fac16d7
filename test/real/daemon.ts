import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../support/until.ts';

export interface DaemonSpec {
  /** Everything that the server writes; removed with it. */
  readonly folder: string;
  /** Program and arguments; it must stay in the foreground. */
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Network namespace to run in; the test runner's own when absent. */
  readonly namespace?: string;
  /**
   * @param output what the program has printed so far
   * @param pid the process that leads the program's group, in its network namespace once the program runs
   */
  readonly isReady: (output: string, pid: number) => boolean;
  /** What the program said about why it ended early, given what it printed. @default that */
  readonly explain?: (output: string) => string;
}

/**
 * Ends the server and removes its folder when the test runner dies without a chance to clean up (SIGKILL, out of
 * memory): the kernel tells a shell that its parent is gone. The server itself would not hear of it, for the kernel
 * forgets the wish at a change of user.
 */
const SUPERVISOR_SCRIPT = 'folder=$1; shift; trap \'trap "" TERM; kill 0; rm -rf "$folder"\' TERM; "$@" & wait "$!"';
const SUPERVISOR = ['setpriv', '--pdeathsig', 'TERM', 'sh', '-c', SUPERVISOR_SCRIPT, 'supervisor'];

export interface Daemon {
  /** What the program has printed so far. */
  readonly output: () => string;
  /** Ends the program and everything it started, and waits until they are gone. */
  readonly stop: () => Promise<void>;
}

/**
 * A new folder that programs which change their user can enter. It is removed by `remove`, or when this process exits.
 */
export function daemonFolder(name: string): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), `relayproof-${name}-`));
  chmodSync(path, 0o755);
  const remove = (): void => {
    process.removeListener('exit', remove);
    rmSync(path, { recursive: true, force: true });
  };
  process.on('exit', remove);
  return { path, remove };
}

/**
 * Starts a server in a process group of its own and waits until it is ready.
 *
 * @throws Error with the server's own words when it ends before it is ready
 */
export async function startDaemon(spec: DaemonSpec): Promise<Daemon> {
  const argv = [...SUPERVISOR, spec.folder, ...spec.argv];
  const [program, ...args] = spec.namespace === undefined ? argv : ['ip', 'netns', 'exec', spec.namespace, ...argv];
  const child = spawn(program ?? '', args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...spec.env },
  });
  let output = '';
  let ended = false;
  const keep = (chunk: Buffer): void => {
    output += chunk.toString('latin1');
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.on('error', (error) => {
    output += error.message;
    ended = true;
  });
  child.on('exit', () => {
    ended = true;
  });
  const { pid } = child;
  const killNow = (): void => {
    signalGroup(pid, 'SIGKILL');
  };
  process.on('exit', killNow);
  const stop = async (): Promise<void> => {
    process.removeListener('exit', killNow);
    await endGroup(pid);
  };
  const fail = async (cause: unknown): Promise<never> => {
    const words = spec.explain?.(output) ?? output;
    await stop();
    throw new Error(`${spec.argv.join(' ')} did not start\n${words}`, { cause });
  };
  try {
    await until('the server to start', () => ended || (pid !== undefined && spec.isReady(output, pid)));
  } catch (error) {
    return fail(error);
  }
  return ended ? fail(null) : { output: () => output, stop };
}

async function endGroup(group: number | undefined): Promise<void> {
  signalGroup(group, 'SIGTERM');
  try {
    await until(`process group ${group ?? ''} to end`, () => !lives(group), 3000);
  } catch {
    signalGroup(group, 'SIGKILL');
    await until(`process group ${group ?? ''} to be killed`, () => !lives(group), 3000);
  }
}

function signalGroup(group: number | undefined, signal: NodeJS.Signals): void {
  if (group !== undefined && lives(group)) {
    process.kill(-group, signal);
  }
}

/**
 * Whether a process of the group still runs. Orphans that have ended stay in the group until the first process of the
 * machine collects them, which takes a second in some containers: they count as gone.
 */
function lives(group: number | undefined): boolean {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .some((pid) => {
      const [state, , processGroup] = statFields(pid);
      return Number(processGroup) === group && state !== 'Z' && state !== 'X';
    });
}

/** The fields of /proc/PID/stat after the program's name: state, parent, process group and more. */
function statFields(pid: string): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
