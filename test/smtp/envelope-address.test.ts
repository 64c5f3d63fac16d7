import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asksToRouteOn, splitEnvelopeAddress, stripSourceRoute } from '../../src/smtp/envelope-address.ts';

describe('the domain of an envelope address', () => {
  test.each([
    ['user@example.com', 'user', 'example.com'],
    ['a@b@c', 'a@b', 'c'],
    ['"a@b"@c', '"a@b"', 'c'],
    ['"a@b"', '"a@b"', null],
    ['"a\\"@b"@c', '"a\\"@b"', 'c'],
    ['a\\@b@c', 'a\\@b', 'c'],
    ['a\\@b', 'a\\@b', null],
    ['a\\\\@b', 'a\\\\', 'b'],
    ['a@b\\@c', 'a', 'b\\@c'],
    ['a@"b@c"', 'a', '"b@c"'],
    ['"open@c', '"open@c', null],
    ['postmaster', 'postmaster', null],
    ['user@', 'user', ''],
    ['@example.com', '', 'example.com'],
    ['@', '', ''],
    ['', '', null],
    ['a\\', 'a\\', null],
  ])('of `%s` follows the last unquoted @', (address, localPart, domain) => {
    expect(splitEnvelopeAddress(address)).toEqual({ localPart, domain });
  });

  test('taking an address apart loses nothing', () => {
    const text = fc.array(fc.constantFrom('a', '@', '"', '\\', '.', ':', '%')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (address) => {
        const { localPart, domain } = splitEnvelopeAddress(address);
        expect(domain === null ? localPart : `${localPart}@${domain}`).toBe(address);
      }),
      { seed: 43, numRuns: 2000 },
    );
  });
});

describe('a source route', () => {
  test.each([
    ['@a,@b:user@c', 'user@c'],
    ['@a:user@c', 'user@c'],
    ['@a:"x:y"@c', '"x:y"@c'],
    ['@[IPv6:2001:db8::1]:user@c', 'user@c'],
    ['@[IPv6:::1],@b:user@c', 'user@c'],
    ['@a:user@[IPv6:::1]', 'user@[IPv6:::1]'],
    ['@a:@b:user@c', '@b:user@c'],
    ['@a:user', 'user'],
    ['@"a:b",@c:user@d', 'user@d'],
    ['@a\\:b:user@c', 'user@c'],
    ['@:user@c', 'user@c'],
  ])('is stripped from `%s`', (address, rest) => {
    expect(stripSourceRoute(address)).toBe(rest);
  });

  test.each(['user@c', 'a:b@c', '@a', '@a,@b', '@[IPv6:::1', '@"a:b@c', '', 'x@a:user@c'])(
    'is not seen in `%s`',
    (address) => {
      expect(stripSourceRoute(address)).toBe(address);
    },
  );
});

test.each([
  ['user%elsewhere', true],
  ['elsewhere!user', true],
  ['"user@elsewhere"', true],
  ['user\\@elsewhere', true],
  ['"a b"', false],
  ['user+tag', false],
  ['', false],
])('the local part `%s` asks to be routed on: %s', (localPart, routed) => {
  expect(asksToRouteOn(localPart)).toBe(routed);
});
