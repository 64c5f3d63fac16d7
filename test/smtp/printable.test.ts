import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printable } from '../../src/smtp/printable.ts';
import { HOSTILE_TEXTS, hostileVariants } from '../support/hostile-texts.ts';

const SEED = 3454;

/** By general category, so that the test does not share a list with the code: controls, formats, surrogates, separators. */
const STEERS = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;

const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
  fc.constantFrom(...HOSTILE_TEXTS),
);

describe('foreign text', () => {
  test.each([
    ['\u001b[31m', '\\x1b[31m'],
    ['a\r\nb', 'a\\x0d\\x0ab'],
    ['\u009b0m', '\\x9b0m'],
    ['\u2028', '\\u{2028}'],
    ['\u202ex', '\\u{202e}x'],
    ['\ud800', '\\u{d800}'],
    ['\u{e0041}', '\\u{e0041}'],
    ['nul\0', 'nul\\x00'],
    ['tab\t', 'tab\\x09'],
  ])('%j becomes %s', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  test.each([
    'Relay access denied',
    'gr\u00fc\u00dfe \u65e5\u672c\u8a9e \u{1f4e7}',
    '<v@elsewhere.test>',
    '\ufffd',
    '\\x1b',
  ])('`%s` stays as it is', (text) => {
    expect(printable(text)).toBe(text);
  });

  test('of hundreds of hostile texts none steers anything', () => {
    const steering = hostileVariants().filter((text) => STEERS.test(printable(text)));
    expect(steering.map((text) => encodeURIComponent(text.toWellFormed()))).toEqual([]);
    expect(hostileVariants().length).toBeGreaterThan(300);
  });

  test('nothing that steers a terminal, a log or an eye is ever left', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(printable(text)).not.toMatch(STEERS);
      }),
      { seed: SEED, numRuns: 10_000 },
    );
  });

  test('making safe what is safe changes nothing', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(printable(printable(text))).toBe(printable(text));
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  test('is cut at 2,000 characters, with its length said, and never inside a character', () => {
    expect(printable('a'.repeat(2000))).toBe('a'.repeat(2000));
    expect(printable('a'.repeat(2001))).toBe(`${'a'.repeat(2000)}... (2001 characters)`);
    expect(printable(`${'a'.repeat(1999)}\u{1f4e7}b`)).toBe(`${'a'.repeat(1999)}\\u{d83d}... (2002 characters)`);
    expect(printable('\0'.repeat(1_000_000)).length).toBeLessThan(8100);
  });
});
