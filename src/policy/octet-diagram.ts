/**
 * Sets of four-octet addresses as decision diagrams: a node splits the values of one octet into segments, each with the set
 * of what may follow. Equal nodes are stored once, so that equal sets have equal numbers, and a set such as `*.*.*.7`, of
 * 16 million separate addresses, is four nodes.
 */
export type NodeId = number;

export const EMPTY: NodeId = 0;
export const FULL: NodeId = 1;

export const OCTETS = 4;

/** One segment of a node: it reaches to the value `high` from where the one before it ends. */
export interface Segment {
  readonly low: number;
  readonly high: number;
  readonly child: NodeId;
}

export interface Diagrams {
  /**
   * The node with these segments, each packed as `child * 256 + high` in ascending order up to 255; neighbours with the
   * same child are joined. Only the first `length` elements of the buffer count.
   */
  readonly node: (packed: Uint32Array, length: number) => NodeId;
  readonly segmentsOf: (node: NodeId) => Segment[];
  /** What may follow an octet. */
  readonly childAt: (node: NodeId, octet: number) => NodeId;
  readonly intersect: (a: NodeId, b: NodeId) => NodeId;
  readonly union: (a: NodeId, b: NodeId) => NodeId;
  readonly subtract: (a: NodeId, b: NodeId) => NodeId;
  /** How many nodes there are, a measure of memory. */
  readonly size: () => number;
}

const INTERSECT = 0;
const UNION = 1;
const SUBTRACT = 2;
type Operation = typeof INTERSECT | typeof UNION | typeof SUBTRACT;

/**
 * Results are remembered in a table, where a newer one may push out an older. It grows with the nodes, but no further than
 * this: memory stays bounded.
 */
const MOST_REMEMBERED = 1 << 20;
/** A child and the end of its segment share 32 bits. */
const MOST_NODES = 1 << 24;

function grown(array: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** The answer where it needs no look at any octet, or -1. */
function terminal(operation: Operation, a: NodeId, b: NodeId): NodeId {
  switch (operation) {
    case INTERSECT:
      if (a === EMPTY || b === EMPTY) return EMPTY;
      if (a === FULL || a === b) return b;
      return b === FULL ? a : -1;
    case UNION:
      if (a === FULL || b === FULL) return FULL;
      if (a === EMPTY || a === b) return b;
      return b === EMPTY ? a : -1;
    case SUBTRACT:
      if (a === EMPTY || b === FULL || a === b) return EMPTY;
      return b === EMPTY ? a : -1;
  }
}

/** A space of its own for sets that are to be compared and combined with each other. */
export function createDiagrams(): Diagrams {
  let segments = new Uint32Array(1 << 12);
  let used = 2;
  /** Where the segments of each node begin; those of a node end where the next one's begin. */
  let starts = new Uint32Array(1 << 10);
  let nodes = 2;
  let index = new Uint32Array(1 << 11);
  let slots = index.length;
  let remembered = new Uint32Array(slots * 3);
  const scratch = Array.from({ length: OCTETS + 1 }, () => new Uint32Array(256));
  // The two terminals read as nodes of one segment that lead to themselves.
  segments[0] = EMPTY * 256 + 255;
  segments[1] = FULL * 256 + 255;
  starts.set([0, 1, 2]);

  const at = (position: number): number => segments[position] ?? 0;

  const hash = (packed: Uint32Array, from: number, length: number): number => {
    let value = length;
    for (let offset = from; offset < from + length; offset += 1) {
      value = Math.imul(value ^ (packed[offset] ?? 0), 0x9e3779b1);
      value ^= value >>> 15;
    }
    return (value ^ (value >>> 13)) >>> 0;
  };

  const place = (node: NodeId): void => {
    const start = starts[node] ?? 0;
    let slot = hash(segments, start, (starts[node + 1] ?? 0) - start) & (index.length - 1);
    while (index[slot] !== 0) slot = (slot + 1) & (index.length - 1);
    index[slot] = node;
  };

  const equals = (node: NodeId, packed: Uint32Array, length: number): boolean => {
    const start = starts[node] ?? 0;
    if ((starts[node + 1] ?? 0) - start !== length) return false;
    for (let offset = 0; offset < length; offset += 1) if (at(start + offset) !== packed[offset]) return false;
    return true;
  };

  const intern = (packed: Uint32Array, length: number): NodeId => {
    if (length === 1 && (packed[0] ?? 0) >>> 8 <= FULL) return (packed[0] ?? 0) >>> 8;
    let slot = hash(packed, 0, length) & (index.length - 1);
    for (let known = index[slot] ?? 0; known !== 0; known = index[slot] ?? 0) {
      if (equals(known, packed, length)) return known;
      slot = (slot + 1) & (index.length - 1);
    }
    if (nodes >= MOST_NODES) throw new Error('the address set has more than 16 million different parts');
    while (used + length > segments.length) segments = grown(segments);
    if (nodes + 2 > starts.length) starts = grown(starts);
    segments.set(packed.subarray(0, length), used);
    used += length;
    const node = nodes;
    nodes += 1;
    starts[nodes] = used;
    index[slot] = node;
    if (nodes * 2 > index.length) {
      index = new Uint32Array(index.length * 2);
      if (index.length <= MOST_REMEMBERED) {
        slots = index.length;
        remembered = new Uint32Array(slots * 3);
      }
      for (let moved = 2; moved < nodes; moved += 1) place(moved);
    }
    return node;
  };

  const joined = (packed: Uint32Array, length: number): NodeId => {
    let kept = 0;
    for (let offset = 0; offset < length; offset += 1) {
      const segment = packed[offset] ?? 0;
      if (kept > 0 && (packed[kept - 1] ?? 0) >>> 8 === segment >>> 8) kept -= 1;
      packed[kept] = segment;
      kept += 1;
    }
    return intern(packed, kept);
  };

  const combine = (operation: Operation, a: NodeId, b: NodeId, depth: number): NodeId => {
    const known = terminal(operation, a, b);
    if (known >= 0) return known;
    const key = a * 4 + operation;
    const mixed = Math.imul(key, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
    const slot = ((mixed ^ (mixed >>> 15)) & (slots - 1)) * 3;
    if (remembered[slot] === key && remembered[slot + 1] === b) return remembered[slot + 2] ?? 0;
    const packed = scratch[depth] ?? new Uint32Array(256);
    let fromA = starts[a] ?? 0;
    let fromB = starts[b] ?? 0;
    let length = 0;
    for (let high = -1; high < 255;) {
      const segmentA = at(fromA);
      const segmentB = at(fromB);
      high = Math.min(segmentA & 255, segmentB & 255);
      const child = combine(operation, segmentA >>> 8, segmentB >>> 8, depth + 1);
      if ((segmentA & 255) === high) fromA += 1;
      if ((segmentB & 255) === high) fromB += 1;
      if (length > 0 && (packed[length - 1] ?? 0) >>> 8 === child) length -= 1;
      packed[length] = child * 256 + high;
      length += 1;
    }
    const result = intern(packed, length);
    remembered[slot] = key;
    remembered[slot + 1] = b;
    remembered[slot + 2] = result;
    return result;
  };

  return {
    node: joined,
    segmentsOf: (node) => {
      const list: Segment[] = [];
      for (let position = starts[node] ?? 0, low = 0; position < (starts[node + 1] ?? 0); position += 1) {
        const high = at(position) & 255;
        list.push({ low, high, child: at(position) >>> 8 });
        low = high + 1;
      }
      return list;
    },
    childAt: (node, octet) => {
      let position = starts[node] ?? 0;
      while ((at(position) & 255) < octet) position += 1;
      return at(position) >>> 8;
    },
    intersect: (a, b) => combine(INTERSECT, a, b, 0),
    union: (a, b) => combine(UNION, a, b, 0),
    subtract: (a, b) => combine(SUBTRACT, a, b, 0),
    size: () => nodes,
  };
}
