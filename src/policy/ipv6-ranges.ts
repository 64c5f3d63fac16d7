import { formatIpv6 } from '../smtp/client-address.ts';
import type { Ipv6Words } from '../smtp/client-address.ts';
import type { Ipv6Block } from './ipv6-blocks.ts';

/** IPv6 addresses from `first` to `last`, both included, as 128-bit numbers. */
export interface Ipv6Range {
  readonly first: bigint;
  readonly last: bigint;
}

/** Sorted, disjoint and not adjacent: equal sets have equal ranges. */
export type Ipv6Ranges = readonly Ipv6Range[];

const LAST = (1n << 128n) - 1n;

export const ALL_IPV6: Ipv6Ranges = [{ first: 0n, last: LAST }];

/** IPv4-mapped addresses (RFC 4291 section 2.5.5.2): a client with one is the IPv4 client. */
export const MAPPED: Ipv6Range = { first: 0xffffn << 32n, last: (0x10000n << 32n) - 1n };

function wordsToNumber(words: Ipv6Words): bigint {
  return words.reduce((value, word) => (value << 32n) | BigInt(word), 0n);
}

export function numberToWords(value: bigint): Ipv6Words {
  const word = (shift: bigint): number => Number((value >> shift) & 0xffffffffn);
  return [word(96n), word(64n), word(32n), word(0n)];
}

/** The addresses of a block. */
export function rangeOfBlock(block: Ipv6Block): Ipv6Range {
  const first = wordsToNumber(block.network);
  return { first, last: first | ((1n << BigInt(128 - block.prefix)) - 1n) };
}

/** Ranges in any order, overlapping as they may, as a set; with `times` 2 only what lies in two of them or more. */
export function rangesOfBlocks(blocks: readonly Ipv6Block[], times: 1 | 2): Ipv6Ranges {
  const edges = blocks.flatMap((block) => {
    const { first, last } = rangeOfBlock(block);
    return [
      { at: first, change: 1 },
      { at: last + 1n, change: -1 },
    ];
  });
  // At the same place a beginning comes before an end, so that adjacent ranges become one.
  edges.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : b.change - a.change));
  const ranges: Ipv6Range[] = [];
  let covering = 0;
  let first = 0n;
  for (const { at, change } of edges) {
    if (change > 0 && covering + 1 === times) first = at;
    if (change < 0 && covering === times && at > first) ranges.push({ first, last: at - 1n });
    covering += change;
  }
  return ranges;
}

export function complementRanges(ranges: Ipv6Ranges): Ipv6Ranges {
  const gaps: Ipv6Range[] = [];
  let from = 0n;
  for (const { first, last } of ranges) {
    if (first > from) gaps.push({ first: from, last: first - 1n });
    from = last + 1n;
  }
  return from > LAST ? gaps : [...gaps, { first: from, last: LAST }];
}

export function intersectRanges(a: Ipv6Ranges, b: Ipv6Ranges): Ipv6Ranges {
  const common: Ipv6Range[] = [];
  let atB = 0;
  for (const range of a) {
    while (atB < b.length && (b[atB]?.last ?? 0n) < range.first) atB += 1;
    for (let at = atB; at < b.length; at += 1) {
      const other = b[at];
      if (other === undefined || other.first > range.last) break;
      common.push({
        first: other.first > range.first ? other.first : range.first,
        last: other.last < range.last ? other.last : range.last,
      });
    }
  }
  return common;
}

export function subtractRanges(a: Ipv6Ranges, b: Ipv6Ranges): Ipv6Ranges {
  return intersectRanges(a, complementRanges(b));
}

export function unionRanges(a: Ipv6Ranges, b: Ipv6Ranges): Ipv6Ranges {
  return complementRanges(intersectRanges(complementRanges(a), complementRanges(b)));
}

export function countRanges(ranges: Ipv6Ranges): bigint {
  return ranges.reduce((total, { first, last }) => total + last - first + 1n, 0n);
}

/** Whether every address of a range is in a set. */
export function rangesHold(ranges: Ipv6Ranges, range: Ipv6Range): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle]?.first ?? 0n) <= range.first) low = middle + 1;
    else high = middle;
  }
  return (ranges[low - 1]?.last ?? -1n) >= range.last;
}

function trailingZeros(value: bigint): number {
  if (value === 0n) return 128;
  const text = value.toString(2);
  return text.length - text.lastIndexOf('1') - 1;
}

/** A block as it stands in a list. */
export interface WrittenBlock {
  readonly text: string;
  readonly size: bigint;
}

/**
 * The fewest blocks that together are a set, in ascending order. Blocks inside ::ffff:0:0/96 are left out: in a list they
 * would mean IPv4 addresses, and no client has them.
 */
export function blocksOfRanges(ranges: Ipv6Ranges): WrittenBlock[] {
  const blocks: WrittenBlock[] = [];
  for (const { first, last } of ranges) {
    for (let from = first; from <= last;) {
      const fitting = (last - from + 1n).toString(2).length - 1;
      const hostBits = Math.min(trailingZeros(from), fitting);
      const size = 1n << BigInt(hostBits);
      const text = formatIpv6(numberToWords(from));
      const isMapped = from >= MAPPED.first && from + size - 1n <= MAPPED.last;
      if (!isMapped) blocks.push({ text: hostBits === 0 ? text : `${text}/${128 - hostBits}`, size });
      from += size;
    }
  }
  return blocks;
}
