import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAddressEntry, parseAddressEntry } from '../../src/policy/address-entry.ts';
import type { AddressEntry } from '../../src/policy/address-entry.ts';
import { createAddressSpace } from '../../src/policy/address-set.ts';
import type { AddressSet, AddressSpace } from '../../src/policy/address-set.ts';
import { formatClientAddress, parseClientAddress } from '../../src/smtp/client-address.ts';
import type { ClientAddress } from '../../src/smtp/client-address.ts';
import { randomOctets } from '../bench/long-list.ts';
import { clientText, entryText, SEED } from './arbitrary-policy.ts';
import { addressNumber, entryMatches } from './truth-table.ts';

function entriesOf(texts: readonly string[]): AddressEntry[] {
  return texts.map((text) => {
    const parsed = parseAddressEntry(text);
    if (parsed.kind === 'invalid') throw new Error(parsed.message);
    return parsed.entry;
  });
}

function client(text: string): ClientAddress {
  const address = parseClientAddress(text);
  if (address === null) throw new Error(text);
  return address;
}

/** Whether an address lies in at least `times` of the entries, by the truth table. */
function liesIn(texts: readonly string[], ip: string, times = 1): boolean {
  return texts.filter((text) => entryMatches(text, addressNumber(ip))).length >= times;
}

/** The places where something may change: the edges of every part of every entry, and one beyond, combined. */
function edgesOf(texts: readonly string[]): string[] {
  const octets: number[][] = [
    [0, 255],
    [0, 255],
    [0, 255],
    [0, 255],
  ];
  const addresses: string[] = ['::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '::1'];
  for (const entry of entriesOf(texts)) {
    if (entry.kind === 'ipv4') {
      for (const [at, { low, high }] of entry.octets.entries()) octets[at]?.push(low - 1, low, high, high + 1);
    } else if (entry.kind === 'ipv6') {
      addresses.push(formatClientAddress({ family: 6, words: entry.network }));
    }
  }
  const [first = [], second = [], third = [], fourth = []] = octets.map((values) =>
    [...new Set(values)].filter((value) => value >= 0 && value <= 255),
  );
  for (const a of first)
    for (const b of second) for (const c of third) for (const d of fourth) addresses.push(`${a}.${b}.${c}.${d}`);
  return addresses;
}

/** The patterns of a set, read back: they must be the same set, and disjoint if their sizes add up to its count. */
function expectPatternsToBe(space: AddressSpace, set: AddressSet): void {
  const reach = space.reach(set);
  for (const family of ['ipv4', 'ipv6'] as const) {
    const entries = entriesOf(reach[family].patterns);
    expect(entries.every((entry) => entry.kind === family)).toBe(true);
    const again = { ...space.none, [family]: space.ofEntries(entries)[family] };
    const wanted = { ...space.none, [family]: set[family] };
    expect(space.isEmpty(space.subtract(again, wanted)) && space.isEmpty(space.subtract(wanted, again))).toBe(true);
    const sizes = entries.reduce((total, entry) => total + BigInt(space.count(space.ofEntries([entry]))[family]), 0n);
    expect(String(sizes)).toBe(reach[family].count);
  }
}

const texts = fc.array(entryText, { maxLength: 6 });

describe('an address set', () => {
  test('of the default allow list has the counts and patterns of its documentation', () => {
    const space = createAddressSpace();
    const set = space.ofEntries(entriesOf(['127.*.*.*', '192.168.*.*', '10.*.*.*', '172.16-31.*.*', '::1']));
    expect(space.reach(set)).toEqual({
      ipv4: { count: '34668544', patterns: ['10.*.*.*', '127.*.*.*', '172.16-31.*.*', '192.168.*.*'] },
      ipv6: { count: '1', patterns: ['::1'] },
    });
  });

  test('of everything and of nothing is written shortly', () => {
    const space = createAddressSpace();
    expect(space.reach(space.all)).toEqual({
      ipv4: { count: String(2 ** 32), patterns: ['0.0.0.0/0'] },
      ipv6: { count: String(2n ** 128n), patterns: ['::/0'] },
    });
    expect(space.reach(space.none)).toEqual({ ipv4: { count: '0', patterns: [] }, ipv6: { count: '0', patterns: [] } });
    expect(space.ofEntries([])).toEqual(space.none);
    expect(space.ofEntries(entriesOf(['*']))).toEqual(space.all);
    expect(space.ofEntries(entriesOf(['0.0.0.0/0', '::/0']))).toEqual(space.all);
    expect(space.complement(space.all)).toEqual(space.none);
    expect(space.complement(space.none)).toEqual(space.all);
  });

  test.each([
    [['*.*.*.7'], ['*.*.*.7']],
    [
      ['10-20.*.5-9.*', '12.3.4.5'],
      ['12.3.4.5', '10-20.*.5-9.*'],
    ],
    [['0-127.*.*.*', '128-255.*.*.*'], ['0.0.0.0/0']],
    [['10.0.0.0/9', '10.128.0.0/9'], ['10.*.*.*']],
    [['10.1.*.*', '11.1.*.*', '12.1.*.*'], ['10-12.1.*.*']],
    [['10.0.0.0/8', '10.1.2.3'], ['10.*.*.*']],
    [
      ['9.*.*.*', '10.0-9.*.*'],
      ['9.*.*.*', '10.0-9.*.*'],
    ],
  ])('of %j is written as %j', (given, patterns) => {
    const space = createAddressSpace();
    expect(space.reach(space.ofEntries(entriesOf(given))).ipv4.patterns).toEqual(patterns);
  });

  test.each([
    [['2001:db8::/33', '2001:db8:8000::/33'], ['2001:db8::/32']],
    [
      ['::1', '::2', '::3'],
      ['::1', '::2/127'],
    ],
    [['2001:db8::/32', '2001:db8:1::/48'], ['2001:db8::/32']],
    [['::/1', '8000::/1'], ['::/0']],
    [['ffff::/16', 'fffe::/16'], ['fffe::/15']],
  ])('of %j is written as %j', (given, patterns) => {
    const space = createAddressSpace();
    expect(space.reach(space.ofEntries(entriesOf(given))).ipv6.patterns).toEqual(patterns);
  });

  test('holds exactly the addresses of its entries, at every edge of every entry', () => {
    fc.assert(
      fc.property(
        fc.array(entryText, { minLength: 1, maxLength: 3 }),
        fc.array(clientText, { maxLength: 5 }),
        (given, clients) => {
          const space = createAddressSpace();
          const once = space.ofEntries(entriesOf(given));
          const twice = space.ofEntries(entriesOf(given), 2);
          for (const ip of [...edgesOf(given), ...clients]) {
            expect(space.contains(once, client(ip)), ip).toBe(liesIn(given, ip));
            expect(space.contains(twice, client(ip)), ip).toBe(liesIn(given, ip, 2));
          }
        },
      ),
      { seed: SEED, numRuns: 60 },
    );
  });

  test('is combined with another point by point', () => {
    fc.assert(
      fc.property(texts, texts, fc.array(clientText, { minLength: 20, maxLength: 20 }), (one, other, clients) => {
        const space = createAddressSpace();
        const [a, b] = [space.ofEntries(entriesOf(one)), space.ofEntries(entriesOf(other))];
        const combined = {
          union: space.union(a, b),
          intersect: space.intersect(a, b),
          subtract: space.subtract(a, b),
          complement: space.complement(a),
        };
        for (const ip of clients) {
          const [inA, inB] = [liesIn(one, ip), liesIn(other, ip)];
          const at = client(ip);
          expect(space.contains(combined.union, at)).toBe(inA || inB);
          expect(space.contains(combined.intersect, at)).toBe(inA && inB);
          expect(space.contains(combined.subtract, at)).toBe(inA && !inB);
          expect(space.contains(combined.complement, at)).toBe(!inA);
        }
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  test('obeys the laws of sets, so that equal sets are equal objects', () => {
    fc.assert(
      fc.property(texts, texts, (one, other) => {
        const space = createAddressSpace();
        const [a, b] = [space.ofEntries(entriesOf(one)), space.ofEntries(entriesOf(other))];
        expect(space.union(a, b)).toEqual(space.ofEntries(entriesOf([...other, ...one])));
        expect(space.union(a, b)).toEqual(space.union(b, a));
        expect(space.complement(space.union(a, b))).toEqual(space.intersect(space.complement(a), space.complement(b)));
        expect(space.subtract(a, b)).toEqual(space.intersect(a, space.complement(b)));
        expect(space.union(space.subtract(a, b), space.intersect(a, b))).toEqual(a);
        expect(space.complement(space.complement(a))).toEqual(a);
        const sum = (set: AddressSet): bigint => BigInt(space.count(set).ipv4) + (space.count(set).ipv6 << 40n);
        expect(sum(a) + sum(b)).toBe(sum(space.union(a, b)) + sum(space.intersect(a, b)));
        expect(sum(a) + sum(space.complement(a))).toBe(2n ** 32n + 2n ** 168n);
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  test('has the count that inclusion and exclusion of its entries give', () => {
    const sizeOfCommon = (entries: readonly AddressEntry[]): bigint => {
      // Computed from the bounds of the octets alone.
      let size = 1n;
      for (let at = 0; at < 4; at += 1) {
        const ranges = entries.flatMap((entry) =>
          entry.kind === 'ipv4' ? [entry.octets[at] ?? { low: 0, high: 0 }] : [],
        );
        const low = Math.max(...ranges.map((range) => range.low));
        const high = Math.min(...ranges.map((range) => range.high));
        size *= BigInt(Math.max(0, high - low + 1));
      }
      return size;
    };
    const box = entryText.filter((text) => !text.includes(':') && text !== '*' && text !== '*.*.*.*');
    fc.assert(
      fc.property(fc.array(box, { minLength: 1, maxLength: 6 }), (given) => {
        const entries = entriesOf(given);
        let total = 0n;
        for (let chosen = 1; chosen < 1 << entries.length; chosen += 1) {
          const members = entries.filter((_, at) => (chosen >> at) & 1);
          total += (members.length % 2 === 1 ? 1n : -1n) * sizeOfCommon(members);
        }
        const space = createAddressSpace();
        expect(BigInt(space.count(space.ofEntries(entries)).ipv4)).toBe(total);
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  test('is exactly its patterns, which are disjoint', () => {
    fc.assert(
      fc.property(fc.array(entryText, { maxLength: 12 }), (given) => {
        const space = createAddressSpace();
        const set = space.ofEntries(entriesOf(given));
        expectPatternsToBe(space, set);
        expectPatternsToBe(space, space.complement(set));
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  test('of hundreds of scattered entries is built exactly, with few patterns', () => {
    const octets = randomOctets(5000, 5);
    const given = Array.from({ length: 500 }, (_, at) => {
      const [a = 0, b = 0, c = 0, d = 0, e = 0] = octets.slice(at * 5, at * 5 + 5);
      if (at % 5 === 0)
        return `${Math.min(a, 245)}-${Math.min(a, 245) + 10}.*.${Math.min(c, 251)}-${Math.min(c, 251) + 4}.*`;
      if (at % 5 === 1) return `${Math.min(a, b)}-${Math.max(a, b)}.${Math.min(c, d)}-${Math.max(c, d)}.${e}.${a}`;
      return `${a}.${b}.${c}.${at % 5 === 2 ? '*' : d}`;
    });
    const space = createAddressSpace();
    const once = space.ofEntries(entriesOf(given));
    const twice = space.ofEntries(entriesOf(given), 2);
    const folded = entriesOf(given).reduce(
      (sets, entry) => {
        const set = space.ofEntries([entry]);
        return { once: space.union(sets.once, set), twice: space.union(sets.twice, space.intersect(sets.once, set)) };
      },
      { once: space.none, twice: space.none },
    );
    expect(folded).toEqual({ once, twice });
    expectPatternsToBe(space, once);
    expect(space.reach(once).ipv4.patterns.length).toBeLessThan(4 * given.length);
  });
});

describe('an address picked from a set', () => {
  const space = createAddressSpace();
  const setOf = (...given: string[]): AddressSet => space.ofEntries(entriesOf(given));
  test('is a preferred one where there is any', () => {
    expect(space.pick(setOf('10.*.*.*', '203.0.*.*'), setOf('203.0.113.*'))).toBe('203.0.113.0');
    expect(space.pick(setOf('10.1.*.*'), setOf('203.0.113.*'))).toBe('10.1.0.0');
    expect(space.pick(setOf('2001:db8::/32'), setOf('2001:db8::9'))).toBe('2001:db8::9');
    expect(space.pick(setOf('2001:db8::/32', '1.2.3.4'), space.none)).toBe('1.2.3.4');
    expect(space.pick(space.none, space.all)).toBeNull();
  });

  test('is never an IPv4-mapped one, which no client has', () => {
    const almostAll = space.subtract(space.all, setOf('0.0.0.0/0'));
    const mapped: AddressSet = { ...space.none, ipv6: [{ first: 0xffffn << 32n, last: (0xffffn << 32n) + 5n }] };
    expect(space.isEmpty(mapped)).toBe(true);
    expect(space.pick(mapped, space.all)).toBeNull();
    expect(space.isEmpty(setOf('::fffe:0:0/95'))).toBe(false);
    expect(space.pick(setOf('::fffe:0:0/95'), space.none)).toBe('::fffe:0:0');
    expect(space.isEmpty(almostAll)).toBe(false);
    expect(space.isEmpty(setOf('1.2.3.4'))).toBe(false);
    expect(space.isEmpty(space.none)).toBe(true);
  });
});

test('a set knows whether it holds all of an entry', () => {
  const space = createAddressSpace();
  fc.assert(
    fc.property(texts, entryText, (given, text) => {
      const set = space.ofEntries(entriesOf(given));
      const [entry] = entriesOf([text]);
      if (entry === undefined) return;
      const missing = space.subtract(space.ofEntries([entry]), set);
      expect(space.holds(set, entry), `${given.join(' ')} ${formatAddressEntry(entry)}`).toBe(
        missing.ipv4 === space.none.ipv4 && missing.ipv6.length === 0,
      );
    }),
    { seed: SEED, numRuns: 1000 },
  );
});
