import { describe, expect, test } from 'vitest';
import { parsePath } from '../../src/smtp/path.ts';

const mailbox = (localPart: string, domain: string, more: object = {}) => ({
  kind: 'mailbox',
  sourceRoute: [],
  localPart,
  isQuoted: false,
  domain,
  ...more,
});

describe('a path of RFC 5321', () => {
  test.each([
    ['<>', { kind: 'null' }],
    ['<postmaster>', { kind: 'postmaster' }],
    ['<POSTMASTER>', { kind: 'postmaster' }],
    ['<user@example.com>', mailbox('user', 'example.com')],
    ["<a.b!#$%&'*+-/=?^_`{|}~@a-b.1>", mailbox("a.b!#$%&'*+-/=?^_`{|}~", 'a-b.1')],
    ['<"a b@\\"\\\\"@example.com>', mailbox('a b@"\\', 'example.com', { isQuoted: true })],
    ['<""@example.com>', mailbox('', 'example.com', { isQuoted: true })],
    ['<@a.test,@b.test:user@example.com>', mailbox('user', 'example.com', { sourceRoute: ['a.test', 'b.test'] })],
    ['<user@[192.0.2.1]>', mailbox('user', '[192.0.2.1]')],
    ['<user@[IPv6:2001:db8::1]>', mailbox('user', '[IPv6:2001:db8::1]')],
    ['<user@[0.0.0.0]>', mailbox('user', '[0.0.0.0]')],
    [`<a@${'b'.repeat(252)}>`, mailbox('a', 'b'.repeat(252))],
    [`<${'a'.repeat(64)}@b.test>`, mailbox('a'.repeat(64), 'b.test')],
  ])('%s is read', (text, path) => {
    expect(parsePath(text)).toEqual(path);
  });

  test.each([
    ['', 0, '`<`'],
    ['user@example.com', 0, '`<`'],
    ['x<postmaster>', 0, '`<`'],
    ['<postmaster>x', 11, '`@`'],
    ['<a@[xIPv6:::1]>', 3, 'an address literal such as [192.0.2.1] or [IPv6:::1]'],
    ['<a@[IPv6:zz]>', 3, 'an address literal such as [192.0.2.1] or [IPv6:::1]'],
    ['<@a.test;@b.test:u@c>', 8, '`:` or another `,@domain` of the source route'],
    ['<user>', 5, '`@`'],
    ['<user@>', 6, 'a domain'],
    ['<@example.com>', 13, '`:` or another `,@domain` of the source route'],
    ['<@a.test,b.test:u@c>', 8, '`:` or another `,@domain` of the source route'],
    ['<@:u@c>', 2, 'a domain'],
    ['<@a.test:>', 9, 'a local part'],
    ['<.a@b.test>', 1, 'a local part'],
    ['<a.@b.test>', 2, '`@`'],
    ['<a..b@c.test>', 2, '`@`'],
    ['<a b@c.test>', 2, '`@`'],
    ['<"a@c.test>', 1, 'a closed quoted string'],
    ['<"a"b@c.test>', 4, '`@`'],
    ['<a@b@c.test>', 4, '`>`'],
    ['<a@-b.test>', 3, 'a domain'],
    ['<a@b-.test>', 4, '`>`'],
    ['<a@b..test>', 4, '`>`'],
    ['<a@b.test.>', 9, '`>`'],
    ['<a@b_c.test>', 4, '`>`'],
    ['<a@b.test', 9, '`>`'],
    ['<a@b.test> ', 10, 'the end'],
    ['<a@[192.0.2.1>', 3, 'an address literal such as [192.0.2.1] or [IPv6:::1]'],
    ['<a@[192.0.2.256]>', 3, 'an address literal such as [192.0.2.1] or [IPv6:::1]'],
    ['<a@[::1]>', 3, 'an address literal such as [192.0.2.1] or [IPv6:::1]'],
    ['<ü@b.test>', 1, 'a local part'],
    ['<a@bücher.test>', 4, '`>`'],
    ['<"ü"@b.test>', 1, 'a closed quoted string'],
    ['<"a\tb"@b.test>', 1, 'a closed quoted string'],
    [`<${'a'.repeat(65)}@b.test>`, 1, 'a local part of at most 64 octets'],
    [`<a@${'b'.repeat(254)}>`, 256, 'at most 256 octets'],
  ])('%s is malformed at %i', (text, at, expected) => {
    expect(parsePath(text)).toEqual({ kind: 'malformed', at, expected });
  });

  test.each([
    ['<ü.中@bücher.test>', mailbox('ü.中', 'bücher.test')],
    ['<"ü x"@b.test>', mailbox('ü x', 'b.test', { isQuoted: true })],
    ['<@bücher.test:a@b.test>', mailbox('a', 'b.test', { sourceRoute: ['bücher.test'] })],
  ])('with SMTPUTF8 %s is read', (text, path) => {
    expect(parsePath(text, { smtputf8: true })).toEqual(path);
  });

  test('with SMTPUTF8 lengths count octets, not letters', () => {
    expect(parsePath(`<${'ü'.repeat(32)}@b.test>`, { smtputf8: true }).kind).toBe('mailbox');
    expect(parsePath(`<${'ü'.repeat(33)}@b.test>`, { smtputf8: true }).kind).toBe('malformed');
    expect(parsePath(`<a@${'ü'.repeat(127)}>`, { smtputf8: true }).kind).toBe('malformed');
  });
});
