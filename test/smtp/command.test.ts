import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { commandBytes, commandVerb, mailDataBytes } from '../../src/smtp/command.ts';

const SEED = 2821;

test('a command line is its text in UTF-8 and CRLF, and nothing else is done to it', () => {
  expect(commandBytes('RCPT TO:<grün@example.com>')).toEqual(
    Buffer.from('RCPT TO:<gr\u00fcn@example.com>\r\n', 'utf8'),
  );
  expect(commandBytes('')).toEqual(Buffer.from('\r\n'));
  expect(commandBytes('NOOP\0 \t')).toEqual(Buffer.from('NOOP\0 \t\r\n'));
});

test.each([
  ['EHLO client.test', 'EHLO'],
  ['mail from:<>', 'MAIL'],
  ['RCPT TO:<v@elsewhere.test>', 'RCPT'],
  ['  \trcpt to:<v@elsewhere.test>', 'RCPT'],
  ['RCPT\tTO:<v@elsewhere.test>', 'RCPT'],
  ['RCPT', 'RCPT'],
  ['RcPt:', 'RCPT'],
  ['STARTTLS', 'STARTTLS'],
  ['', ''],
  ['<v@elsewhere.test>', ''],
  ['dGltAA==', 'DGLTAA'],
])('the verb of `%s` is `%s`', (line, verb) => {
  expect(commandVerb(line)).toBe(verb);
});

describe('mail data', () => {
  test('ends in CRLF . CRLF, and dots at the beginning of a line are doubled (RFC 5321 §4.5.2)', () => {
    expect(mailDataBytes(['a', '.', '..b', 'c.']).toString()).toBe('a\r\n..\r\n...b\r\nc.\r\n.\r\n');
  });

  test('may be empty: then there is only the dot', () => {
    expect(mailDataBytes([]).toString()).toBe('.\r\n');
  });

  test('comes out of a reader as it went in, and ends only at its end', () => {
    const line = fc.string({ unit: fc.constantFrom('.', 'a', ' ', '\u00e9', '-'), maxLength: 6 });
    fc.assert(
      fc.property(fc.array(line, { maxLength: 8 }), (lines) => {
        const wire = `\r\n${mailDataBytes(lines).toString('utf8')}`;
        const end = wire.indexOf('\r\n.\r\n');
        expect(end).toBe(wire.length - 5);
        const read = wire
          .slice(0, end)
          .split('\r\n')
          .slice(1)
          .map((one) => one.replace(/^\./, ''));
        expect(read).toEqual(lines);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});
