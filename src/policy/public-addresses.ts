import { addressEntry } from './address-entry.ts';
import type { AddressEntry, OctetRanges } from './address-entry.ts';
import type { AddressSet, AddressSpace } from './address-set.ts';
import { complementRanges, countRanges, intersectRanges, rangeOfBlock, rangesOfBlocks } from './ipv6-ranges.ts';

/**
 * Blocks whose addresses no stranger can have: private, loopback, link-local, shared, multicast, reserved, documentation
 * and benchmarking (IANA special-purpose address registries, RFC 6890).
 */
const SPECIAL = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  '::/8',
  '100::/64',
  '2001:2::/48',
  '2001:db8::/32',
  '3fff::/20',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
] as const;

/** More public addresses than this among the allowed make an open relay. */
export const MOST_PUBLIC_IPV4 = 65_536;
/** One /48. */
export const MOST_PUBLIC_IPV6 = 1n << 80n;

const SPECIAL_ENTRIES = SPECIAL.map(addressEntry);
const PUBLIC_IPV6 = complementRanges(
  rangesOfBlocks(
    SPECIAL_ENTRIES.flatMap((entry) => (entry.kind === 'ipv6' ? [entry] : [])),
    1,
  ),
);

/** How many addresses of each family. */
export interface AddressCount {
  readonly ipv4: number;
  readonly ipv6: bigint;
}

/** Every address that a stranger can have. Where a registry leaves it open, an address counts as public. */
export function publicAddresses(space: AddressSpace): AddressSet {
  return space.complement(space.ofEntries(SPECIAL_ENTRIES));
}

/** Whether a set has more public addresses than one site can need. */
export function hasManyPublic(space: AddressSpace, publicPart: AddressSet): boolean {
  return isMany(space.count(publicPart));
}

export function isMany({ ipv4, ipv6 }: AddressCount): boolean {
  return ipv4 > MOST_PUBLIC_IPV4 || ipv6 > MOST_PUBLIC_IPV6;
}

function commonBoxSize(a: OctetRanges, b: OctetRanges): number {
  return a.reduce((size, { low, high }, at) => {
    const other = b[at] ?? { low: 0, high: 255 };
    return size * Math.max(0, Math.min(high, other.high) - Math.max(low, other.low) + 1);
  }, 1);
}

const EVERY_OCTET = { low: 0, high: 255 };
const EVERY_ADDRESS: readonly AddressEntry[] = [
  { kind: 'ipv4', octets: [EVERY_OCTET, EVERY_OCTET, EVERY_OCTET, EVERY_OCTET] },
  { kind: 'ipv6', network: [0, 0, 0, 0], prefix: 0 },
];

/** How many public addresses an entry has, without building a set: the special blocks are disjoint. */
export function publicCountOf(entry: AddressEntry): AddressCount {
  const covered = entry.kind === 'any' ? EVERY_ADDRESS : [entry];
  let [ipv4, ipv6] = [0, 0n];
  for (const part of covered) {
    if (part.kind === 'ipv4') {
      ipv4 = commonBoxSize(part.octets, part.octets);
      for (const special of SPECIAL_ENTRIES) {
        if (special.kind === 'ipv4') ipv4 -= commonBoxSize(part.octets, special.octets);
      }
    } else if (part.kind === 'ipv6') {
      ipv6 = countRanges(intersectRanges([rangeOfBlock(part)], PUBLIC_IPV6));
    }
  }
  return { ipv4, ipv6 };
}
