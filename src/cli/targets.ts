import ipaddr from 'ipaddr.js';
import { canConnect } from '../probe/reachability.ts';
import type { TlsMode } from '../probe/session-options.ts';
import { isLocalAddress, parseEndpoint, SMTP_PORT } from './endpoint.ts';
import type { NameService } from './name-service.ts';
import { checkOwnership } from './ownership.ts';
import { UsageError } from './usage-error.ts';

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

export interface FoundTargets {
  readonly targets: readonly TargetHost[];
  /** Hosts without an address, each with why. */
  readonly unknown: readonly string[];
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

/**
 * Every address of every host, on the port that was named or on 25 and the submission ports that are open. Public targets
 * need somebody who answers for the audit, several of them the ownership record each.
 * @throws UsageError
 */
export async function findTargets(hosts: readonly string[], options: TargetOptions): Promise<FoundTargets> {
  const found: { host: string; port: number | null; addresses: readonly string[] }[] = [];
  const unknown: string[] = [];
  for (const text of hosts) {
    const { host, port } = parseEndpoint(text, 0);
    const addresses = await addressesOf(host, options);
    if (typeof addresses === 'string') unknown.push(`${host}: unreachable: ${addresses}`);
    else found.push({ host, port: port === 0 ? null : port, addresses });
  }
  await mustBeAllowed(found, options);
  const targets: TargetHost[] = [];
  for (const { host, port, addresses } of found) {
    const perAddress = await Promise.all(addresses.map((address) => endpointsOf(host, address, port, options)));
    const [first, ...others] = perAddress.flat();
    if (first !== undefined) targets.push({ host, endpoints: [first, ...others] });
  }
  return { targets, unknown };
}

async function addressesOf(host: string, { names, family }: TargetOptions): Promise<readonly string[] | string> {
  try {
    const addresses = [...new Set(await names.addresses(host))].filter(
      (address) => family === null || ipaddr.IPv6.isValid(address) === (family === 6),
    );
    return addresses.length === 0 ? 'no address of that family' : addresses.slice(0, MOST_ADDRESSES);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function mustBeAllowed(
  found: readonly { readonly host: string; readonly addresses: readonly string[] }[],
  options: TargetOptions,
): Promise<void> {
  const strangers = found.filter(({ addresses }) => addresses.some((address) => !isLocalAddress(address)));
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

async function endpointsOf(
  host: string,
  address: string,
  port: number | null,
  { tls, signal }: TargetOptions,
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
