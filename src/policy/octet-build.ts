import type { OctetRanges } from './address-entry.ts';
import { EMPTY, FULL, OCTETS } from './octet-diagram.ts';
import type { Diagrams, NodeId } from './octet-diagram.ts';
import { outermost, packBoxes } from './packed-boxes.ts';
import { MASK_WORDS, segmentsOfMask } from './octet-mask.ts';

/**
 * The addresses that lie in at least `times` of the boxes. All boxes are split octet by octet at once; adding them one after
 * the other would build, and throw away, far larger sets than the result.
 */
export function buildFromBoxes(diagrams: Diagrams, list: readonly OctetRanges[], times: 1 | 2): NodeId {
  const boxes = packBoxes(list);
  const { lows, highs, openFrom, lastMasks } = boxes;
  const row = new Uint32Array(MASK_WORDS);
  const rowTwice = new Uint32Array(MASK_WORDS);
  const lastRow = new Uint32Array(MASK_WORDS);
  const packedRow = new Uint32Array(256);
  let lastRowNode = EMPTY;

  const build = (given: readonly number[], depth: number): NodeId => {
    if (given.length < times) return EMPTY;
    let open = 0;
    for (const box of given) if ((openFrom[box] ?? 0) <= depth) open += 1;
    if (open >= times) return FULL;
    const active = outermost(boxes, given, depth, times);
    return depth === OCTETS - 2 ? lastTwo(active) : split(active, depth);
  };

  /** Marks the values of an octet at which a box begins, or the one after it ends. */
  const beginnings = (active: readonly number[], depth: number): Uint8Array => {
    const begins = new Uint8Array(257);
    for (const box of active) {
      begins[lows[box * OCTETS + depth] ?? 0] = 1;
      begins[(highs[box * OCTETS + depth] ?? 0) + 1] = 1;
    }
    begins[0] = 1;
    begins[256] = 1;
    return begins;
  };

  /** Between two such values the same boxes decide on what follows. */
  const split = (active: readonly number[], depth: number): NodeId => {
    const begins = beginnings(active, depth);
    const segmentOf = new Uint16Array(256);
    const lists: number[][] = [];
    const ends: number[] = [];
    for (let value = 0; value < 256; value += 1) {
      if (begins[value] === 1) lists.push([]);
      segmentOf[value] = lists.length - 1;
      ends[lists.length - 1] = value;
    }
    for (const box of active) {
      const to = segmentOf[highs[box * OCTETS + depth] ?? 0] ?? 0;
      for (let at = segmentOf[lows[box * OCTETS + depth] ?? 0] ?? 0; at <= to; at += 1) lists[at]?.push(box);
    }
    const packed = Uint32Array.from(lists, (within, at) => build(within, depth + 1) * 256 + (ends[at] ?? 0));
    return diagrams.node(packed, packed.length);
  };

  /** The node of the last octet under one value of the third, from the boxes that admit that value. */
  const rowOf = (active: readonly number[], value: number): NodeId => {
    row.fill(0);
    rowTwice.fill(0);
    let full = 0;
    for (const box of active) {
      const third = box * OCTETS + OCTETS - 2;
      if ((lows[third] ?? 0) > value || (highs[third] ?? 0) < value) continue;
      if ((openFrom[box] ?? 0) < OCTETS) full += 1;
      if (full === times) return FULL;
      for (let word = 0; word < MASK_WORDS; word += 1) {
        const mask = lastMasks[box * MASK_WORDS + word] ?? 0;
        const before = row[word] ?? 0;
        rowTwice[word] = (rowTwice[word] ?? 0) | (before & mask);
        row[word] = before | mask;
      }
    }
    const result = times === 1 ? row : rowTwice;
    // Next to each other, most rows are alike.
    if (!result.every((word, at) => word === lastRow[at])) {
      lastRow.set(result);
      lastRowNode = diagrams.node(packedRow, segmentsOfMask(result, packedRow, EMPTY, FULL));
    }
    return lastRowNode;
  };

  /** The third octet, in one step with the last: there are up to 65,536 of these nodes, and lists would cost too much. */
  const lastTwo = (active: readonly number[]): NodeId => {
    const begins = beginnings(active, OCTETS - 2);
    const packed = new Uint32Array(256);
    let length = 0;
    for (let low = 0, high = 0; low < 256; low = high + 1) {
      high = low;
      while (begins[high + 1] === 0) high += 1;
      packed[length] = rowOf(active, low) * 256 + high;
      length += 1;
    }
    return diagrams.node(packed, length);
  };

  return build(
    Array.from(list, (_, box) => box),
    0,
  );
}
