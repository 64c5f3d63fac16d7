/** Octets by a fixed linear congruential generator, so that every run measures the same list. */
export function randomOctets(count: number, seed: number): number[] {
  const octets: number[] = [];
  let state = seed >>> 0;
  for (let index = 0; index < count; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    octets.push(state >>> 24);
  }
  return octets;
}

/** An address list of `count` entries, `scattered` of which are no contiguous range (`10-20.*.5-9.*`). */
export function longList(count: number, scattered: number): string[] {
  const octets = randomOctets(count * 4, 1);
  return Array.from({ length: count }, (_, index) => {
    const [a = 0, b = 0, c = 0, d = 0] = octets.slice(index * 4, index * 4 + 4);
    if (index < scattered) return `${a}-${Math.min(255, a + 2)}.*.${c}-${Math.min(255, c + 4)}.${d}`;
    const form = index % 4;
    if (form === 0) return `${a}.${b}.${c}.${d}`;
    if (form === 1) return `${a}.${b}.${c}.0/24`;
    if (form === 2) return `${a}.${b}.${Math.min(c, d)}-${Math.max(c, d)}.*`;
    return `2001:db8:${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}::/64`;
  });
}
