import { EMPTY, FULL, OCTETS } from './octet-diagram.ts';
import type { Diagrams, NodeId, Segment } from './octet-diagram.ts';

/** A look at sets of one space of diagrams; what it found out once it remembers. */
export interface PatternReader {
  /** The exact number of addresses. */
  readonly count: (node: NodeId) => number;
  /** Disjoint patterns of the list grammar that together are the set, few but not always fewest. */
  readonly patterns: (node: NodeId) => readonly string[];
}

/** More pieces than this kept open at a time make a sweep cost more than its patterns are worth. */
const MOST_OPEN = 64;
/** Above so many patterns a node is not swept: it takes seconds, and what is below is swept the better for it. */
const MOST_SWEPT = 500_000;

function octetText(low: number, high: number): string {
  if (low === 0 && high === 255) return '*';
  return low === high ? String(low) : `${low}-${high}`;
}

/**
 * Splits a node into pieces of as many values as possible: `10-20.*.5-9.*` beside `12.3.4.5` stays one piece of eleven
 * values and one of one, where segments alone would give three. Where a part of an open piece ends, either that part is cut
 * out and the rest goes on, or all of it ends and the rest begins anew: whichever `weigh` finds lighter. Null where too much
 * is open at a time.
 */
function sweep(diagrams: Diagrams, segments: readonly Segment[], weigh: (set: NodeId) => number): Segment[] | null {
  const pieces: Segment[] = [];
  let open: { readonly low: number; readonly set: NodeId }[] = [];
  for (const { low, child } of [...segments, { low: 256, child: EMPTY }]) {
    const staying: typeof open = [];
    let goingOn = EMPTY;
    for (const piece of open) {
      const ended = diagrams.subtract(piece.set, child);
      const isCut = ended === EMPTY || weigh(ended) < weigh(piece.set);
      if (ended !== EMPTY) pieces.push({ low: piece.low, high: low - 1, child: isCut ? ended : piece.set });
      if (!isCut) continue;
      const set = ended === EMPTY ? piece.set : diagrams.intersect(piece.set, child);
      if (set === EMPTY) continue;
      staying.push({ low: piece.low, set });
      goingOn = diagrams.union(goingOn, set);
    }
    const beginning = diagrams.subtract(child, goingOn);
    if (beginning !== EMPTY) staying.push({ low, set: beginning });
    if (staying.length > MOST_OPEN) return null;
    open = staying;
  }
  return pieces;
}

export function createPatternReader(diagrams: Diagrams): PatternReader {
  const sizes = Array.from({ length: OCTETS }, () => new Map<NodeId, number>());
  const paths = Array.from({ length: OCTETS }, () => new Map<NodeId, number>());
  const texts = Array.from({ length: OCTETS }, () => new Map<NodeId, readonly string[]>());

  const sum = (
    memory: readonly Map<NodeId, number>[],
    node: NodeId,
    depth: number,
    full: (depth: number) => number,
    weigh: (segment: Segment) => number,
  ): number => {
    if (node === EMPTY) return 0;
    if (node === FULL) return full(depth);
    const known = memory[depth]?.get(node);
    if (known !== undefined) return known;
    const total = diagrams
      .segmentsOf(node)
      .reduce((before, segment) => before + weigh(segment) * sum(memory, segment.child, depth + 1, full, weigh), 0);
    memory[depth]?.set(node, total);
    return total;
  };
  const countFrom = (node: NodeId, depth: number): number =>
    sum(
      sizes,
      node,
      depth,
      (at) => 256 ** (OCTETS - at),
      ({ low, high }) => high - low + 1,
    );
  /** How many patterns the segments alone would give: an estimate that costs little. */
  const pathsFrom = (node: NodeId, depth: number): number =>
    sum(
      paths,
      node,
      depth,
      () => 1,
      () => 1,
    );

  const pathsOf = (pieces: readonly Segment[], depth: number): number =>
    pieces.reduce((total, { child }) => total + pathsFrom(child, depth + 1), 0);

  const piecesOf = (node: NodeId, depth: number): readonly Segment[] => {
    const segments = diagrams.segmentsOf(node);
    const plain = segments.filter(({ child }) => child !== EMPTY);
    if (depth === OCTETS - 1 || plain.length < 2 || pathsOf(plain, depth) > MOST_SWEPT) return plain;
    const swept = sweep(diagrams, segments, (set) => pathsFrom(set, depth + 1));
    return swept !== null && pathsOf(swept, depth) < pathsOf(plain, depth) ? swept : plain;
  };

  const textsFrom = (node: NodeId, depth: number): readonly string[] => {
    if (node === EMPTY) return [];
    if (node === FULL)
      return [
        Array<string>(OCTETS - depth)
          .fill('*')
          .join('.'),
      ];
    const known = texts[depth]?.get(node);
    if (known !== undefined) return known;
    const list: string[] = [];
    for (const { low, high, child } of piecesOf(node, depth)) {
      const octet = octetText(low, high);
      if (depth === OCTETS - 1) list.push(octet);
      else for (const rest of textsFrom(child, depth + 1)) list.push(`${octet}.${rest}`);
    }
    texts[depth]?.set(node, list);
    return list;
  };

  return {
    count: (node) => countFrom(node, 0),
    // As an entry of a list `*.*.*.*` would mean IPv6 as well.
    patterns: (node) => (node === FULL ? ['0.0.0.0/0'] : textsFrom(node, 0)),
  };
}
