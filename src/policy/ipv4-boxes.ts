import type { OctetRanges } from './address-entry.ts';

function setBit(table: Uint32Array, row: number, words: number, bit: number): void {
  const at = row * words + (bit >>> 5);
  table[at] = (table[at] ?? 0) | (1 << (bit & 31));
}

function compareBoxes(a: OctetRanges, b: OctetRanges): number {
  return a[0].low - b[0].low || a[1].low - b[1].low || a[2].low - b[2].low || a[3].low - b[3].low;
}

/**
 * Compiles entries such as `10-20.*.5-9.*`, each of which can be millions of intervals. Each value of each of the four parts
 * has a row of bits, one for every entry that admits it: an address is inside when its four rows share a bit. A second row,
 * one bit for every word of the first, tells which words are worth reading.
 */
export function compileBoxes(boxes: readonly OctetRanges[]): (value: number) => boolean {
  const words = Math.ceil(boxes.length / 32);
  const groups = Math.ceil(words / 32);
  const rows = new Uint32Array(4 * 256 * words);
  const summary = new Uint32Array(4 * 256 * groups);
  // Sorted, so that entries that admit the same values share words.
  for (const [box, octets] of boxes.toSorted(compareBoxes).entries()) {
    for (const [part, { low, high }] of octets.entries()) {
      for (let octet = low; octet <= high; octet += 1) {
        setBit(rows, part * 256 + octet, words, box);
        setBit(summary, part * 256 + octet, groups, box >>> 5);
      }
    }
  }
  const share = (table: Uint32Array, width: number, value: number, at: number): number =>
    (table[(value >>> 24) * width + at] ?? 0) &
    (table[(256 + ((value >>> 16) & 255)) * width + at] ?? 0) &
    (table[(512 + ((value >>> 8) & 255)) * width + at] ?? 0) &
    (table[(768 + (value & 255)) * width + at] ?? 0);
  return (value) => {
    for (let group = 0; group < groups; group += 1) {
      let candidates = share(summary, groups, value, group);
      while (candidates !== 0) {
        const word = 31 - Math.clz32(candidates);
        if (share(rows, words, value, group * 32 + word) !== 0) return true;
        candidates &= ~(1 << word);
      }
    }
    return false;
  };
}
