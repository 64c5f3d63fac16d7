import { formatIpv6, mappedIpv4, parseIpv6 } from '../smtp/client-address.ts';

/** Parts of a dotted number as C libraries read them: decimal, octal behind a zero, hexadecimal behind 0x. */
const PART = /^(?:0x[\da-f]{1,8}|\d{1,10})$/iu;

/**
 * Whether an address literal ends at this very host however it is read: strictly, as C libraries do (`[127.1]`), with
 * each number cut to eight bits (`[383.0.0.1]`), or as an IPv6 address that holds an IPv4 one. A literal of which one
 * reading names another host is none of ours to name.
 */
export function isLoopbackInEveryReading(literal: string): boolean {
  if (!literal.startsWith('[') || !literal.endsWith(']')) return false;
  const inside = literal.slice(1, -1).toLowerCase();
  if (inside.startsWith('ipv6:')) return isLoopbackIpv6(inside.slice(5));
  const parts = inside.split('.');
  if (parts.length > 4 || !parts.every((part) => PART.test(part))) return false;
  const readings = [cutToOctets(parts, decimal), readByLibrary(parts, decimal), readByLibrary(parts, libraryNumber)];
  return readings.every((address) => address !== null && address >>> 24 === 127);
}

function isLoopbackIpv6(text: string): boolean {
  const words = parseIpv6(text);
  if (words === null) return false;
  const mapped = mappedIpv4(words);
  return mapped >= 0 ? mapped >>> 24 === 127 : formatIpv6(words) === '::1';
}

/** Four numbers, each modulo 256; fewer are read as the library reads them. */
function cutToOctets(parts: readonly string[], read: (part: string) => number): number | null {
  if (parts.length < 4) return readByLibrary(parts, read);
  return parts.reduce((address, part) => address * 256 + (read(part) % 256), 0);
}

/** As `inet_aton` does it: the last number fills what is left. A number that is too large there was cut to octets before. */
function readByLibrary(parts: readonly string[], read: (part: string) => number): number | null {
  const numbers = parts.map(read);
  const last = numbers.pop() ?? Number.NaN;
  const room = 256 ** (4 - numbers.length);
  if (Number.isNaN(last)) return null;
  const head = numbers.reduce((address, number) => address * 256 + (number % 256), 0);
  return head * room + (last % room);
}

function decimal(part: string): number {
  return Number(part);
}

function libraryNumber(part: string): number {
  if (/^0x/iu.test(part)) return Number(part);
  return part.length > 1 && part.startsWith('0') ? Number.parseInt(part, 8) : Number(part);
}
