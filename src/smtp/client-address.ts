/** Four unsigned 32-bit words of an IPv6 address, the most significant first. */
export type Ipv6Words = readonly [number, number, number, number];

/**
 * The address a session comes from, in the one form in which it is compared:
 * an IPv4-mapped IPv6 address is its IPv4 address, a zone id is gone.
 */
export type ClientAddress =
  | { readonly family: 4; /** Unsigned 32-bit number. */ readonly value: number }
  | { readonly family: 6; readonly words: Ipv6Words };

const DOT = 46;
const ZERO = 48;

/**
 * Reads `a.b.c.d` strictly: four decimal parts of 0 to 255 and no leading zero, which some readers take for octal.
 * Returns an unsigned 32-bit number, or -1.
 */
export function parseIpv4(text: string): number {
  let value = 0;
  let part = -1;
  let dots = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === DOT) {
      if (part < 0 || dots === 3) return -1;
      value = value * 256 + part;
      dots += 1;
      part = -1;
    } else {
      const digit = code - ZERO;
      if (digit < 0 || digit > 9 || part === 0) return -1;
      part = part < 0 ? digit : part * 10 + digit;
      if (part > 255) return -1;
    }
  }
  return part < 0 || dots !== 3 ? -1 : value * 256 + part;
}

/** Reads groups such as `2001:db8` (or, as the last one, `192.0.2.1`) into `into`; false if one is malformed. */
function readGroups(text: string, into: number[], mayEndInIpv4: boolean): boolean {
  if (text === '') return true;
  const groups = text.split(':');
  for (const [index, group] of groups.entries()) {
    if (/^[0-9a-f]{1,4}$/iu.test(group)) {
      into.push(Number.parseInt(group, 16));
    } else if (mayEndInIpv4 && index === groups.length - 1) {
      const ipv4 = parseIpv4(group);
      if (ipv4 < 0) return false;
      into.push(ipv4 >>> 16, ipv4 & 0xffff);
    } else {
      return false;
    }
  }
  return true;
}

/**
 * Reads an IPv6 address in any form of RFC 4291 section 2.2, without a zone id; null if it is none.
 * `::1.2.3.4` is the IPv6 address ::102:304 and not an IPv4-mapped one (only ::ffff:0:0/96 is).
 */
export function parseIpv6(text: string): Ipv6Words | null {
  if (text.length > 45) return null;
  const gap = text.indexOf('::');
  const head: number[] = [];
  const tail: number[] = [];
  if (gap < 0) {
    if (text === '' || !readGroups(text, head, true) || head.length !== 8) return null;
  } else {
    if (!readGroups(text.slice(0, gap), head, false) || !readGroups(text.slice(gap + 2), tail, true)) return null;
    if (head.length + tail.length > 7) return null;
  }
  const groups = [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail];
  const word = (at: number): number => (((groups[at] ?? 0) << 16) | (groups[at + 1] ?? 0)) >>> 0;
  return [word(0), word(2), word(4), word(6)];
}

/** The IPv4 address inside `::ffff:0:0/96` (RFC 4291 section 2.5.5.2), or -1. */
export function mappedIpv4(words: Ipv6Words): number {
  return words[0] === 0 && words[1] === 0 && words[2] === 0xffff ? words[3] : -1;
}

/** Reads a client address; null if the text is no address of either family. */
export function parseClientAddress(text: string): ClientAddress | null {
  if (!text.includes(':')) {
    const value = parseIpv4(text);
    return value < 0 ? null : { family: 4, value };
  }
  // A zone id (RFC 4007) names an interface of this host: it is no part of the address.
  const percent = text.indexOf('%');
  const words = parseIpv6(percent < 0 ? text : text.slice(0, percent));
  if (words === null) return null;
  const ipv4 = mappedIpv4(words);
  return ipv4 < 0 ? { family: 6, words } : { family: 4, value: ipv4 };
}

/** Whether a text is an IP address as it may be claimed: every part written out, and no zone, which only one host knows. */
export function isIpAddress(text: string): boolean {
  return parseIpv4(text) >= 0 || parseIpv6(text) !== null;
}

/** `192.0.2.1` for an unsigned 32-bit number. */
export function formatIpv4(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

/** The one recommended text of an IPv6 address: lower case, the longest run of zero groups shortened (RFC 5952). */
export function formatIpv6(words: Ipv6Words): string {
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]);
  let start = 0;
  let length = 0;
  for (let from = 0; from < 8; from += 1) {
    let to = from;
    while (to < 8 && groups[to] === 0) to += 1;
    if (to - from > length) [start, length] = [from, to - from];
  }
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':');
  return length < 2 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

/** The normalised text of a client address. */
export function formatClientAddress(address: ClientAddress): string {
  return address.family === 4 ? formatIpv4(address.value) : formatIpv6(address.words);
}
