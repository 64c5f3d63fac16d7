import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatAddressEntry, ipv4Bounds, isContiguous, parseAddressEntry } from '../../src/policy/address-entry.ts';
import { entryText, SEED } from './arbitrary-policy.ts';

describe('an address entry', () => {
  test.each([
    ['*', '*'],
    ['*.*.*.*', '*'],
    ['10.1.2.3', '10.1.2.3'],
    ['192.10-50.*.*', '192.10-50.*.*'],
    ['0-255.0-0.5-5.*', '*.0.5.*'],
    ['0-255.*.*.*', '0.0.0.0/0'],
    ['192.168.0.0/16', '192.168.*.*'],
    ['192.168.77.1/16', '192.168.*.*'],
    ['10.1.2.3/0', '0.0.0.0/0'],
    ['10.1.2.3/32', '10.1.2.3'],
    ['10.1.2.3/30', '10.1.2.0-3'],
    ['10.1.2.77/23', '10.1.2-3.*'],
    ['172.16.0.0/12', '172.16-31.*.*'],
    ['::1', '::1'],
    ['::1/128', '::1'],
    ['2001:DB8:0::/32', '2001:db8::/32'],
    ['2001:db8:1:2:3:4:5:6/33', '2001:db8::/33'],
    ['2001:db8:ffff::/33', '2001:db8:8000::/33'],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/64', 'ffff:ffff:ffff:ffff::/64'],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/127', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127'],
    ['::1/0', '::/0'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['::ffff:192.0.2.1/120', '192.0.2.*'],
    ['::ffff:0:0/96', '0.0.0.0/0'],
    ['::ffff:0:0/95', '::fffe:0:0/95'],
    ['::1.2.3.4', '::102:304'],
  ])('`%s` stands for %s', (text, normalised) => {
    const parsed = parseAddressEntry(text);
    expect(parsed.kind === 'ok' ? formatAddressEntry(parsed.entry) : parsed).toBe(normalised);
  });

  test.each([
    ['', 'empty: write an address such as 10.1.2.3, or leave it out'],
    ['10.1.2', 'an IPv4 entry has four parts, this has 3: write one such as 10.1.2.*'],
    ['10.1.', 'an IPv4 entry has four parts, this has 2: write one such as 10.1.*.*'],
    ['10', 'an IPv4 entry has four parts, this has 1: write one such as 10.*.*.*'],
    ['10.1.2.3.4', 'an IPv4 entry has four parts, this has 5: write one such as 10.1.*.*'],
    ['10..1.2', 'an IPv4 entry has four parts, this has 3: write one such as 10.1.2.*'],
    ['256.1.1.1', '`256` is out of range: a part goes from 0 to 255'],
    ['1.1.1.999', '`999` is out of range: a part goes from 0 to 255'],
    ['1.1.1.1000', '`1000` is out of range: a part goes from 0 to 255'],
    ['1.1-256.1.1', '`1-256` is out of range: a part goes from 0 to 255'],
    ['9-3.*.*.*', 'the range `9-3` runs backwards: write 3-9'],
    ['010.1.1.1', '`010` has a leading zero, which some programs read as octal: write 10'],
    ['10.1.1.00', '`00` has a leading zero, which some programs read as octal: write 0'],
    ['10.1-09.1.1', '`1-09` has a leading zero, which some programs read as octal: write 1-9'],
    ['1.1.1.1-', '`1-` must be a number from 0 to 255, `*` or a range such as 5-9'],
    ['1.1.1.-1', '`-1` must be a number from 0 to 255, `*` or a range such as 5-9'],
    ['1.1.1.1-2-3', '`1-2-3` must be a number from 0 to 255, `*` or a range such as 5-9'],
    ['1.1.1.1-*', '`1-*` must be a number from 0 to 255, `*` or a range such as 5-9'],
    ['1.1.1.1*', '`1*` must be a number from 0 to 255, `*` or a range such as 5-9'],
    ['1.1.1.**', '`**` must be a number from 0 to 255, `*` or a range such as 5-9'],
    ['1.2.3.4/33', '`/33` must be a whole number from /0 to /32'],
    ['1.2.3.4/', '`/` must be a whole number from /0 to /32'],
    ['1.2.3.4/08', '`/08` must be a whole number from /0 to /32'],
    ['1.2.3.4/-1', '`/-1` must be a whole number from /0 to /32'],
    ['1.2.3.4/255.0.0.0', '`/255.0.0.0` must be a whole number from /0 to /32'],
    ['10.*.*.*/8', 'a block has no wildcards or ranges: write either 10.0.0.0/8 or 10.*.*.*'],
    ['10.1-2.0.0/8', 'a block has no wildcards or ranges: write either 10.0.0.0/8 or 10.*.*.*'],
    ['10.1/16', 'an IPv4 entry has four parts, this has 2: write one such as 10.1.*.*'],
    ['256.0.0.0/8', '`256` is out of range: a part goes from 0 to 255'],
    ['1.2.3.4/8/8', 'more than one `/`: write one block such as 10.0.0.0/8'],
    ['::1/129', '`/129` must be a whole number from /0 to /128'],
    ['::1/', '`/` must be a whole number from /0 to /128'],
    ['::g', 'no IPv6 address: write one such as ::1 or a block such as 2001:db8::/32'],
    ['::ffff:1.2.3', 'no IPv6 address: write one such as ::1 or a block such as 2001:db8::/32'],
    ['10.1.2.3,10.1.2.4', 'more than one address: write each as an item of its own'],
    ['10.1.2.3 10.1.2.4', 'more than one address: write each as an item of its own'],
  ])('`%s` is none: %s', (text, fault) => {
    expect(parseAddressEntry(text)).toEqual({ kind: 'invalid', message: `address entry \`${text}\`: ${fault}` });
  });

  test.each([
    'mail.example.com',
    'localhost',
    '0x7f.0.0.1',
    '１.2.3.4',
    '10.1.2.3a',
    '[10.1.2.3]',
    '-',
    'a/8',
    '10.0.0.0/8a/',
    '1.2.3.4%eth0',
  ])('`%s` is none', (text) => {
    expect(parseAddressEntry(text).kind).toBe('invalid');
  });

  test('a host name is told that names are not looked up', () => {
    expect(parseAddressEntry('mail.example.com')).toEqual({
      kind: 'invalid',
      message:
        'address entry `mail.example.com`: no address: host names are not looked up, write an address such as 10.1.2.3, 10.1.*.*, 10.1.0.0/16 or ::1',
    });
  });

  test('a very long entry is shown by its beginning', () => {
    const parsed = parseAddressEntry('x'.repeat(200));
    expect(parsed.kind === 'invalid' && parsed.message).toContain(`\`${'x'.repeat(80)}...\``);
    const shorter = parseAddressEntry('x'.repeat(80));
    expect(shorter.kind === 'invalid' && shorter.message).toContain(`\`${'x'.repeat(80)}\``);
  });

  test('the normalised text of an entry stands for the same addresses', () => {
    fc.assert(
      fc.property(entryText, (text) => {
        const parsed = parseAddressEntry(text);
        expect(parsed.kind).toBe('ok');
        if (parsed.kind === 'ok') expect(parseAddressEntry(formatAddressEntry(parsed.entry))).toEqual(parsed);
      }),
      { seed: SEED, numRuns: 3000 },
    );
  });
});

test.each([
  ['10.1.2.3', true, 0x0a010203, 0x0a010203],
  ['10.1.2.*', true, 0x0a010200, 0x0a0102ff],
  ['10.1-5.*.*', true, 0x0a010000, 0x0a05ffff],
  ['0-255.*.*.*', true, 0, 0xffffffff],
  ['10.1-5.1.*', false, 0x0a010100, 0x0a0501ff],
  ['*.*.*.7', false, 7, 0xffffff07],
  ['10-20.*.5-9.*', false, 0x0a000500, 0x14ff09ff],
  ['10.1.2-3.0-254', false, 0x0a010200, 0x0a0103fe],
  ['10.1.2-3.1-255', false, 0x0a010201, 0x0a0103ff],
])('`%s` follows without a gap: %s', (text, contiguous, first, last) => {
  const parsed = parseAddressEntry(text);
  if (parsed.kind !== 'ok' || parsed.entry.kind !== 'ipv4') throw new Error('not an IPv4 entry');
  expect(isContiguous(parsed.entry.octets)).toBe(contiguous);
  expect(ipv4Bounds(parsed.entry.octets)).toEqual({ first, last });
});
