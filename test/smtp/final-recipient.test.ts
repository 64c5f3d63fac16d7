import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { finalRecipient } from '../../src/smtp/final-recipient.ts';

const OWN = ['own.test', 'HOST.own.test', '[192.0.2.1]'];

test.each([
  ['v@else.test', 'v@else.test', []],
  ['u@own.test', 'u@own.test', []],
  ['postmaster', 'postmaster', []],
  ['v%else.test@own.test', 'v@else.test', ['percent-hack']],
  ['v%else.test@OWN.TEST.', 'v@else.test', ['percent-hack']],
  ['v%else.test@host.own.test', 'v@else.test', ['percent-hack']],
  ['v%else.test@[192.0.2.1]', 'v@else.test', ['percent-hack']],
  ['v%else.test@foreign.test', 'v%else.test@foreign.test', []],
  ['v%else.test', 'v@else.test', ['percent-hack']],
  ['"v%else.test"', 'v@else.test', ['percent-hack']],
  ['"v@else.test"', 'v@else.test', ['quoted-address']],
  ['"v@else.test"@own.test', 'v@else.test', ['quoted-address']],
  ['v\\@else.test@own.test', 'v@else.test', ['quoted-address']],
  ['"v\\@else.test"@own.test', 'v@else.test', ['quoted-address']],
  ['v@else.test@own.test', 'v@else.test', ['double-at']],
  ['v@else.test@', 'v@else.test', ['double-at']],
  ['@own.test:v@else.test', 'v@else.test', ['source-route']],
  ['@own.test,@s.test:v@else.test', 'v@else.test', ['source-route']],
  ['@else.test:u@own.test', 'u@own.test', ['source-route']],
  ['else.test!v', 'v@else.test', ['bang-path']],
  ['else.test!v@own.test', 'v@else.test', ['bang-path']],
  ['own.test!else.test!v', 'v@else.test', ['bang-path', 'bang-path']],
  ['own.test!v%else.test', 'v@else.test', ['bang-path', 'percent-hack']],
  ['else.test!v%own.test', 'v%own.test@else.test', ['bang-path']],
  ['v%else.test%own.test@own.test', 'v@else.test', ['percent-hack', 'percent-hack']],
  ['v%[192.0.2.9]@own.test', 'v@[192.0.2.9]', ['percent-hack']],
  ['[192.0.2.9]!v@own.test', 'v@[192.0.2.9]', ['bang-path']],
  ['v@[192.0.2.9]@own.test', 'v@[192.0.2.9]', ['double-at']],
  ['u%@own.test', 'u', ['percent-hack']],
  ['%else.test@own.test', '@else.test', ['percent-hack']],
  ['!v@own.test', 'v', ['bang-path']],
  ['"a\\\\@else.test"@own.test', 'a@else.test', ['quoted-address', 'quoted-address']],
  ['"a b"@own.test', '"a b"@own.test', []],
  ['@own.test:v%else.test@own.test', 'v@else.test', ['source-route', 'percent-hack']],
] as const)('who asks for `%s` reaches `%s`', (address, mailbox, undone) => {
  expect(finalRecipient(address, OWN)).toEqual({ mailbox, undone });
});

test('undoing operators always ends, and what it ends with has none left', () => {
  const piece = fc.constantFrom('v', 'own.test', 'else.test', '@', '%', '!', '"', '\\', ':', ',', '@own.test:');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const { mailbox } = finalRecipient(pieces.join(''), OWN);
      expect(finalRecipient(mailbox, OWN)).toEqual({ mailbox, undone: [] });
    }),
    { seed: 46, numRuns: 5000 },
  );
});
