import type { Policy } from '../policy/policy.ts';
import { parseClientAddress } from '../smtp/client-address.ts';
import type { DefectName } from './defects.ts';
import type { Delivery } from './delivery.ts';
import type { GuardLogger } from './guard-log.ts';
import type { GuardLimits } from './limits.ts';

/** Where the guard hands messages on: an SMTP server, or a function in tests that want none. */
export type NextHop = { readonly host: string; readonly port: number } | Delivery;

/** PEM texts. There is no default: a key that everybody knows protects nobody. */
export interface TlsIdentity {
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
}

export interface GuardOptions {
  readonly policy: Policy;
  /** Port 0 is any free one. */
  readonly listen: { readonly host: string; readonly port: number };
  /** Says that listening on all addresses (`0.0.0.0`, `::`) is meant. @default false */
  readonly onAllAddresses?: boolean;
  /** Name in the greeting, in EHLO to the next hop and in Received fields. @default guard.invalid */
  readonly name?: string;
  readonly nextHop: NextHop;
  /** Offers STARTTLS with this identity. @default null */
  readonly tls?: TlsIdentity | null;
  /** TLS from the first byte instead of STARTTLS. @default false */
  readonly implicitTls?: boolean;
  /** Addresses of proxies that send a PROXY header (version 1 or 2) with every connection. @default none */
  readonly trustProxyFrom?: readonly string[];
  /** Addresses of peers whose XCLIENT is believed. @default none */
  readonly trustXclientFrom?: readonly string[];
  /** Offers AUTH where the policy has logins. @default true */
  readonly offerAuth?: boolean;
  /** With `tls`: AUTH only under TLS. @default true */
  readonly requireTlsForAuth?: boolean;
  /** Without `tls`: offers AUTH in the clear. @default false */
  readonly allowInsecureAuth?: boolean;
  readonly limits?: Partial<GuardLimits>;
  /** @default silent */
  readonly logger?: GuardLogger;
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number;
  /** A hole planted on purpose, to show that an audit finds it. @default null */
  readonly defect?: DefectName | null;
}

/** The guard does not start on such options. */
export class GuardConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('; '));
    this.name = 'GuardConfigError';
    this.problems = problems;
  }
}

/** @throws GuardConfigError with everything that is unsafe or impossible about the options */
export function checkGuardOptions(options: GuardOptions): void {
  const problems = [
    ...listenProblems(options),
    ...nextHopProblems(options),
    ...trustProblems('trustProxyFrom', options.trustProxyFrom),
    ...trustProblems('trustXclientFrom', options.trustXclientFrom),
  ];
  if (options.implicitTls === true && (options.tls ?? null) === null)
    problems.push('implicit TLS needs a key and a certificate');
  if (!/^[A-Za-z0-9.-]{1,253}$/.test(options.name ?? DEFAULT_NAME))
    problems.push('the name of the guard must be a host name');
  if (problems.length > 0) throw new GuardConfigError(problems);
}

export const DEFAULT_NAME = 'guard.invalid';

function listenProblems({ listen, onAllAddresses }: GuardOptions): string[] {
  const address = parseClientAddress(listen.host);
  if (address === null && listen.host !== 'localhost') return [`\`${listen.host}\` is no IP address to listen on`];
  const isAny =
    address !== null && (address.family === 4 ? address.value === 0 : address.words.every((word) => word === 0));
  return isAny && onAllAddresses !== true
    ? [`\`${listen.host}\` listens on all addresses: name one, or say that all are meant`]
    : [];
}

function nextHopProblems({ nextHop, listen }: GuardOptions): string[] {
  if (typeof nextHop === 'function') return [];
  // A caller without types, or a command line, may leave it out.
  const { host = '', port = 0 } = (nextHop as Partial<typeof nextHop> | undefined) ?? {};
  if (host === '' || !Number.isInteger(port) || port < 1 || port > 65_535)
    return ['a next hop is needed: host and port of the mail server behind the guard'];
  return host === listen.host && port === listen.port ? ['the next hop is the guard itself'] : [];
}

function trustProblems(name: string, addresses: readonly string[] = []): string[] {
  return addresses
    .filter((text) => parseClientAddress(text) === null)
    .map((text) => `${name}: \`${text}\` is no single address; whoever is named here can claim to be any client`);
}
