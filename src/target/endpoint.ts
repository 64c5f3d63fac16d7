import ipaddr from 'ipaddr.js';
import { UsageError } from '../document/usage-error.ts';

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export const SMTP_PORT = 25;

/**
 * Reads `HOST`, `HOST:PORT`, `[IPv6]` or `[IPv6]:PORT`; a bare IPv6 address is a host without a port.
 * @throws UsageError
 */
export function parseEndpoint(text: string, defaultPort: number | null = SMTP_PORT): Endpoint {
  const [, bracketed, bracketedPort] = /^\[([^\]]+)\](?::(\d+))?$/.exec(text) ?? [];
  if (bracketed !== undefined) return { host: bracketed, port: readPort(text, bracketedPort, defaultPort) };
  if (ipaddr.IPv6.isValid(text)) return { host: text, port: readPort(text, undefined, defaultPort) };
  const [, host, port] = /^([^:\s/@]+)(?::(\d+))?$/.exec(text) ?? [];
  if (host === undefined)
    throw new UsageError([`\`${text}\` is no HOST:PORT (write an IPv6 address as [2001:db8::1]:25)`]);
  return { host, port: readPort(text, port, defaultPort) };
}

function readPort(text: string, port: string | undefined, defaultPort: number | null): number {
  if (port === undefined) {
    if (defaultPort === null) throw new UsageError([`\`${text}\` needs a port, such as ${text}:2525`]);
    return defaultPort;
  }
  const number = Number(port);
  if (number > 65_535) throw new UsageError([`\`${text}\`: a port is a number from 0 to 65535`]);
  return number;
}

const OWN_RANGES: ReadonlySet<string> = new Set(['loopback', 'private', 'linkLocal', 'uniqueLocal', 'carrierGradeNat']);

/** Whether an address is of this host or of a private network, where nobody else can be meant by mistake. */
export function isLocalAddress(address: string): boolean {
  return OWN_RANGES.has(ipaddr.process(address).range());
}

/** Addresses of no single host: a session with one would end somewhere by accident. */
const NOBODYS_RANGES: ReadonlySet<string> = new Set(['unspecified', 'multicast', 'broadcast']);

/** Whether an address names one host. `0.0.0.0` and `::`, multicast and broadcast addresses do not. */
export function isHostAddress(address: string): boolean {
  return !NOBODYS_RANGES.has(ipaddr.process(address).range());
}
