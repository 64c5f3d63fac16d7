import ipaddr from 'ipaddr.js';
import { canConnect } from '../probe/reachability.ts';
import type { TlsMode } from '../probe/session-options.ts';
import { isHostAddress, isLocalAddress, parseEndpoint, SMTP_PORT } from './endpoint.ts';
import type { NameService } from './name-service.ts';
import { checkOwnership } from './ownership.ts';
import { UsageError } from '../document/usage-error.ts';

export interface TargetEndpoint {
  readonly host: string;
  readonly address: string;
  readonly port: number;
  readonly tls: TlsMode;
}

/** One host with all endpoints that are audited of it. */
export interface TargetHost {
  readonly host: string;
  readonly endpoints: readonly [TargetEndpoint, ...TargetEndpoint[]];
}

export interface TargetOptions {
  readonly tls: TlsMode;
  readonly authorized: boolean;
  /** Token of the operator's ownership records, or null. */
  readonly token: string | null;
  readonly family: 4 | 6 | null;
  readonly names: NameService;
  readonly signal: AbortSignal;
}

/** Ports of submission (RFC 8314 §7.3, RFC 6409) and its usual stand-in: audited when something listens there. */
const OTHER_PORTS: readonly { readonly port: number; readonly tls: TlsMode | null }[] = [
  { port: 465, tls: 'implicit' },
  { port: 587, tls: null },
  { port: 2525, tls: null },
];
/** Addresses of one host that are audited; more are a mistake or a trap. */
const MOST_ADDRESSES = 10;
const KNOCK_MS = 3000;

/** A host whose name was looked up, once: what was found then is what is connected to. */
export interface LookedUpHost {
  readonly host: string;
  /** The port that was named, null where none was. */
  readonly port: number | null;
  /** Addresses to audit, of the family that was asked for. */
  readonly addresses: readonly string[];
  /** Whether any of its addresses, of either family, may be a stranger's. */
  readonly isPublic: boolean;
}

export interface LookedUpHosts {
  readonly hosts: readonly LookedUpHost[];
  /** Hosts without an address, each with why. */
  readonly unknown: readonly string[];
}

/** Looks every host up. @throws UsageError for text that is no host, and for an address that is of no single host */
export async function lookUpHosts(
  texts: readonly string[],
  options: Pick<TargetOptions, 'family' | 'names'>,
): Promise<LookedUpHosts> {
  const hosts: LookedUpHost[] = [];
  const unknown: string[] = [];
  const problems: string[] = [];
  for (const text of texts) {
    const { host, port } = parseEndpoint(text, 0);
    const found = await addressesOf(host, options.names);
    if (typeof found === 'string') {
      unknown.push(`${host}: unreachable: ${found}`);
      continue;
    }
    const odd = found.find((address) => !isHostAddress(address));
    if (odd !== undefined)
      problems.push(`${host}: ${odd} is the address of no single host: name one that runs a server`);
    const isPublic = found.some((address) => !isLocalAddress(address));
    const addresses = found.filter((address) => isOfFamily(address, options.family)).slice(0, MOST_ADDRESSES);
    if (addresses.length === 0) unknown.push(`${host}: unreachable: no address of that family`);
    else hosts.push({ host, port: port === 0 ? null : port, addresses, isPublic });
  }
  if (problems.length > 0) throw new UsageError(problems);
  return { hosts, unknown };
}

async function addressesOf(host: string, names: NameService): Promise<readonly string[] | string> {
  try {
    return [...new Set(await names.addresses(host))];
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isOfFamily(address: string, family: TargetOptions['family']): boolean {
  return family === null || ipaddr.IPv6.isValid(address) === (family === 6);
}

/** Public targets need somebody who answers for the audit, several of them the ownership record each. @throws UsageError */
export async function mustBeAllowed(
  hosts: readonly LookedUpHost[],
  options: Pick<TargetOptions, 'authorized' | 'token' | 'names'>,
): Promise<void> {
  const strangers = hosts.filter(({ isPublic }) => isPublic);
  const [first] = strangers;
  if (first === undefined) return;
  if (!options.authorized) {
    throw new UsageError([
      `${first.host} is a public address: say who answers for the audit with --authorized-by "NAME <ADDRESS>"`,
    ]);
  }
  if (strangers.length === 1) return;
  const problems: string[] = [];
  for (const { host } of strangers) {
    const ownership = await checkOwnership(host, options.token, options.names);
    if (ownership.kind === 'unproved') problems.push(`one public target a run; for several ${host} ${ownership.why}`);
  }
  if (problems.length > 0) throw new UsageError(problems);
}

/** Every address of every host, on the port that was named or on 25 and the submission ports that are open. */
export async function findTargets(
  hosts: readonly LookedUpHost[],
  options: Pick<TargetOptions, 'tls' | 'signal'>,
): Promise<readonly TargetHost[]> {
  const targets: TargetHost[] = [];
  for (const { host, port, addresses } of hosts) {
    const perAddress = await Promise.all(addresses.map((address) => endpointsOf(host, address, port, options)));
    const [first, ...others] = perAddress.flat();
    if (first !== undefined) targets.push({ host, endpoints: [first, ...others] });
  }
  return targets;
}

async function endpointsOf(
  host: string,
  address: string,
  port: number | null,
  { tls, signal }: Pick<TargetOptions, 'tls' | 'signal'>,
): Promise<readonly TargetEndpoint[]> {
  if (port !== null) return [{ host, address, port, tls: port === 465 && tls === 'auto' ? 'implicit' : tls }];
  const others = await Promise.all(
    OTHER_PORTS.map(async (other) => {
      const isOpen = await canConnect({ address, port: other.port, deadlineMs: KNOCK_MS, signal });
      return isOpen ? [{ host, address, port: other.port, tls: other.tls ?? tls }] : [];
    }),
  );
  return [{ host, address, port: SMTP_PORT, tls }, ...others.flat()];
}
