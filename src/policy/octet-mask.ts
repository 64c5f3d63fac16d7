/** A set of octet values as 256 bits. */
export const MASK_WORDS = 8;

/** Sets the bits from `low` to `high` of the mask that begins at `start`. */
export function fillMask(masks: Uint32Array, start: number, low: number, high: number): void {
  for (let word = low >>> 5; word <= high >>> 5; word += 1) {
    const from = Math.max(low - word * 32, 0);
    const to = Math.min(high - word * 32, 31);
    masks[start + word] = (0xffffffff << from) & (0xffffffff >>> (31 - to));
  }
}

/**
 * Writes a mask as segments of a node, packed as `child * 256 + high`, with one child for bits that are not set and one for
 * those that are. Returns how many there are.
 */
export function segmentsOfMask(mask: Uint32Array, packed: Uint32Array, unset: number, set: number): number {
  let length = 0;
  let state = (mask[0] ?? 0) & 1;
  let carried = state;
  for (let word = 0; word < MASK_WORDS; word += 1) {
    const bits = mask[word] ?? 0;
    // A bit of `changes` is set where a value is in the set and the one before is not, or the other way round.
    let changes = bits ^ ((bits << 1) | carried);
    carried = bits >>> 31;
    while (changes !== 0) {
      const lowest = changes & -changes;
      packed[length] = (state === 1 ? set : unset) * 256 + word * 32 + (31 - Math.clz32(lowest)) - 1;
      length += 1;
      state ^= 1;
      changes ^= lowest;
    }
  }
  packed[length] = (state === 1 ? set : unset) * 256 + 255;
  return length + 1;
}
