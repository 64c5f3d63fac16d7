import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escaped, escapedBytes, escapeFault, expandRepeats, repeatFault } from '../../src/smtp/escaped-text.ts';

describe('escaped text', () => {
  test.each([
    ['MAIL\\r\\n', '4d41494c0d0a'],
    ['\\t\\0\\\\', '09005c'],
    ['\\x21\\xfF', '21ff'],
    // A byte and a character of the same number are not the same bytes.
    ['\\xe9é', 'e9c3a9'],
    ['\\\\n', '5c6e'],
    ['{x*3}{é*2}', '787878c3a9c3a9'],
    ['', ''],
  ])('%j is the bytes %s', (text, hex) => {
    expect(escapedBytes(text).toString('hex')).toBe(hex);
  });

  test('any text that was escaped stands for itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!/\{.\*\d/su.test(text));
        expect(escapedBytes(escaped(text)).toString('utf8')).toBe(Buffer.from(text, 'utf8').toString('utf8'));
        expect(escapeFault(escaped(text))).toBeNull();
      }),
      { seed: 20 },
    );
  });

  test.each(['\\q', 'a\\', '\\x2', '\\xgg', '\\u0041'])('%j holds what is no escape', (text) => {
    expect(escapeFault(text)).toMatch(/begins no escape/);
  });
});

describe('a repeat', () => {
  test('is written out, and what only looks like one is kept', () => {
    expect(expandRepeats('a{b*3}c{own}{*3}{bb*2}')).toBe('abbbc{own}{*3}{bb*2}');
  });

  test.each([['{x*0}'], ['{x*1000001}'], ['{x*1000000}'.repeat(17)]])('of %.20s is refused', (text) => {
    expect(repeatFault(text)).not.toBeNull();
  });

  test('of a million is allowed', () => {
    expect(repeatFault('{x*1000000}')).toBeNull();
  });
});
