import * as fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, test } from 'vitest';
import {
  formatClientAddress,
  formatIpv4,
  formatIpv6,
  mappedIpv4,
  parseClientAddress,
  parseIpv4,
  parseIpv6,
} from '../../src/smtp/client-address.ts';

const SEED = 41;

describe('an IPv4 address', () => {
  test.each([
    ['0.0.0.0', 0],
    ['1.2.3.4', 0x01020304],
    ['127.0.0.1', 0x7f000001],
    ['255.255.255.255', 0xffffffff],
    ['100.200.10.20', 0x64c80a14],
  ])('%s is read', (text, value) => {
    expect(parseIpv4(text)).toBe(value);
    expect(formatIpv4(value)).toBe(text);
  });

  test.each([
    '',
    '1',
    '1.2.3',
    '1.2.3.',
    '.1.2.3',
    '1.2.3.4.',
    '1.2.3.4.5',
    '1..2.3',
    '256.1.1.1',
    '1.2.3.256',
    '010.1.1.1',
    '00.0.0.0',
    '1.2.3.04',
    ' 1.2.3.4',
    '1.2.3.4 ',
    '1.2.3.a',
    '1.2.3.-1',
    '0x7f.1.1.1',
    '1,2,3,4',
    '1.2.3.4/32',
    '１.2.3.4',
    '1.2.3./',
    '1.2.3.:',
    '2130706433',
    '1000.1.1.1',
    '1.2.3.1e1',
  ])('`%s` is none', (text) => {
    expect(parseIpv4(text)).toBe(-1);
  });

  test('every number survives being written and read', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), (value) => {
        expect(parseIpv4(formatIpv4(value))).toBe(value);
      }),
      { seed: SEED },
    );
  });
});

describe('an IPv6 address', () => {
  test.each([
    ['::', [0, 0, 0, 0], '::'],
    ['::1', [0, 0, 0, 1], '::1'],
    ['2001:DB8::1', [0x20010db8, 0, 0, 1], '2001:db8::1'],
    ['1:2:3:4:5:6:7:8', [0x10002, 0x30004, 0x50006, 0x70008], '1:2:3:4:5:6:7:8'],
    ['1:2:3:4:5:6:7::', [0x10002, 0x30004, 0x50006, 0x70000], '1:2:3:4:5:6:7:0'],
    ['::2:3:4:5:6:7:8', [2, 0x30004, 0x50006, 0x70008], '0:2:3:4:5:6:7:8'],
    ['1::', [0x10000, 0, 0, 0], '1::'],
    ['::ffff:1.2.3.4', [0, 0, 0xffff, 0x01020304], '::ffff:102:304'],
    ['::1.2.3.4', [0, 0, 0, 0x01020304], '::102:304'],
    ['1:2:3:4:5:6:255.255.255.255', [0x10002, 0x30004, 0x50006, 0xffffffff], '1:2:3:4:5:6:ffff:ffff'],
    [
      'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    ],
    ['1:0:0:4:0:0:0:8', [0x10000, 4, 0, 8], '1:0:0:4::8'],
    ['1:0:0:4:5:0:0:8', [0x10000, 4, 0x50000, 8], '1::4:5:0:0:8'],
    ['0:0:3:4:5:6:7:8', [0, 0x30004, 0x50006, 0x70008], '::3:4:5:6:7:8'],
  ] as const)('%s is read, and written as RFC 5952 asks', (text, words, canonical) => {
    expect(parseIpv6(text)).toEqual(words);
    expect(formatIpv6(words)).toBe(canonical);
  });

  test.each([
    '',
    ':',
    ':::',
    '1',
    '1:',
    ':1',
    '1::2::3',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    '::1:2:3:4:5:6:7:8',
    '1:2:3:4:5:6:7:8::',
    '00001::',
    'g::',
    '::ffff:010.1.1.1',
    '::ffff:256.1.1.1',
    '::1.2.3',
    '1.2.3.4::',
    '::1.2.3.4:1',
    '1:2:3:4:5:6:7:1.2.3.4',
    '::1/128',
    '::1%eth0',
    ' ::1',
    '::1 ',
    '::-1',
    '1.2.3.4',
    '0000:0000:0000:0000:0000:ffff:255.255.255.2555',
  ])('`%s` is none', (text) => {
    expect(parseIpv6(text)).toBeNull();
  });

  test('every address survives being written and read, and an independent library reads the same', () => {
    const word = fc.oneof(fc.constantFrom(0, 1, 0xffff, 0x10000, 0xffffffff), fc.nat(0xffffffff));
    fc.assert(
      fc.property(fc.tuple(word, word, word, word), (words) => {
        const text = formatIpv6(words);
        expect(parseIpv6(text)).toEqual(words);
        expect(ipaddr.IPv6.parse(text).toRFC5952String()).toBe(text);
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  test('an independent library agrees on what is an address, but for octal and the deprecated ::1.2.3.4', () => {
    const piece = fc.constantFrom('', '0', '1', 'ffff', '10000', 'g', ':', '::', '1.2.3.4', '.', 'db8');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), fc.constantFrom(':', ''), (pieces, glue) => {
        const text = pieces.join(glue);
        if (/^::\d+\./u.test(text)) return;
        const theirs = ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text).toRFC5952String() : null;
        const ours = parseIpv6(text);
        expect(ours === null ? null : formatIpv6(ours), text).toBe(theirs);
      }),
      { seed: SEED, numRuns: 5000 },
    );
  });

  test('only ::ffff:0:0/96 is mapped', () => {
    expect(mappedIpv4([0, 0, 0xffff, 0x01020304])).toBe(0x01020304);
    expect(mappedIpv4([0, 0, 0xffff, 0])).toBe(0);
    for (const words of [
      [0, 0, 0, 1],
      [0, 0, 0xfffe, 1],
      [0, 1, 0xffff, 1],
      [1, 0, 0xffff, 1],
    ] as const) {
      expect(mappedIpv4(words)).toBe(-1);
    }
  });
});

describe('a client address', () => {
  test.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:0.0.0.0', '0.0.0.0'],
    ['0000:0000:0000:0000:0000:ffff:255.255.255.255', '255.255.255.255'],
    ['::FFFF:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1%eth0', '192.0.2.1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['fe80::1%', 'fe80::1'],
    ['fe80::1%25a:b', 'fe80::1'],
    ['::192.0.2.1', '::c000:201'],
    ['2001:DB8:0::1', '2001:db8::1'],
  ])('%s is %s', (text, normalised) => {
    const address = parseClientAddress(text);
    expect(address && formatClientAddress(address)).toBe(normalised);
  });

  test.each(['', 'localhost', '192.0.2.1%eth0', '192.0.2', '%eth0', '[::1]', '::1/128', '010.0.0.1', 'fe80::g%eth0'])(
    '`%s` is none',
    (text) => {
      expect(parseClientAddress(text)).toBeNull();
    },
  );
});
