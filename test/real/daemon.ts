import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../support/until.ts';

export interface DaemonSpec {
  /** Program and arguments; it must stay in the foreground. */
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Network namespace to run in; the test runner's own when absent. */
  readonly namespace?: string;
  readonly isReady: () => boolean | Promise<boolean>;
  /** What the program said about why it ended early. */
  readonly explain: () => string;
}

export interface Daemon {
  readonly pid: number;
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
  // The kernel ends the server when the test runner dies without a chance to clean up (SIGKILL, out of memory).
  const argv = ['setpriv', '--pdeathsig', 'TERM', ...spec.argv];
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
  try {
    await until(`${program ?? ''} to start`, async () => ended || (await spec.isReady()));
  } catch (error) {
    await stop();
    throw new Error(`${String(error)}\n${output}${spec.explain()}`, { cause: error });
  }
  if (ended || pid === undefined) {
    await stop();
    throw new Error(`${argv.join(' ')} ended before it was ready\n${output}${spec.explain()}`);
  }
  return { pid, stop };
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
