import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCaughtContent } from '../../src/catcher/caught-message.ts';

const TOKEN = `rp1-${'a2b3'.repeat(8)}`;
const OTHER = `rp1-${'c4d5'.repeat(8)}`;

const read = (text: string): ReturnType<typeof readCaughtContent> => readCaughtContent(Buffer.from(text, 'utf8'));

describe('what a caught message says', () => {
  const places: readonly (readonly [string, string])[] = [
    ['in its own field', `X-Relayproof-Canary: ${TOKEN}\r\nSubject: x\r\n\r\nx\r\n`],
    ['in its own field, whatever the case', `x-relayproof-CANARY:${TOKEN.toUpperCase()}\r\n\r\n`],
    ['in a folded field', `X-Relayproof-Canary:\r\n\t${TOKEN}\r\n\r\n`],
    ['in the subject', `Subject: relayproof canary ${TOKEN}\r\n\r\n`],
    ['in the body', `Subject: x\r\n\r\nfor ${TOKEN}.\r\n`],
    [
      'in a bounce that returns it',
      `Subject: Undelivered\r\n\r\n--b\r\n\r\nX-Relayproof-Canary: ${TOKEN}\r\n--b--\r\n`,
    ],
    ['under bare line feeds', `Subject: x\nX-Relayproof-Canary: ${TOKEN}\n\nx\n`],
    ['in its own field rather than elsewhere', `Subject: ${OTHER}\r\nX-Relayproof-Canary: ${TOKEN}\r\n\r\n${OTHER}`],
    ['in the subject rather than in the body', `Subject: ${TOKEN}\r\n\r\n${OTHER}`],
  ];
  test.for(places)('is its canary, found %s', ([, text]) => {
    expect(read(text).canary).toBe(TOKEN);
  });

  test.for(['', 'Subject: x\r\n\r\nhello\r\n', 'Subject: rp1-short\r\n\r\n', '\r\n\r\n\r\n', ':\r\n: x\r\n'])(
    'is no canary where there is none: %j',
    (text) => {
      expect(read(text).canary).toBeNull();
    },
  );

  test('is its trace, unfolded, newest first, and its subject', () => {
    expect(
      read(
        'Received: from b\r\n\tby c;\r\n\tTue\r\nReceived: from a\r\nSubject: h\u00e9llo\r\n there\r\n\r\nReceived: body\r\n',
      ),
    ).toEqual({
      canary: null,
      received: ['from b by c; Tue', 'from a'],
      subject: 'h\u00e9llo there',
    });
  });

  test('is never more than fifty hops', () => {
    expect(read('Received: x\r\n'.repeat(500)).received).toHaveLength(50);
  });

  test('holds no control character, whatever came', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 400 }),
        fc.constantFrom('Subject: ', 'Received: ', 'X-Relayproof-Canary: ', ''),
        (bytes, field) => {
          const content = readCaughtContent(Buffer.concat([Buffer.from(field), Buffer.from(bytes)]));
          for (const text of [content.subject, ...content.received])
            expect(text).not.toMatch(/[\0-\u001f\u007f-\u009f\u202a-\u202e]/);
        },
      ),
      { seed: 11, numRuns: 2000 },
    );
  });
});
