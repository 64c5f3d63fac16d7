import { describe, expect, test } from 'vitest';
import { offeredMechanisms, offers, parseCapabilities, type Capabilities } from '../../src/smtp/capabilities.ts';

function capabilities(...lines: readonly string[]): Capabilities {
  return parseCapabilities({ code: 250, enhanced: null, lines });
}

describe('what a server says it can do', () => {
  test('is a name and keywords with their parameters', () => {
    const said = capabilities(
      'mx.example.com Hello client',
      'SIZE 10485760',
      'starttls',
      'AUTH PLAIN login',
      '8BITMIME',
    );
    expect(said.name).toBe('mx.example.com');
    expect([...said.keywords]).toEqual([
      ['SIZE', ['10485760']],
      ['STARTTLS', []],
      ['AUTH', ['PLAIN', 'login']],
      ['8BITMIME', []],
    ]);
    expect(offeredMechanisms(said)).toEqual(['PLAIN', 'LOGIN']);
  });

  test('is looked up without regard to case, with or without a parameter', () => {
    const said = capabilities('mx', 'AUTH PLAIN Login', 'STARTTLS');
    expect(offers(said, 'STARTTLS')).toBe(true);
    expect(offers(said, 'AUTH')).toBe(true);
    expect(offers(said, 'AUTH LOGIN')).toBe(true);
    expect(offers(said, 'AUTH CRAM-MD5')).toBe(false);
    expect(offers(said, 'SMTPUTF8')).toBe(false);
  });

  test('may use the old form AUTH=LOGIN', () => {
    expect(offeredMechanisms(capabilities('mx', 'AUTH=LOGIN PLAIN'))).toEqual(['LOGIN', 'PLAIN']);
  });

  test('may be nothing at all', () => {
    const said = parseCapabilities({ code: 250, enhanced: null, lines: [] });
    expect(said).toEqual({ name: '', keywords: new Map() });
    expect(offeredMechanisms(said)).toEqual([]);
    expect(capabilities('', '', '   ').keywords.size).toBe(0);
  });

  test('keeps 128 keywords of a server that sends thousands', () => {
    const said = capabilities('mx', ...Array.from({ length: 4000 }, (_, index) => `X-${index}`), 'STARTTLS');
    expect(said.keywords.size).toBe(128);
    expect(offers(said, 'STARTTLS')).toBe(false);
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('is not fooled by the keyword %s', (name) => {
    expect(offers(capabilities('mx', 'SIZE'), name)).toBe(false);
    const said = capabilities('mx', `${name} polluted`);
    expect(said.keywords.get(name.toUpperCase())).toEqual(['polluted']);
    expect(Object.keys({})).toEqual([]);
  });

  test('takes SIZE with numbers that are none for text', () => {
    for (const size of ['-1', '1e309', '99999999999999999999', 'x'.repeat(60_000)])
      expect(capabilities('mx', `SIZE ${size}`).keywords.get('SIZE')).toEqual([size]);
  });
});
