import ipaddr from 'ipaddr.js';

/** The names of an address in DNS; empty where there are none, or where none came in time. */
export type ReverseNames = (address: string) => Promise<readonly string[]>;

/** Where the PTR record of an address stands (RFC 1035 §3.5; RFC 3596 §2.5). */
export function reverseLookupName(address: string): string {
  const parsed = ipaddr.process(address);
  const bytes = parsed.toByteArray().reverse();
  return parsed.kind() === 'ipv4'
    ? `${bytes.join('.')}.in-addr.arpa`
    : `${bytes.map((byte) => `${(byte & 15).toString(16)}.${(byte >> 4).toString(16)}`).join('.')}.ip6.arpa`;
}
