import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning } from '../document/process-identity.ts';
import { ipOutput } from './ip-command.ts';
import { namespacesOf, NETNS_FILES } from './network.ts';

/**
 * Waits until nobody holds its standard input any more, then ends what runs in the namespaces (asked first, made to after
 * three seconds) and removes them, their files in /etc and the lab's folder. What is not there is passed over.
 */
const SCRIPT = `
cat > /dev/null
folder=$1; files=$2; shift 2
running() { for ns in "$@"; do ip netns pids "$ns" 2> /dev/null; done; }
running "$@" | xargs -r kill -TERM 2> /dev/null
for turn in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
  [ -z "$(running "$@")" ] && break
  sleep 0.2
done
running "$@" | xargs -r kill -KILL 2> /dev/null
for ns in "$@"; do
  ip netns delete "$ns" 2> /dev/null
  rm -rf "$files/$ns"
done
rmdir "$files" 2> /dev/null
rm -rf "$folder"
`;

const NAME = /^relayproof-lab-(\d+)-/;

/** What takes a lab away. It lives in a process of its own, so that a crash of this one leaves nothing behind either. */
export interface Cleaner {
  /** Takes the lab away and waits until it is gone. */
  readonly clean: () => Promise<void>;
}

/** The name of this process's lab number `count`. */
export function labName(count: number): string {
  return `relayproof-lab-${process.pid}-${count}`;
}

export function labFolder(lab: string): string {
  return join(tmpdir(), lab);
}

export function startCleaner(lab: string): Cleaner {
  const child = spawn('sh', ['-c', SCRIPT, 'relayproof-lab-cleaner', ...cleanerArguments(lab)], {
    // Ctrl-C ends what is in the foreground; whoever cleans up must not be.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const exited = once(child, 'exit');
  return {
    clean: async () => {
      child.stdin.end();
      await exited;
    },
  };
}

/** Takes away the labs of processes that are no more, and returns their names. */
export function sweepStaleLabs(): readonly string[] {
  const namespaces = ipOutput(['netns', 'list'])
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '');
  const labs = new Set(
    [...namespaces, ...namesIn(NETNS_FILES), ...namesIn(tmpdir())].flatMap(
      (name) => /^relayproof-lab-\d+-\d+/.exec(name)?.[0] ?? [],
    ),
  );
  const stale = [...labs].filter((lab) => !isRunning(Number(NAME.exec(`${lab}-`)?.[1])));
  for (const lab of stale) spawnSync('sh', ['-c', SCRIPT, 'sweep', ...cleanerArguments(lab)], { input: '' });
  return stale;
}

function cleanerArguments(lab: string): readonly string[] {
  return [labFolder(lab), NETNS_FILES, ...namespacesOf(lab)];
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
