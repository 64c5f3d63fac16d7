import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCanaryMint, findCanary } from '../../src/session/canary.ts';

const SEED = 32;
const KEY = Buffer.alloc(32, 7);

describe('a canary', () => {
  test('is a word of lower-case letters and digits that survives a relay which folds case', () => {
    const mint = createCanaryMint();
    for (let count = 0; count < 100; count += 1) {
      const token = mint.mint('probe');
      expect(token).toMatch(/^rp1-[a-z2-7]{32}$/);
      expect(findCanary(`SUBJECT: ${token.toUpperCase()}`)).toBe(token);
    }
  });

  test('is never the same twice', () => {
    const mint = createCanaryMint();
    expect(new Set(Array.from({ length: 1000 }, () => mint.mint('probe'))).size).toBe(1000);
  });

  test('is known again by its audit, for the probe that sent it and for no other', () => {
    const mint = createCanaryMint(KEY);
    const token = mint.mint('one');
    expect(mint.isOwn(token, 'one')).toBe(true);
    expect(mint.isOwn(token, 'two')).toBe(false);
    expect(createCanaryMint(Buffer.alloc(32, 8)).isOwn(token, 'one')).toBe(false);
  });

  test('cannot be forged by changing any letter of it', () => {
    const mint = createCanaryMint(KEY, () => Buffer.alloc(10, 3));
    const token = mint.mint('probe');
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: token.length - 1 }),
        fc.constantFrom(...Array.from('abcdefgh234567')),
        (at, letter) => {
          const changed = token.slice(0, at) + letter + token.slice(at + 1);
          expect(mint.isOwn(changed, 'probe')).toBe(changed === token);
        },
      ),
      { seed: SEED, numRuns: 300 },
    );
  });

  test('repeats only where its chance repeats', () => {
    const bytes = (): Buffer => createHash('sha256').update('chance').digest().subarray(0, 10);
    expect(createCanaryMint(KEY, bytes).mint('probe')).toBe(createCanaryMint(KEY, bytes).mint('probe'));
  });
});

test.each([
  ['nothing here', null],
  ['rp1-', null],
  [`rp1-${'a'.repeat(25)}`, null],
  [`before rp1-${'a'.repeat(26)} after`, `rp1-${'a'.repeat(26)}`],
  [`rp1-${'a'.repeat(30)}\nrp1-${'b'.repeat(30)}`, `rp1-${'a'.repeat(30)}`],
  [`rp1-${'1'.repeat(30)}`, null],
])('in %j the canary %s is found', (text, found) => {
  expect(findCanary(text)).toBe(found);
});
