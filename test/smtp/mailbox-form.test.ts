import * as fc from 'fast-check';
import { domainToASCII, domainToUnicode } from 'node:url';
import { describe, expect, test } from 'vitest';
import { mailboxForm } from '../../src/smtp/mailbox-form.ts';

describe('a plain mailbox', () => {
  test.each([
    ['', ''],
    ['postmaster', 'postmaster'],
    ['PostMaster', 'postmaster'],
    ['user@example.com', 'user@example.com'],
    ['User.Name+tag@EXAMPLE.Com', 'User.Name+tag@example.com'],
    ["#$&'*+/=?^_`{}~-x@a-1.example", "#$&'*+/=?^_`{}~-x@a-1.example"],
    ['a/b@example.com', 'a/b@example.com'],
    ['user@localhost', 'user@localhost'],
    ['user@bücher.example', 'user@xn--bcher-kva.example'],
    ['user@EXAMPLE.bücher', 'user@example.xn--bcher-kva'],
    ['user@xn--bcher-kva.example', 'user@xn--bcher-kva.example'],
    ['user@XN--BCHER-KVA.EXAMPLE', 'user@xn--bcher-kva.example'],
    ['user@xn--strae-oqa.example', 'user@xn--strae-oqa.example'],
    ['user@1.example', 'user@1.example'],
    ['user@r3---sn.example', 'user@r3---sn.example'],
    ['user@[192.0.2.1]', 'user@[192.0.2.1]'],
    ['user@[0.0.0.0]', 'user@[0.0.0.0]'],
    ['user@host.1a', 'user@host.1a'],
    ['user@host.a1', 'user@host.a1'],
    ['user@host.0xg', 'user@host.0xg'],
    ['user@[IPv6:2001:DB8::1]', 'user@[IPv6:2001:db8::1]'],
    ['user@[ipv6:::1]', 'user@[IPv6:::1]'],
    [`${'a'.repeat(64)}@example.com`, `${'a'.repeat(64)}@example.com`],
    [`a@${'b'.repeat(63)}.com`, `a@${'b'.repeat(63)}.com`],
  ])('`%s` goes on the wire as `%s`', (address, mailbox) => {
    expect(mailboxForm(address)).toEqual({ kind: 'plain', mailbox });
  });
});

describe('an ambiguous address', () => {
  test.each([
    ['user', 'no domain'],
    ['xpostmaster', 'no domain'],
    ['user@[xIPv6:::1]', 'an address literal that is no address'],
    ['user@[IPv6:::ffff:0.0.0.0]', 'an IPv4 address written as an IPv6 literal'],
    ['user@host.0x1f', 'a domain that reads as a number'],
    ['user@host.0x', 'a domain that reads as a number'],
    ['postmaster@', 'a domain that is no host name'],
    ['@example.com', 'an empty local part'],
    ['ü@example.com', 'a local part outside ASCII'],
    [`${'a'.repeat(65)}@example.com`, 'a local part of more than 64 octets'],
    ['"user"@example.com', 'a quoted local part'],
    ['us\\er@example.com', 'a quoted local part'],
    ['user%evil.test@example.com', 'a routing operator in the local part'],
    ['evil.test!user@example.com', 'a routing operator in the local part'],
    ['user@evil.test@example.com', 'a routing operator in the local part'],
    ['@a.test:user@example.com', 'a routing operator in the local part'],
    ['/etc/passwd@example.com', 'a local part that looks like a file name'],
    ['|cmd@example.com', 'a local part that is no dot-atom'],
    ['user,b@example.com', 'a local part that is no dot-atom'],
    ['a;b@example.com', 'a local part that is no dot-atom'],
    ['a:b@example.com', 'a local part that is no dot-atom'],
    ['a(c)@example.com', 'a local part that is no dot-atom'],
    ['<a@example.com', 'a local part that is no dot-atom'],
    ['a>@example.com', 'a local part that is no dot-atom'],
    ['a[b@example.com', 'a local part that is no dot-atom'],
    ['a]b@example.com', 'a local part that is no dot-atom'],
    ['a b@example.com', 'a local part that is no dot-atom'],
    ['a\0@example.com', 'a local part that is no dot-atom'],
    ['a\r\nb@example.com', 'a local part that is no dot-atom'],
    ['.a@example.com', 'a local part that is no dot-atom'],
    ['a.@example.com', 'a local part that is no dot-atom'],
    ['a..b@example.com', 'a local part that is no dot-atom'],
    ['a@example.com.', 'a domain with a trailing dot'],
    ['a@.example.com', 'a domain that is no host name'],
    ['a@example..com', 'a domain that is no host name'],
    ['a@-a.com', 'a domain that is no host name'],
    ['a@a-.com', 'a domain that is no host name'],
    ['a@a_b.com', 'a domain that is no host name'],
    ['a@a b.com', 'a domain that is no host name'],
    ['a@a.com(c)', 'a domain that is no host name'],
    ['a@host:25', 'a domain that is no host name'],
    ['a@xn--', 'a domain that is no host name'],
    ['a@xn--a.com', 'a domain that is no host name'],
    ['a@xn--example-.com', 'a domain that is no host name'],
    ['a@\u{d800}.com', 'a domain that is no host name'],
    [`a@${'b'.repeat(64)}.com`, 'a domain that is no host name'],
    [`a@${'b.'.repeat(126)}com`, 'a domain that is no host name'],
    [`a@${'ü'.repeat(256)}`, 'a domain that is no host name'],
    ['a@ｅvil.com', 'a domain that is not in its canonical form'],
    ['a@exam\u{ad}ple.com', 'a domain that is not in its canonical form'],
    ['a@℡.com', 'a domain that is not in its canonical form'],
    ['a@BÜCHER.example', 'a domain that is not in its canonical form'],
    ['a@example。com', 'a domain that is not in its canonical form'],
    ['a@\u{212a}.com', 'a domain that is not in its canonical form'],
    ['a@bu\u{308}cher.example', 'a domain that is not in its canonical form'],
    ['a@straße.example', 'a domain that older software maps to another name'],
    ['a@1', 'a domain that reads as a number'],
    ['a@0x7f.1', 'a domain that reads as a number'],
    ['a@2130706433', 'a domain that reads as a number'],
    ['a@a.0x', 'a domain that reads as a number'],
    ['a@1.2.3.4', 'a domain that reads as a number'],
    ['a@[127.1]', 'an address literal that is no address'],
    ['a@[321.1.2.3]', 'an address literal that is no address'],
    ['a@[IPv6:1::2::3]', 'an address literal that is no address'],
    ['a@[::1]', 'an address literal that is no address'],
    ['a@[x-tag:y]', 'an address literal that is no address'],
    ['a@[IPv6:::ffff:192.0.2.1]', 'an IPv4 address written as an IPv6 literal'],
    ['a@[192.0.2.1', 'a domain that is no host name'],
    ['a@example.com。', 'a domain that is no host name'],
  ])('`%s` has %s', (address, reason) => {
    expect(mailboxForm(address)).toEqual({ kind: 'ambiguous', reason });
  });
});

const letter = fc.constantFrom(
  'a',
  'Z',
  '0',
  '1',
  '9',
  '-',
  '.',
  '_',
  'x',
  'xn--',
  'xn--bcher-kva',
  '0x7f',
  'ü',
  'Ü',
  'ß',
  'ς',
  'ı',
  'é',
  'e\u{301}',
  'ｅ',
  '℡',
  '\u{ad}',
  '\u{200d}',
  '\u{200c}',
  '。',
  '\u{212a}',
  'ا',
  'א',
  '中',
  '١',
  '😀',
  '%',
  '@',
  ' ',
  '\0',
  '[',
  ']',
  '⒈',
  '\u{1806}',
);
const trickyDomain = fc.oneof(
  fc.array(letter, { minLength: 1, maxLength: 6 }).map((letters) => letters.join('')),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }),
  fc.domain(),
);

test('a plain domain is the one that a resolver reads, from either of its forms', () => {
  let plain = 0;
  fc.assert(
    fc.property(trickyDomain, (domain) => {
      const form = mailboxForm(`user@${domain}`);
      if (form.kind === 'ambiguous' || domain.startsWith('[') || domain.includes('@')) return;
      plain += 1;
      const wire = form.mailbox.slice('user@'.length);
      expect(wire).toMatch(/^[a-z0-9.-]+$/u);
      expect(domainToASCII(domain)).toBe(wire);
      expect(domainToASCII(domainToUnicode(wire))).toBe(wire);
    }),
    { seed: 44, numRuns: 20_000 },
  );
  expect(plain).toBeGreaterThan(5000);
});

test('a plain mailbox is plain again and unchanged', () => {
  const local = fc
    .array(fc.constantFrom('a', 'B', '.', '+', '/', '|', '%', '!', '"', '\\', ',', 'ü', ' '), { maxLength: 4 })
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(local, trickyDomain, (localPart, domain) => {
      const form = mailboxForm(`${localPart}@${domain}`);
      if (form.kind === 'ambiguous') return;
      expect(form.mailbox).toMatch(/^[!-~]+@[!-~]+$/u);
      expect(mailboxForm(form.mailbox)).toEqual(form);
    }),
    { seed: 45, numRuns: 20_000 },
  );
});
