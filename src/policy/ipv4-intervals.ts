/** Addresses from `first` to `last`, both included, as unsigned 32-bit numbers. */
export interface Interval {
  readonly first: number;
  readonly last: number;
}

/** Sorted, disjoint and not adjacent, so that one binary search answers. */
export function mergeIntervals(intervals: readonly Interval[]): Interval[] {
  const merged: Interval[] = [];
  for (const interval of intervals.toSorted((a, b) => a.first - b.first)) {
    const before = merged.at(-1);
    if (before !== undefined && interval.first <= before.last + 1) {
      merged[merged.length - 1] = { first: before.first, last: Math.max(before.last, interval.last) };
    } else {
      merged.push(interval);
    }
  }
  return merged;
}

/** For each value of the upper 16 bits, how many intervals begin below it: the search then has a handful to look at. */
function indexByUpperHalf(firsts: Uint32Array): Uint32Array {
  const index = new Uint32Array(65_537);
  for (const first of firsts) {
    const at = (first >>> 16) + 1;
    index[at] = (index[at] ?? 0) + 1;
  }
  for (let at = 1; at < index.length; at += 1) index[at] = (index[at] ?? 0) + (index[at - 1] ?? 0);
  return index;
}

/** Compiles intervals, in any order and overlapping as they may, to a test of membership. */
export function compileIntervals(intervals: readonly Interval[]): (value: number) => boolean {
  const merged = mergeIntervals(intervals);
  const firsts = Uint32Array.from(merged, ({ first }) => first);
  const lasts = Uint32Array.from(merged, ({ last }) => last);
  const index = merged.length > 64 ? indexByUpperHalf(firsts) : null;
  return (value) => {
    let low = index === null ? 0 : (index[value >>> 16] ?? 0);
    let high = index === null ? firsts.length : (index[(value >>> 16) + 1] ?? 0);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((firsts[middle] ?? 0) <= value) low = middle + 1;
      else high = middle;
    }
    return low > 0 && value <= (lasts[low - 1] ?? 0);
  };
}
