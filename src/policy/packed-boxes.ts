import type { OctetRanges } from './address-entry.ts';
import { OCTETS } from './octet-diagram.ts';
import { fillMask, MASK_WORDS } from './octet-mask.ts';

/** IPv4 entries as flat numbers: there can be 100,000 of them, and each is looked at again and again. */
export interface PackedBoxes {
  /** Bounds of the octets, four numbers a box. */
  readonly lows: Uint8Array;
  readonly highs: Uint8Array;
  /** The first octet from which on a box admits everything. */
  readonly openFrom: Uint8Array;
  /** The values of the last octet, as a mask a box. */
  readonly lastMasks: Uint32Array;
}

/** Between these numbers of boxes, looking for those inside others saves more than it costs. */
const FEWEST_COMPARED = 16;
const MOST_COMPARED = 8192;

export function packBoxes(list: readonly OctetRanges[]): PackedBoxes {
  const lows = Uint8Array.from(list.flatMap((octets) => octets.map(({ low }) => low)));
  const highs = Uint8Array.from(list.flatMap((octets) => octets.map(({ high }) => high)));
  const openFrom = Uint8Array.from(
    list,
    (octets) => octets.findLastIndex(({ low, high }) => low > 0 || high < 255) + 1,
  );
  const lastMasks = new Uint32Array(list.length * MASK_WORDS);
  for (const [box, octets] of list.entries()) fillMask(lastMasks, box * MASK_WORDS, octets[3].low, octets[3].high);
  return { lows, highs, openFrom, lastMasks };
}

function contains(boxes: PackedBoxes, outer: number, inner: number, depth: number): boolean {
  for (let octet = depth; octet < OCTETS; octet += 1) {
    if ((boxes.lows[outer * OCTETS + octet] ?? 0) > (boxes.lows[inner * OCTETS + octet] ?? 0)) return false;
    if ((boxes.highs[outer * OCTETS + octet] ?? 0) < (boxes.highs[inner * OCTETS + octet] ?? 0)) return false;
  }
  return true;
}

function volume(boxes: PackedBoxes, box: number, depth: number): number {
  let product = 1;
  for (let octet = depth; octet < OCTETS; octet += 1) {
    product *= (boxes.highs[box * OCTETS + octet] ?? 0) - (boxes.lows[box * OCTETS + octet] ?? 0) + 1;
  }
  return product;
}

/**
 * Leaves out boxes that, by their octets from `depth` on, lie inside `times` others: they add nothing to what lies in at
 * least so many. A list too short or too long to be worth it comes back as it is.
 */
export function outermost(
  boxes: PackedBoxes,
  list: readonly number[],
  depth: number,
  times: number,
): readonly number[] {
  if (list.length < FEWEST_COMPARED || list.length > MOST_COMPARED) return list;
  const sized = list.map((box) => ({ box, size: volume(boxes, box, depth) })).sort((a, b) => b.size - a.size);
  const kept: number[] = [];
  let containers = 0;
  for (const { box, size } of sized) {
    let around = 0;
    for (let at = 0; at < containers && around < times; at += 1) {
      if (contains(boxes, kept[at] ?? 0, box, depth)) around += 1;
    }
    if (around === times) continue;
    kept.push(box);
    // Sorted by size: from the first single address on, no box holds another.
    if (size > 1) containers = kept.length;
  }
  return kept;
}
