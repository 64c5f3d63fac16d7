import type { Ipv6Words } from '../smtp/client-address.ts';

/** An IPv6 block; the bits of `network` below the prefix are zero. */
export interface Ipv6Block {
  readonly network: Ipv6Words;
  readonly prefix: number;
}

/** Orders addresses by their value. */
export function compareWords(a: Ipv6Words, b: Ipv6Words): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2] || a[3] - b[3];
}

/** Whether an address lies in a block. */
export function blockContains(block: Ipv6Block, words: Ipv6Words): boolean {
  for (let at = 0, bits = block.prefix; bits > 0; at += 1, bits -= 32) {
    const differing = ((block.network[at] ?? 0) ^ (words[at] ?? 0)) >>> 0;
    if (bits >= 32 ? differing !== 0 : differing >>> (32 - bits) !== 0) return false;
  }
  return true;
}

/** Sorted and disjoint: blocks are nested or apart, so those inside another are simply left out. */
export function outermostBlocks(blocks: readonly Ipv6Block[]): Ipv6Block[] {
  const kept: Ipv6Block[] = [];
  for (const block of blocks.toSorted((a, b) => compareWords(a.network, b.network) || a.prefix - b.prefix)) {
    const before = kept.at(-1);
    if (before === undefined || !blockContains(before, block.network)) kept.push(block);
  }
  return kept;
}

/** Compiles blocks to a test of membership: the last block that begins at or before an address decides. */
export function compileBlocks(blocks: readonly Ipv6Block[]): (words: Ipv6Words) => boolean {
  const kept = outermostBlocks(blocks);
  // Flat numbers: following 17 objects through memory is what a binary search would spend its time on.
  const networks = Uint32Array.from(kept.flatMap(({ network }) => network));
  const beginsAtOrBefore = (at: number, words: Ipv6Words): boolean => {
    for (let word = 0; word < 4; word += 1) {
      const network = networks[at * 4 + word] ?? 0;
      const wanted = words[word] ?? 0;
      if (network !== wanted) return network < wanted;
    }
    return true;
  };
  return (words) => {
    let low = 0;
    let high = kept.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (beginsAtOrBefore(middle, words)) low = middle + 1;
      else high = middle;
    }
    const block = kept[low - 1];
    return block !== undefined && blockContains(block, words);
  };
}
