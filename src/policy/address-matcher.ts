import { ipv4Bounds, isContiguous } from './address-entry.ts';
import type { AddressEntry, OctetRanges } from './address-entry.ts';
import type { ClientAddress, Ipv6Words } from '../smtp/client-address.ts';

/** A compiled address list. */
export interface AddressMatcher {
  /** A list without entries; what that means is for the policy to say. */
  readonly isBlank: boolean;
  readonly matches: (address: ClientAddress) => boolean;
}

interface Interval {
  readonly first: number;
  readonly last: number;
}

/** Sorted, disjoint and not adjacent, so that one binary search answers. */
function mergeIntervals(intervals: Interval[]): { readonly firsts: Uint32Array; readonly lasts: Uint32Array } {
  intervals.sort((a, b) => a.first - b.first);
  const firsts: number[] = [];
  const lasts: number[] = [];
  for (const { first, last } of intervals) {
    const before = lasts.at(-1);
    if (before !== undefined && first <= before + 1) lasts[lasts.length - 1] = Math.max(before, last);
    else {
      firsts.push(first);
      lasts.push(last);
    }
  }
  return { firsts: Uint32Array.from(firsts), lasts: Uint32Array.from(lasts) };
}

function compileIntervals(intervals: Interval[]): (value: number) => boolean {
  const { firsts, lasts } = mergeIntervals(intervals);
  return (value) => {
    let low = 0;
    let high = firsts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((firsts[middle] ?? 0) <= value) low = middle + 1;
      else high = middle;
    }
    return low > 0 && value <= (lasts[low - 1] ?? 0);
  };
}

/**
 * Boxes such as `10-20.*.5-9.*` can be millions of intervals each. Instead, each value of each of the four parts has a set
 * of the boxes that admit it, one bit a box: an address is inside when the four sets share a bit.
 */
function compileBoxes(boxes: readonly OctetRanges[]): (value: number) => boolean {
  const words = Math.ceil(boxes.length / 32);
  const table = new Uint32Array(4 * 256 * words);
  for (const [box, octets] of boxes.entries()) {
    for (const [part, { low, high }] of octets.entries()) {
      for (let octet = low; octet <= high; octet += 1) {
        const at = (part * 256 + octet) * words + (box >>> 5);
        table[at] = (table[at] ?? 0) | (1 << (box & 31));
      }
    }
  }
  return (value) => {
    const first = (value >>> 24) * words;
    const second = (256 + ((value >>> 16) & 255)) * words;
    const third = (512 + ((value >>> 8) & 255)) * words;
    const fourth = (768 + (value & 255)) * words;
    for (let word = 0; word < words; word += 1) {
      const both = (table[first + word] ?? 0) & (table[fourth + word] ?? 0);
      if (both !== 0 && (both & (table[second + word] ?? 0) & (table[third + word] ?? 0)) !== 0) return true;
    }
    return false;
  };
}

function compareWords(a: Ipv6Words, b: Ipv6Words): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3];
}

/** Blocks are nested or disjoint, so those inside another are dropped and the last one that begins before an address decides. */
function compileBlocks(
  blocks: { readonly network: Ipv6Words; readonly prefix: number }[],
): (words: Ipv6Words) => boolean {
  blocks.sort((a, b) => compareWords(a.network, b.network) || a.prefix - b.prefix);
  const kept: { readonly network: Ipv6Words; readonly prefix: number }[] = [];
  const covers = (block: { readonly network: Ipv6Words; readonly prefix: number }, words: Ipv6Words): boolean => {
    for (let at = 0, bits = block.prefix; bits > 0; at += 1, bits -= 32) {
      const differing = ((block.network[at] ?? 0) ^ (words[at] ?? 0)) >>> 0;
      if (bits >= 32 ? differing !== 0 : differing >>> (32 - bits) !== 0) return false;
    }
    return true;
  };
  for (const block of blocks) {
    const before = kept.at(-1);
    if (before === undefined || !covers(before, block.network)) kept.push(block);
  }
  return (words) => {
    let low = 0;
    let high = kept.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const block = kept[middle];
      if (block !== undefined && compareWords(block.network, words) <= 0) low = middle + 1;
      else high = middle;
    }
    const block = kept[low - 1];
    return block !== undefined && covers(block, words);
  };
}

/** Compiles a list so that a decision does not grow with its length, whatever forms its entries have. */
export function compileAddressList(entries: readonly AddressEntry[]): AddressMatcher {
  if (entries.some((entry) => entry.kind === 'any')) return { isBlank: false, matches: () => true };
  const ipv4 = entries.flatMap((entry) => (entry.kind === 'ipv4' ? [entry.octets] : []));
  const inIntervals = compileIntervals(ipv4.filter(isContiguous).map(ipv4Bounds));
  const inBoxes = compileBoxes(ipv4.filter((octets) => !isContiguous(octets)));
  const inBlocks = compileBlocks(entries.flatMap((entry) => (entry.kind === 'ipv6' ? [entry] : [])));
  return {
    isBlank: entries.length === 0,
    matches: (address) =>
      address.family === 4 ? inIntervals(address.value) || inBoxes(address.value) : inBlocks(address.words),
  };
}
