import { recipientsOutOfScope } from '../../src/session/recipients.ts';
import { describe, expect, test } from 'vitest';
import { auditNames, auditNamesakes, recipientScope, withOwnHost } from '../../src/audit/names.ts';
import type { AuditIdentities } from '../../src/audit/request.ts';
import { fills } from '../../src/config/option-values.ts';

const IDENTITIES: AuditIdentities = {
  ownDomains: ['Example.com', '*.wild.example', 'second.example', 'third.example', 'bücher.example'],
  ownUsers: ['alice@example.com'],
  outside: 'v@outside.test',
  from: 's@sender.test',
  helo: 'c.test',
  partner: null,
  weakLogins: [],
  hostNames: ['MX2.example.net', 'mx.example.net'],
  fills: { 'outside-literal': '[198.51.100.99]', 'mx-domain': 'backup.test' },
};
const TARGET = { address: '198.51.100.25', name: 'mx.example.net', otherNames: ['mx.example.net', 'example.com'] };

describe('the names of an audit', () => {
  const names = auditNames(IDENTITIES, TARGET, { user: 'alice', password: 'secret' }, () => 'fffffffffffe');

  test('are taken from the own domains, from the login, and from what the operator tells', () => {
    expect(names).toMatchObject({
      own: 'example.com',
      host: 'mx.example.net',
      'second-own': 'second.example',
      'own-idn': 'xn--bcher-kva.example',
      'mx-domain': 'backup.test',
    });
    expect(Buffer.from(names['login-plain-as-other'] ?? '', 'base64').toString()).toBe(
      'postmaster@example.com\0alice\0secret',
    );
  });

  test('have further ones without repeats and without own domains', () => {
    expect(auditNamesakes(IDENTITIES, TARGET)).toEqual({
      host: ['mx2.example.net'],
      'second-own': ['third.example', 'xn--bcher-kva.example'],
    });
  });

  test("name the operator's host where the server names none", () => {
    expect(auditNames(IDENTITIES, { address: '::1', name: null }, null, () => 'fffffffffffe').host).toBe(
      'MX2.example.net',
    );
  });

  test("let the operator's own names be asked for", () => {
    expect(recipientScope(IDENTITIES, TARGET, null).auditorNames).toEqual(['[198.51.100.99]', 'backup.test']);
  });
});

describe("the literal of the auditor's own host", () => {
  const literalOf = (own: string | null, target: string, told = {}): string | undefined =>
    withOwnHost({ ...IDENTITIES, fills: told }, own, target).fills?.['outside-literal'];

  test.for([
    ['198.51.100.7', '198.51.100.25', '[198.51.100.7]'],
    ['2a00:1::7', '2a00:2::25', '[IPv6:2a00:1::7]'],
    ['10.0.0.7', '10.0.0.25', '[10.0.0.7]'],
    ['fd00:1::7', 'fd00:1::25', '[IPv6:fd00:1::7]'],
    // A container bridge or a router between two private networks may translate.
    ['10.0.0.7', '192.168.0.25', undefined],
    ['10.0.1.7', '10.0.0.25', undefined],
    ['fd00:1::7', 'fd00:2::25', undefined],
    ['10.0.0.7', 'fd00:1::25', undefined],
    // The address of a translator's inside is somebody else's at the server.
    ['10.0.0.7', '198.51.100.25', undefined],
    ['198.51.100.7', '10.0.0.25', undefined],
    ['127.0.0.2', '127.0.0.1', undefined],
    ['fe80::7', 'fe80::25', undefined],
    ['198.51.100.25', '198.51.100.25', undefined],
    [null, '198.51.100.25', undefined],
  ] as const)('from %s to %s is %s', ([own, target, literal]) => {
    expect(literalOf(own, target)).toBe(literal);
  });

  test('gives way to the one that the operator names', () => {
    expect(literalOf('10.0.0.7', '10.0.0.25', { 'outside-literal': '[10.0.0.9]' })).toBe('[10.0.0.9]');
  });
});

describe('the fresh label of a scope', () => {
  const scopeOf = (random: string | null) => recipientScope({ ...IDENTITIES, ownDomains: ['own.zz'] }, TARGET, random);
  const asked = (domain: string, random: string | null): readonly string[] =>
    recipientsOutOfScope(`RCPT TO:<v@${domain}>`, scopeOf(random));

  test('makes a name that nobody has, glued to an own domain as a whole', () => {
    const fresh = auditNames(IDENTITIES, TARGET, null, () => '0000000000ff').random ?? '';
    expect(fresh).toBe('q000000000000255');
    expect(asked(`${fresh}own.zz`, fresh)).toEqual([]);
    for (const other of [
      'other000000000000255own.zz',
      'q00000000000025own.zz',
      'q000000000000255.zz',
      'relayproofown.zz',
    ])
      expect(asked(other, fresh), other).toEqual([other]);
  });

  test('is none where it is no label of chance: a saved run may hold anything', () => {
    for (const random of [null, 'vic', 'q0123', 'q012345678901234.q012345678901234'])
      expect(asked(`${random}own.zz`, random)).not.toEqual([]);
  });
});

describe('--fill', () => {
  test.each([
    ['outside-literal=198.51.100.99', { 'outside-literal': '[198.51.100.99]' }],
    ['outside-literal=[IPv6:2001:db8::1]', { 'outside-literal': '[IPv6:2001:db8::1]' }],
    ['listed-address=10.0.0.1', { 'listed-address': '10.0.0.1' }],
    ['autoresponder=robot@example.com', { autoresponder: 'robot@example.com' }],
  ])('%s is taken', (text, expected) => {
    expect(fills(text, {})).toEqual(expected);
  });

  test.each(['own=x', 'mx-domain', 'listed-address=nowhere', 'autoresponder=robot', 'mx-domain=a b'])(
    '%s is refused',
    (text) => {
      expect(() => fills(text, {})).toThrow();
    },
  );
});
