import { formatIpv6, mappedIpv4, parseIpv4, parseIpv6 } from '../smtp/client-address.ts';
import type { Ipv6Words } from '../smtp/client-address.ts';

/** The values, both ends included, that one of the four parts of an IPv4 address may have. */
export interface OctetRange {
  readonly low: number;
  readonly high: number;
}

export type OctetRanges = readonly [OctetRange, OctetRange, OctetRange, OctetRange];

/** One entry of an address list: the set of client addresses that it stands for. */
export type AddressEntry =
  | { readonly kind: 'any' }
  | { readonly kind: 'ipv4'; readonly octets: OctetRanges }
  | {
      readonly kind: 'ipv6';
      /** Host bits are zero. */ readonly network: Ipv6Words;
      /** 0 to 128. */ readonly prefix: number;
    };

export type ParsedEntry =
  { readonly kind: 'ok'; readonly entry: AddressEntry } | { readonly kind: 'invalid'; readonly message: string };

const FULL: OctetRange = { low: 0, high: 255 };
const MAPPED_PREFIX = 96;

function invalid(text: string, fault: string): ParsedEntry {
  const shown = text.length > 80 ? `${text.slice(0, 80)}...` : text;
  return { kind: 'invalid', message: `address entry \`${shown}\`: ${fault}` };
}

/** Reads a decimal number of at most three digits without leading zero; -1 if the text is none. */
function decimal(text: string): number {
  return /^(?:0|[1-9]\d{0,2})$/u.test(text) ? Number(text) : -1;
}

function hasLeadingZero(text: string): boolean {
  return /^0\d+$/u.test(text);
}

/** Reads `7`, `*` or `5-9`; a sentence on what is wrong otherwise. */
function parseOctet(part: string): OctetRange | string {
  if (part === '*') return FULL;
  const bounds = part.split('-');
  const numbers = bounds.map(decimal);
  const [low = -1, high = low] = numbers;
  if (bounds.some(hasLeadingZero))
    return `\`${part}\` has a leading zero, which some programs read as octal: write ${bounds.map((bound) => bound.replace(/^0+(?=\d)/u, '')).join('-')}`;
  if (bounds.length > 2 || bounds.some((bound) => !/^\d+$/u.test(bound)))
    return `\`${part}\` must be a number from 0 to 255, \`*\` or a range such as 5-9`;
  if (numbers.some((number) => number < 0 || number > 255))
    return `\`${part}\` is out of range: a part goes from 0 to 255`;
  if (low > high) return `the range \`${part}\` runs backwards: write ${high}-${low}`;
  return { low, high };
}

function ipv4Block(network: number, prefix: number): AddressEntry {
  const octet = (at: number): OctetRange => {
    const bits = Math.min(8, Math.max(0, prefix - at * 8));
    const hostBits = 255 >>> bits;
    const low = (network >>> (24 - at * 8)) & 255 & ~hostBits;
    return { low, high: low | hostBits };
  };
  return { kind: 'ipv4', octets: [octet(0), octet(1), octet(2), octet(3)] };
}

function maskWords(words: Ipv6Words, prefix: number): Ipv6Words {
  const mask = (word: number, at: number): number => {
    const bits = Math.min(32, Math.max(0, prefix - at * 32));
    return bits === 0 ? 0 : (word & (0xffffffff << (32 - bits))) >>> 0;
  };
  return [mask(words[0], 0), mask(words[1], 1), mask(words[2], 2), mask(words[3], 3)];
}

function parsePrefix(text: string, most: number): number {
  const prefix = decimal(text);
  return prefix > most ? -1 : prefix;
}

function parseIpv6Entry(text: string, address: string, prefixText: string | undefined): ParsedEntry {
  // The zone of an address is dropped, as it is from a client's.
  const words = parseIpv6(address.replace(/%.*$/u, ''));
  if (words === null) return invalid(text, 'no IPv6 address: write one such as ::1 or a block such as 2001:db8::/32');
  const prefix = prefixText === undefined ? 128 : parsePrefix(prefixText, 128);
  if (prefix < 0) return invalid(text, `\`/${prefixText ?? ''}\` must be a whole number from /0 to /128`);
  const network = maskWords(words, prefix);
  const ipv4 = mappedIpv4(network);
  return prefix >= MAPPED_PREFIX && ipv4 >= 0
    ? { kind: 'ok', entry: ipv4Block(ipv4, prefix - MAPPED_PREFIX) }
    : { kind: 'ok', entry: { kind: 'ipv6', network, prefix } };
}

function parseIpv4Block(text: string, address: string, prefixText: string): ParsedEntry {
  const prefix = parsePrefix(prefixText, 32);
  const network = parseIpv4(address);
  if (/[*-]/u.test(address))
    return invalid(text, 'a block has no wildcards or ranges: write either 10.0.0.0/8 or 10.*.*.*');
  if (network < 0) {
    const parts = parseOctets(text, address);
    return parts.kind === 'invalid' ? parts : invalid(text, 'no IPv4 block: write one such as 10.0.0.0/8');
  }
  if (prefix < 0) return invalid(text, `\`/${prefixText}\` must be a whole number from /0 to /32`);
  return { kind: 'ok', entry: ipv4Block(network, prefix) };
}

function parseOctets(text: string, address: string): ParsedEntry {
  const parts = address.split('.');
  if (!/^[\d.*-]+$/u.test(address)) {
    return invalid(
      text,
      'no address: host names are not looked up, write an address such as 10.1.2.3, 10.1.*.*, 10.1.0.0/16 or ::1',
    );
  }
  if (parts.length !== 4 || parts.includes('')) {
    const given = parts.filter((part) => part !== '');
    const padded = given.length < 4 ? [...given, '*', '*', '*'].slice(0, 4) : ['10', '1', '*', '*'];
    return invalid(
      text,
      `an IPv4 entry has four parts, this has ${given.length}: write one such as ${padded.join('.')}`,
    );
  }
  const octets: OctetRange[] = [];
  for (const part of parts) {
    const octet = parseOctet(part);
    if (typeof octet === 'string') return invalid(text, octet);
    octets.push(octet);
  }
  const [first = FULL, second = FULL, third = FULL, fourth = FULL] = octets;
  return { kind: 'ok', entry: { kind: 'ipv4', octets: [first, second, third, fourth] } };
}

/**
 * Reads an entry of an address list: IPv4 with numbers, wildcards and ranges, IPv4 and IPv6 blocks, `*`.
 * `*` and `*.*.*.*` stand for any address of either family; an IPv4-mapped entry for its IPv4 form.
 */
export function parseAddressEntry(text: string): ParsedEntry {
  if (text === '*' || text === '*.*.*.*') return { kind: 'ok', entry: { kind: 'any' } };
  if (text === '') return invalid(text, 'empty: write an address such as 10.1.2.3, or leave it out');
  if (/[,\s]/u.test(text)) return invalid(text, 'more than one address: write each as an item of its own');
  const [address = '', prefix, ...more] = text.split('/');
  if (more.length > 0) return invalid(text, 'more than one `/`: write one block such as 10.0.0.0/8');
  if (address.includes(':')) return parseIpv6Entry(text, address, prefix);
  return prefix === undefined ? parseOctets(text, address) : parseIpv4Block(text, address, prefix);
}

/** The same for text that is known to be an entry; throws RangeError if it is none. */
export function addressEntry(text: string): AddressEntry {
  const parsed = parseAddressEntry(text);
  if (parsed.kind === 'invalid') throw new RangeError(parsed.message);
  return parsed.entry;
}

function formatOctet({ low, high }: OctetRange): string {
  if (low === 0 && high === 255) return '*';
  return low === high ? String(low) : `${low}-${high}`;
}

/** One text for each set of addresses: entries written differently that mean the same come out alike. */
export function formatAddressEntry(entry: AddressEntry): string {
  switch (entry.kind) {
    case 'any':
      return '*';
    case 'ipv4': {
      const text = entry.octets.map(formatOctet).join('.');
      // As an entry `*.*.*.*` would cover IPv6 as well.
      return text === '*.*.*.*' ? '0.0.0.0/0' : text;
    }
    case 'ipv6':
      return entry.prefix === 128 ? formatIpv6(entry.network) : `${formatIpv6(entry.network)}/${entry.prefix}`;
  }
}

/** The lowest and the highest address of an IPv4 entry, as unsigned 32-bit numbers. */
export function ipv4Bounds(octets: OctetRanges): { readonly first: number; readonly last: number } {
  const join = (parts: readonly number[]): number => parts.reduce((value, part) => value * 256 + part, 0);
  return { first: join(octets.map(({ low }) => low)), last: join(octets.map(({ high }) => high)) };
}

/** Whether the addresses of an entry follow each other without a gap. */
export function isContiguous(octets: OctetRanges): boolean {
  const firstOpen = octets.findIndex(({ low, high }) => low !== high);
  return firstOpen < 0 || octets.slice(firstOpen + 1).every(({ low, high }) => low === 0 && high === 255);
}
