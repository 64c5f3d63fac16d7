import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRedactor } from '../../src/smtp/redact.ts';
import { leaksOf, randomSecrets, REFLECTIONS } from '../support/secrets.ts';

const SEED = 4616;
const SECRETS = randomSecrets(50, SEED);

/** Where a server could put what it sends back. */
const CONTEXTS: Readonly<Record<string, (echo: string) => string>> = {
  alone: (echo) => echo,
  'in a sentence': (echo) => `5.7.8 authentication failed: ${echo} (id 7)`,
  'between quotes': (echo) => `you said "${echo}"`,
  twice: (echo) => `${echo} and ${echo}`,
};

describe.each(Object.entries(REFLECTIONS))('a password that comes back %s', (_, encode) => {
  test.each(Object.entries(CONTEXTS))('%s is hidden, for 50 passwords', (__, put) => {
    for (const secret of SECRETS) {
      const echoed = put(encode(secret));
      expect(leaksOf(secret, echoed)).not.toEqual([]);
      const { redact } = createRedactor([secret]);
      expect(leaksOf(secret, redact(echoed))).toEqual([]);
      expect(redact(echoed)).toContain('[redacted]');
    }
  });

  test('is hidden when blanks or line ends cut it anywhere', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...SECRETS),
        fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
        fc.constantFrom('\n', ' ', '\r\n', '\t', '\n  '),
        (secret, cuts, blank) => {
          const letters = Array.from(encode(secret));
          for (const cut of cuts) letters[cut % letters.length] += blank;
          const echoed = `5.7.8 no: ${letters.join('')} again`;
          expect(leaksOf(secret, createRedactor([secret]).redact(echoed))).toEqual([]);
        },
      ),
      { seed: SEED, numRuns: 300 },
    );
  });
});

describe('a redactor', () => {
  const login = { user: 'alice', password: 'correct horse' };

  test('keeps what is no secret', () => {
    const { redact } = createRedactor([login]);
    for (const text of ['250 ok', 'AUTH PLAIN [redacted]', 'alice', 'correct  answer, horse', ''])
      expect(redact(text)).toBe(text);
    expect(createRedactor([]).redact('correct horse')).toBe('correct horse');
  });

  test('keeps the words around a secret', () => {
    expect(createRedactor([login]).redact('no: correct horse (7)')).toBe('no: [redacted] (7)');
  });

  test('knows several logins, and one that is a part of another', () => {
    const { redact } = createRedactor([login, { user: 'bob', password: 'correct horse battery' }]);
    expect(redact('correct horse battery, correct horse')).toBe('[redacted], [redacted]');
  });

  test('hides what it is told to hide later', () => {
    const redactor = createRedactor([]);
    expect(redactor.redact('dGltIGI5')).toBe('dGltIGI5');
    redactor.hide('dGltIGI5');
    expect(redactor.redact('you sent dGltIGI5')).toBe('you sent [redacted]');
  });

  test('leaves secrets of less than four characters: hiding them would shred every text', () => {
    const { redact } = createRedactor([{ user: 'a', password: 'ok' }]);
    expect(redact('250 ok')).toBe('250 ok');
    expect(redact(Buffer.from('\0a\0ok').toString('base64'))).toBe('[redacted]');
  });

  test('redacting what is redacted changes nothing', () => {
    const { redact } = createRedactor(SECRETS);
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom(...SECRETS.map(({ password }) => password)))),
        (parts) => {
          const once = redact(parts.join(' '));
          expect(redact(once)).toBe(once);
        },
      ),
      { seed: SEED, numRuns: 300 },
    );
  });
});
