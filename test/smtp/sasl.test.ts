import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseMechanism, cramMd5Response, loginResponses, plainResponse } from '../../src/smtp/sasl.ts';

const SEED = 4954;

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}

describe('SASL PLAIN', () => {
  test('says what the first example of RFC 4616 §4 says', () => {
    const response = plainResponse({ user: 'tim', password: 'tanstaaftanstaaf' });
    expect(decoded(response)).toBe('\0tim\0tanstaaftanstaaf');
    expect(response).toBe('AHRpbQB0YW5zdGFhZnRhbnN0YWFm');
  });

  test('says what the second example of RFC 4616 §4 says, with an identity to act as', () => {
    expect(decoded(plainResponse({ user: 'Kurt', password: 'xipj3plmq' }, 'Ursel'))).toBe('Ursel\0Kurt\0xipj3plmq');
  });

  test('sends letters beyond ASCII in UTF-8, and an empty user or password as it is', () => {
    expect(decoded(plainResponse({ user: 'jürgen', password: 'grün' }))).toBe('\0jürgen\0grün');
    expect(decoded(plainResponse({ user: '', password: '' }))).toBe('\0\0');
  });
});

test('AUTH LOGIN answers the two questions in their order', () => {
  expect(loginResponses({ user: 'tim', password: 'tanstaaf' }).map(decoded)).toEqual(['tim', 'tanstaaf']);
  expect(loginResponses({ user: '', password: '' })).toEqual(['', '']);
});

describe('CRAM-MD5', () => {
  test('says what the example of RFC 2195 §2 says', () => {
    const challenge = Buffer.from('<1896.697170952@postoffice.reston.mci.net>').toString('base64');
    const response = cramMd5Response({ user: 'tim', password: 'tanstaaftanstaaf' }, challenge);
    expect(decoded(response)).toBe('tim b913a602c7eda7a495b4e6e7334d3890');
    expect(response).toBe('dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw');
  });

  test('never shows the password, and never throws for a challenge that is no base64', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), fc.string(), (password, challenge) => {
        expect(decoded(cramMd5Response({ user: 'tim', password }, challenge))).toMatch(/^tim [0-9a-f]{32}$/);
      }),
      { seed: SEED },
    );
  });
});

test.each([
  [['PLAIN', 'LOGIN', 'CRAM-MD5'], 'CRAM-MD5'],
  [['login', 'plain'], 'PLAIN'],
  [['LOGIN', 'XOAUTH2'], 'LOGIN'],
  [['XOAUTH2', 'SCRAM-SHA-256'], null],
  [[], null],
])('of %j the mechanism %s is chosen', (offered, chosen) => {
  expect(chooseMechanism(offered)).toBe(chosen);
});
