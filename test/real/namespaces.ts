import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';

/** A host of the test's own network: the namespace it lives in and its addresses, the first of them its main one. */
export interface NamespaceHost {
  readonly namespace: string;
  readonly addresses: readonly [string, ...string[]];
}

/**
 * Three hosts in a row. The one in the middle has an address on either side and forwards nothing, so a server there sees
 * the true addresses of its clients, and only mail that it relays gets from one side to the other.
 */
export interface NamespaceNet {
  /** Strangers: every address is in 198.51.100.0/24. */
  readonly outside: NamespaceHost;
  /** Its first address is the one that strangers see, its second the one that the inside sees. */
  readonly middle: NamespaceHost;
  /** Clients of the own network, 10.99.0.0/16. */
  readonly inside: NamespaceHost;
  /** Ends what still runs in the namespaces and removes them. */
  readonly stop: () => void;
}

export type NamespacesOutcome =
  { readonly kind: 'made'; readonly net: NamespaceNet } | { readonly kind: 'not-permitted'; readonly reason: string };

export interface CommandOutcome {
  /** -1 when a signal ended the command. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const OUTSIDE = ['198.51.100.10', '198.51.100.11', '198.51.100.12'] as const;
const MIDDLE = ['198.51.100.1', '10.99.0.1'] as const;
const INSIDE = ['10.99.1.10', '10.99.1.11'] as const;

/** Why this process may not make network namespaces; null when it may. Tries it once. */
export function namespaceRefusal(): string | null {
  const namespace = uniqueName();
  const failure = ip(['netns', 'add', namespace]);
  if (failure === null) {
    ip(['netns', 'delete', namespace]);
  }
  return failure === null ? null : refusal(failure);
}

/** Makes a network that nothing else on the machine can reach. It is gone after `stop`, or when this process exits. */
export function makeNamespaces(): NamespacesOutcome {
  const name = uniqueName();
  const [outside, middle, inside] = [`${name}-outside`, `${name}-middle`, `${name}-inside`];
  const stop = (): void => {
    process.removeListener('exit', stop);
    for (const namespace of [outside, middle, inside]) {
      removeNamespace(namespace);
    }
  };
  process.on('exit', stop);
  const commands = [
    ...[outside, middle, inside].flatMap((namespace) => [
      ['netns', 'add', namespace],
      ['-n', namespace, 'link', 'set', 'lo', 'up'],
    ]),
    ...cable(middle, 'outer', outside),
    ...cable(middle, 'inner', inside),
    ...OUTSIDE.map((address) => ['-n', outside, 'address', 'add', `${address}/24`, 'dev', 'wire']),
    ...INSIDE.map((address) => ['-n', inside, 'address', 'add', `${address}/16`, 'dev', 'wire']),
    ['-n', middle, 'address', 'add', `${MIDDLE[0]}/24`, 'dev', 'outer'],
    ['-n', middle, 'address', 'add', `${MIDDLE[1]}/16`, 'dev', 'inner'],
    // A new namespace inherits the machine's choice, and a machine with containers forwards.
    ['netns', 'exec', middle, 'sh', '-c', 'echo 0 > /proc/sys/net/ipv4/ip_forward'],
  ];
  for (const command of commands) {
    const failure = ip(command);
    if (failure !== null) {
      stop();
      return { kind: 'not-permitted', reason: refusal(failure) };
    }
  }
  return {
    kind: 'made',
    net: {
      outside: { namespace: outside, addresses: OUTSIDE },
      middle: { namespace: middle, addresses: MIDDLE },
      inside: { namespace: inside, addresses: INSIDE },
      stop,
    },
  };
}

/** Runs a command on a host of the network and waits until it ends, or ends it after `timeoutMs`. */
export async function runInNamespace(
  host: NamespaceHost,
  argv: readonly string[],
  timeoutMs = 30_000,
): Promise<CommandOutcome> {
  const child = spawn('ip', ['netns', 'exec', host.namespace, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output.stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    output.stderr += chunk;
  });
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve(code ?? -1);
    });
  });
  return { exitCode, ...output };
}

/** A cable between `end` in the middle and `wire` at the other host, both ends plugged in. */
function cable(middle: string, end: string, other: string): readonly (readonly string[])[] {
  return [
    ['-n', middle, 'link', 'add', end, 'type', 'veth', 'peer', 'name', 'wire', 'netns', other],
    ['-n', middle, 'link', 'set', end, 'up'],
    ['-n', other, 'link', 'set', 'wire', 'up'],
  ];
}

function removeNamespace(namespace: string): void {
  const { stdout, status } = spawnSync('ip', ['netns', 'pids', namespace], { encoding: 'utf8' });
  for (const pid of status === 0 ? stdout.split('\n').filter((line) => line !== '') : []) {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It ended by itself in between.
    }
  }
  ip(['netns', 'delete', namespace]);
}

function uniqueName(): string {
  return `relayproof-${process.pid}-${randomBytes(3).toString('hex')}`;
}

function refusal(failure: string): string {
  return `network namespaces cannot be made here: ${failure}`;
}

/** What `ip` said against it; null when it did as told. */
function ip(args: readonly string[]): string | null {
  const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' });
  return status === 0 ? null : (error?.message ?? stderr.trim());
}
