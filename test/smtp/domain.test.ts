import * as fc from 'fast-check';
import { domainToASCII } from 'node:url';
import { describe, expect, test } from 'vitest';
import { canonicalDomain, isAddressLiteral, isAscii, lowerCaseAscii } from '../../src/smtp/domain.ts';

const SEED = 42;

describe('the canonical form of a domain', () => {
  test.each([
    ['example.com', 'example.com'],
    ['EXAMPLE.Com', 'example.com'],
    ['example.com.', 'example.com'],
    ['example.com..', 'example.com.'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['BÜCHER.EXAMPLE.', 'xn--bcher-kva.example'],
    ['XN--BCHER-KVA.example', 'xn--bcher-kva.example'],
    ['example。com', 'example.com'],
    ['example.com。', 'example.com'],
    ['ｅxample.com', 'example.com'],
    ['exam\u{ad}ple.com', 'example.com'],
    ['[192.0.2.1]', '[192.0.2.1]'],
    ['[192.0.2.1].', '[192.0.2.1]'],
    ['[IPv6:2001:DB8:0:0::1]', '[ipv6:2001:db8::1]'],
    ['[ipv6:nonsense:X]', '[ipv6:nonsense:x]'],
    ['[X-Tag:Y]', '[x-tag:y]'],
    ['[::1]', '[::1]'],
    ['', ''],
    ['.', ''],
    ['1', '1'],
    ['0X7F.1', '0x7f.1'],
    ['xn--', 'xn--'],
    ['XN--A.example', 'xn--a.example'],
    ['A B_c', 'a b_c'],
  ])('`%s` is `%s`', (domain, canonical) => {
    expect(canonicalDomain(domain)).toBe(canonical);
  });

  test('a name that UTS #46 refuses keeps its foreign letters and loses only the case of its ASCII ones', () => {
    expect(canonicalDomain('\u{d800}A.com')).toBe('\u{d800}a.com');
    expect(canonicalDomain('xn--a.BÜ')).toBe('xn--a.bÜ');
    expect(canonicalDomain('a\u{200c}B.com')).not.toBe('ab.com');
  });

  test('a name too long for DNS is not mapped', () => {
    const long = 'ü'.repeat(1001);
    expect(canonicalDomain(`${long}.COM`)).toBe(`${long}.com`);
    expect(canonicalDomain('ü'.repeat(1000))).toMatch(/^xn--/u);
  });

  test('ASCII letters alone are folded', () => {
    expect(lowerCaseAscii('AZ\u{212a}É')).toBe('az\u{212a}É');
    expect(isAscii('a\u{7f}\0')).toBe(true);
    expect(isAscii('a\u{80}')).toBe(false);
  });

  test.each([
    ['[192.0.2.1]', true],
    ['[192.0.2.1', false],
    ['192.0.2.1]', false],
    ['example.com', false],
  ])('`%s` has the brackets of a literal: %s', (domain, literal) => {
    expect(isAddressLiteral(domain)).toBe(literal);
  });

  const anyDomain = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom('a', 'B', 'ü', 'Ü', 'ß', '.', '。', '-', 'xn--', 'K', '1', '[', ']', 'IPv6:', '::'))
      .map((parts) => parts.join('')),
  );

  test('it never throws, and is its own canonical form but for one dot', () => {
    fc.assert(
      fc.property(anyDomain, (domain) => {
        const canonical = canonicalDomain(domain);
        if (!canonical.endsWith('.')) expect(canonicalDomain(canonical)).toBe(canonical);
      }),
      { seed: SEED, numRuns: 3000 },
    );
  });

  test('the name that a resolver would look up is the canonical one', () => {
    fc.assert(
      fc.property(anyDomain, (domain) => {
        const resolved = domainToASCII(domain);
        // What the URL rules refuse, or read as an IPv4 number, has no name to compare.
        if (resolved === '' || /(?:^|\.)(?:\d+|0x[\da-f]*)\.?$/u.test(resolved) || /[#/?:@\\%[\t\n\r]/u.test(domain))
          return;
        expect(canonicalDomain(domain)).toBe(resolved.replace(/\.$/u, ''));
      }),
      { seed: SEED, numRuns: 3000 },
    );
  });
});
