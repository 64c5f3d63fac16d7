import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ip } from './ip-command.ts';

/** A host of the lab: the network namespace that it lives in and its address. */
export interface LabHost {
  readonly role: HostRole;
  readonly namespace: string;
  readonly address: string;
}

export type HostRole = 'outside' | 'roaming' | 'inside';

/**
 * The server in the middle has an address on either side and forwards nothing, so it sees the true address of every client,
 * and only mail that it relays gets from one side to the other.
 */
export interface LabNetwork {
  /** The world outside: a stranger, and whoever mail for elsewhere goes to. */
  readonly outside: LabHost;
  /** A stranger's address, too, but one that may know a login. */
  readonly roaming: LabHost;
  /** A client of the own network, 10.99.0.0/16. */
  readonly inside: LabHost;
  /** The namespace of the server. */
  readonly middle: string;
  readonly server: { readonly outer: string; readonly inner: string };
}

export type NetworkOutcome =
  { readonly kind: 'made'; readonly network: LabNetwork } | { readonly kind: 'refused'; readonly reason: string };

/** Addresses for documentation (RFC 5737) outside, private ones inside; they exist in the lab's namespaces alone. */
const SERVER = { outer: '198.51.100.1', inner: '10.99.0.1' } as const;
const ADDRESSES: Readonly<Record<HostRole, string>> = {
  outside: '198.51.100.10',
  roaming: '198.51.100.20',
  inside: '10.99.1.10',
};
const ROLES = ['outside', 'roaming', 'inside'] as const satisfies readonly HostRole[];

/** Files in /etc/netns/NAME stand for those of /etc to everything that `ip netns exec` starts in NAME. */
export const NETNS_FILES = '/etc/netns';

/** Names of the namespaces of a lab, whether they exist or not. */
export function namespacesOf(lab: string): readonly string[] {
  return [...ROLES, 'middle'].map((role) => `${lab}-${role}`);
}

/** Makes the namespaces of a lab and the cables between them. Where that fails half-way, the cleaner takes the rest away. */
export function makeNetwork(lab: string): NetworkOutcome {
  const middle = `${lab}-middle`;
  for (const command of [...hostCommands(lab, middle), ...addressCommands(lab, middle)]) {
    const failure = ip(command);
    if (failure !== null) return { kind: 'refused', reason: failure };
  }
  for (const namespace of namespacesOf(lab)) {
    const folder = join(NETNS_FILES, namespace);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'resolv.conf'), `nameserver ${SERVER.outer}\noptions timeout:2 attempts:2\n`);
  }
  const host = (role: HostRole): LabHost => ({ role, namespace: `${lab}-${role}`, address: ADDRESSES[role] });
  return {
    kind: 'made',
    network: { outside: host('outside'), roaming: host('roaming'), inside: host('inside'), middle, server: SERVER },
  };
}

/** The namespaces, and a cable from each host (`wire`) to the middle (named after the host). */
function hostCommands(lab: string, middle: string): readonly (readonly string[])[] {
  return [
    ...namespacesOf(lab).flatMap((namespace) => [
      ['netns', 'add', namespace],
      ['-n', namespace, 'link', 'set', 'lo', 'up'],
    ]),
    ...ROLES.flatMap((role) => [
      ['-n', middle, 'link', 'add', role, 'type', 'veth', 'peer', 'name', 'wire', 'netns', `${lab}-${role}`],
      ['-n', middle, 'link', 'set', role, 'up'],
      ['-n', `${lab}-${role}`, 'link', 'set', 'wire', 'up'],
    ]),
  ];
}

/**
 * Every address outside is alone in its network, as strangers are: a server that trusts "its own network" must not find
 * them in it. The inside is one.
 */
function addressCommands(lab: string, middle: string): readonly (readonly string[])[] {
  const strangers = ['outside', 'roaming'] as const;
  const inside = `${lab}-inside`;
  return [
    ['-n', middle, 'address', 'add', `${SERVER.outer}/32`, 'dev', 'outside'],
    ['-n', middle, 'address', 'add', `${SERVER.inner}/16`, 'dev', 'inside'],
    ...strangers.flatMap((role) => [
      ['-n', `${lab}-${role}`, 'address', 'add', `${ADDRESSES[role]}/32`, 'dev', 'wire'],
      ['-n', `${lab}-${role}`, 'route', 'add', `${SERVER.outer}/32`, 'dev', 'wire'],
      ['-n', middle, 'route', 'add', `${ADDRESSES[role]}/32`, 'dev', role, 'src', SERVER.outer],
    ]),
    ['-n', inside, 'address', 'add', `${ADDRESSES.inside}/16`, 'dev', 'wire'],
    // The inside asks for the server by its outer address as well, and so sees the answers of the outer resolver.
    ['-n', inside, 'route', 'add', `${SERVER.outer}/32`, 'via', SERVER.inner],
    // A new namespace inherits the machine's choice, and a machine with containers forwards.
    ['netns', 'exec', middle, 'sh', '-c', 'echo 0 > /proc/sys/net/ipv4/ip_forward'],
  ];
}

/** Why this user may not make network namespaces; null when it may. Tries it once. */
export function namespaceRefusal(): string | null {
  const namespace = `relayproof-lab-${process.pid}-0-try`;
  const failure = ip(['netns', 'add', namespace]);
  if (failure === null) ip(['netns', 'delete', namespace]);
  return failure;
}
