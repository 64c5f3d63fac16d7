import { formatIpv4, formatIpv6 } from '../smtp/client-address.ts';
import type { ClientAddress } from '../smtp/client-address.ts';
import type { AddressEntry, OctetRanges } from './address-entry.ts';
import {
  ALL_IPV6,
  blocksOfRanges,
  complementRanges,
  countRanges,
  intersectRanges,
  MAPPED,
  numberToWords,
  rangeOfBlock,
  rangesHold,
  rangesOfBlocks,
  subtractRanges,
  unionRanges,
} from './ipv6-ranges.ts';
import type { Ipv6Ranges } from './ipv6-ranges.ts';
import { buildFromBoxes } from './octet-build.ts';
import { createDiagrams, EMPTY, FULL, OCTETS } from './octet-diagram.ts';
import type { Diagrams, NodeId } from './octet-diagram.ts';
import { createPatternReader } from './octet-patterns.ts';

/** An exact set of client addresses; it belongs to the space that made it. */
export interface AddressSet {
  readonly ipv4: NodeId;
  readonly ipv6: Ipv6Ranges;
}

/** The addresses of one family in a set. */
export interface FamilyReach {
  /** An exact decimal number. */
  readonly count: string;
  /** Disjoint patterns of the list grammar, of this family alone. */
  readonly patterns: readonly string[];
}

export interface Reach {
  readonly ipv4: FamilyReach;
  readonly ipv6: FamilyReach;
}

/** Where address sets live that are combined with each other. */
export interface AddressSpace {
  readonly all: AddressSet;
  readonly none: AddressSet;
  /** The addresses in at least `times` of the entries, 1 by default. */
  readonly ofEntries: (entries: readonly AddressEntry[], times?: 1 | 2) => AddressSet;
  readonly union: (a: AddressSet, b: AddressSet) => AddressSet;
  readonly intersect: (a: AddressSet, b: AddressSet) => AddressSet;
  readonly subtract: (a: AddressSet, b: AddressSet) => AddressSet;
  readonly complement: (set: AddressSet) => AddressSet;
  /** Whether no client can come from the set. IPv4-mapped IPv6 addresses do not count: such a client is an IPv4 one. */
  readonly isEmpty: (set: AddressSet) => boolean;
  readonly contains: (set: AddressSet, address: ClientAddress) => boolean;
  /** Whether every address of an entry is in the set. */
  readonly holds: (set: AddressSet, entry: AddressEntry) => boolean;
  readonly count: (set: AddressSet) => { readonly ipv4: number; readonly ipv6: bigint };
  readonly reach: (set: AddressSet) => Reach;
  /** An address of the set, in text, one of `preferred` if there is any; null if no client can come from it. */
  readonly pick: (set: AddressSet, preferred: AddressSet) => string | null;
}

function firstIpv4(diagrams: Diagrams, set: NodeId): number {
  let node = set;
  let value = 0;
  for (let depth = 0; depth < OCTETS; depth += 1) {
    const segment = diagrams.segmentsOf(node).find(({ child }) => child !== EMPTY);
    value = value * 256 + (segment?.low ?? 0);
    node = segment?.child ?? EMPTY;
  }
  return value;
}

/** Whether a set holds a whole box, without building a set of the box. */
function holdsBox(diagrams: Diagrams, node: NodeId, octets: OctetRanges, depth: number): boolean {
  if (node === EMPTY || node === FULL) return node === FULL;
  const { low: from, high: to } = octets[depth] ?? { low: 0, high: 255 };
  return diagrams
    .segmentsOf(node)
    .every(({ low, high, child }) => high < from || low > to || holdsBox(diagrams, child, octets, depth + 1));
}

export function createAddressSpace(): AddressSpace {
  const diagrams = createDiagrams();
  const reader = createPatternReader(diagrams);
  const all: AddressSet = { ipv4: FULL, ipv6: ALL_IPV6 };
  const none: AddressSet = { ipv4: EMPTY, ipv6: [] };
  const ofClients = (ranges: Ipv6Ranges): Ipv6Ranges => subtractRanges(ranges, [MAPPED]);

  const firstAddress = (set: AddressSet): string | null => {
    if (set.ipv4 !== EMPTY) return formatIpv4(firstIpv4(diagrams, set.ipv4));
    const [range] = ofClients(set.ipv6);
    return range === undefined ? null : formatIpv6(numberToWords(range.first));
  };

  const intersect = (a: AddressSet, b: AddressSet): AddressSet => ({
    ipv4: diagrams.intersect(a.ipv4, b.ipv4),
    ipv6: intersectRanges(a.ipv6, b.ipv6),
  });

  return {
    all,
    none,
    ofEntries: (entries, times = 1) => {
      const everything = entries.filter(({ kind }) => kind === 'any').length;
      if (everything >= times) return all;
      const boxes = entries.flatMap((entry) => (entry.kind === 'ipv4' ? [entry.octets] : []));
      const blocks = entries.flatMap((entry) => (entry.kind === 'ipv6' ? [entry] : []));
      // An entry that holds everything leaves one other entry to find.
      const needed = everything > 0 ? 1 : times;
      return { ipv4: buildFromBoxes(diagrams, boxes, needed), ipv6: rangesOfBlocks(blocks, needed) };
    },
    union: (a, b) => ({ ipv4: diagrams.union(a.ipv4, b.ipv4), ipv6: unionRanges(a.ipv6, b.ipv6) }),
    intersect,
    subtract: (a, b) => ({ ipv4: diagrams.subtract(a.ipv4, b.ipv4), ipv6: subtractRanges(a.ipv6, b.ipv6) }),
    complement: (set) => ({ ipv4: diagrams.subtract(FULL, set.ipv4), ipv6: complementRanges(set.ipv6) }),
    isEmpty: (set) => set.ipv4 === EMPTY && ofClients(set.ipv6).length === 0,
    contains: (set, address) => {
      if (address.family === 6) return rangesHold(set.ipv6, rangeOfBlock({ network: address.words, prefix: 128 }));
      let node = set.ipv4;
      for (let shift = 24; shift >= 0; shift -= 8) node = diagrams.childAt(node, (address.value >>> shift) & 255);
      return node === FULL;
    },
    holds: (set, entry) => {
      if (entry.kind === 'any') return set.ipv4 === FULL && complementRanges(set.ipv6).length === 0;
      if (entry.kind === 'ipv4') return holdsBox(diagrams, set.ipv4, entry.octets, 0);
      return rangesHold(set.ipv6, rangeOfBlock(entry));
    },
    count: (set) => ({ ipv4: reader.count(set.ipv4), ipv6: countRanges(set.ipv6) }),
    reach: (set) => {
      const blocks = blocksOfRanges(set.ipv6);
      return {
        ipv4: { count: String(reader.count(set.ipv4)), patterns: reader.patterns(set.ipv4) },
        ipv6: {
          count: String(blocks.reduce((total, { size }) => total + size, 0n)),
          patterns: blocks.map(({ text }) => text),
        },
      };
    },
    pick: (set, preferred) => firstAddress(intersect(set, preferred)) ?? firstAddress(set),
  };
}
