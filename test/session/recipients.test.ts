import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isReservedDomain, recipientsOutOfScope, type RecipientScope } from '../../src/session/recipients.ts';

const SEED = 2606;
const SCOPE: RecipientScope = {
  ownDomains: ['target.zz'],
  outside: 'v@auditor.zz',
  targetNames: ['mx.hoster.zz', '[198.51.100.25]'],
};

function outside(path: string): readonly string[] {
  return recipientsOutOfScope(`RCPT TO:${path}`, SCOPE);
}

describe('a recipient may be named', () => {
  test.each([
    '<v@auditor.zz>',
    '<anybody@auditor.zz>',
    '<user@target.zz>',
    '<user@sub.target.zz>',
    '<USER@TARGET.ZZ.>',
    '<postmaster>',
    '<>',
    '<user@mx.hoster.zz>',
    '<user@[198.51.100.25]>',
    '<user@[127.0.0.1]>',
    '<user@localhost>',
    '<user@anything.test>',
    '<user@example.net>',
    '<user@sub.example.org>',
    '<v%auditor.zz@target.zz>',
    '<auditor.zz!v@target.zz>',
    '<@target.zz,@mx.hoster.zz:v@auditor.zz>',
    '<"v@auditor.zz"@target.zz>',
    '<first.last@target.zz>',
    '<user+tag@target.zz> NOTIFY=NEVER',
    '<user@ｔarget.zz>',
  ])('%s', (path) => {
    expect(outside(path)).toEqual([]);
  });
});

describe('a recipient is not named', () => {
  test.each([
    ['<v@victim.zz>', 'victim.zz'],
    ['<v@nottarget.zz>', 'nottarget.zz'],
    ['<v@target.zz.victim.zz>', 'target.zz.victim.zz'],
    ['<v@victim>', 'victim'],
    ['<v%victim.zz@target.zz>', 'victim.zz'],
    ['<v%victim@target.zz>', 'victim'],
    ['<victim.zz!v@target.zz>', 'victim.zz'],
    ['<victim!v@target.zz>', 'victim'],
    ['<@victim.zz:v@target.zz>', 'victim.zz'],
    ['<@target.zz,@victim.zz:v@target.zz>', 'victim.zz'],
    ['<"v@victim.zz"@target.zz>', 'victim.zz'],
    ['<v@target.zz@victim.zz>', 'victim.zz'],
    ['<v@victim.zz@target.zz>', 'victim.zz'],
    ['<v@[203.0.113.9]>', '[203.0.113.9]'],
    ['<v@[IPv6:2001:db8::9]>', '[IPv6:2001:db8::9]'],
    ['<v@VICTIM.ZZ.>', 'VICTIM.ZZ.'],
    ['<v@victim.zz> ORCPT=rfc822;v@other.zz', 'victim.zz'],
    ['v@victim.zz', 'victim.zz'],
  ])('%s, for %s', (path, name) => {
    expect(outside(path)).toContain(name);
  });
});

test('a name in scope with anything glued to its front is another name, unless a dot is between', () => {
  const label = fc.stringMatching(/^[a-z0-9]{1,8}$/);
  fc.assert(
    fc.property(label, fc.constantFrom('target.zz', 'auditor.zz', 'mx.hoster.zz'), (glued, name) => {
      expect(outside(`<v@${glued}${name}>`)).not.toEqual([]);
      if (name !== 'mx.hoster.zz') expect(outside(`<v@${glued}.${name}>`)).toEqual([]);
    }),
    { seed: SEED },
  );
});

test.each([
  ['example.com', true],
  ['EXAMPLE.COM.', true],
  ['sub.example.net', true],
  ['anything.test', true],
  ['anything.invalid', true],
  ['anything.example', true],
  ['localhost', true],
  ['notexample.com', false],
  ['example.com.victim.zz', false],
  ['test.zz', false],
  ['mail.corp.local', false],
  ['', false],
])('whether `%s` belongs to nobody: %s', (domain, reserved) => {
  expect(isReservedDomain(domain)).toBe(reserved);
});
