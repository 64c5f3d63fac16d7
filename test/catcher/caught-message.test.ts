import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readCaughtContent } from '../../src/catcher/caught-message.ts';

const TOKEN = `rp1-${'a2b3'.repeat(8)}`;
const OTHER = `rp1-${'c4d5'.repeat(8)}`;

const read = (text: string): ReturnType<typeof readCaughtContent> => readCaughtContent(Buffer.from(text, 'utf8'));

/** Time of the processor, as a busy machine takes longer by the clock. */
async function cpuMsOf(message: Buffer): Promise<number> {
  const begun = process.cpuUsage();
  await readCaughtContent(message);
  const { user, system } = process.cpuUsage(begun);
  return (user + system) / 1000;
}

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
  test.for(places)('is its canary, found %s', async ([, text]) => {
    expect((await read(text)).canary).toBe(TOKEN);
  });

  const wrapped = (inner: string): string =>
    `Subject: =?utf-8?B?c2lnbmVk?=\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n${inner}\r\n--b--\r\n`;
  const base64 = (text: string): string => Buffer.from(text).toString('base64').replaceAll(/.{60}/g, '$&\r\n');
  const inner = `Subject: relayproof canary ${TOKEN}\r\n\r\n${'filling '.repeat(20)}${TOKEN}\r\n`;
  const encoded: readonly (readonly [string, string])[] = [
    ['in an encoded subject', `Subject: =?utf-8?B?${base64(`canary ${TOKEN}`).replaceAll('\r\n', '')}?=\r\n\r\nx\r\n`],
    ['in a body in base64', `Subject: x\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(inner)}\r\n`],
    [
      'in a body in quoted-printable, broken inside',
      `Subject: x\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${TOKEN.slice(0, 20)}=\r\n${TOKEN.slice(20)}\r\n`,
    ],
    [
      'in a message that is wrapped in base64',
      wrapped(`Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(inner)}`),
    ],
    [
      'in a file that is attached',
      wrapped(`Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(inner)}`),
    ],
  ];
  test.for(encoded)('is its canary once it is decoded, found %s', async ([, text]) => {
    expect((await read(text)).canary).toBe(TOKEN);
  });

  test('is read in a bounded time, however deep messages lie in messages', async () => {
    let deep = inner;
    for (let depth = 0; depth < 40; depth += 1)
      deep = wrapped(
        `Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(deep).slice(0, 200_000)}`,
      );
    const begun = performance.now();
    expect((await read(deep)).canary).toBeNull();
    expect(performance.now() - begun).toBeLessThan(5000);
  });

  const costly: readonly (readonly [string, (bytes: number) => string])[] = [
    ['empty lines', (bytes) => '\n'.repeat(bytes)],
    ['empty lines after a header', (bytes) => `Subject: x\r\n\r\n${'\r\n'.repeat(bytes / 2)}`],
    ['lines of a folded field', (bytes) => '\n '.repeat(bytes / 2)],
    ['lines of one letter', (bytes) => `Subject: x\r\n\r\n${'x\n'.repeat(bytes / 2)}`],
    ['messages in messages', (bytes) => 'Content-Type: message/rfc822\n\n'.repeat(bytes / 31)],
    ['groups of addresses', (bytes) => `To: ${'a:;'.repeat(bytes / 3)}\r\n\r\n`],
  ];
  test.for(costly)('is looked for in %s in a time that is bounded', async ([, textOf]) => {
    const costs: { few: number[]; many: number[] } = { few: [], many: [] };
    const [few, many] = [Buffer.from(textOf(32_768)), Buffer.from(textOf(262_144))];
    await cpuMsOf(few);
    while (costs.many.length < 3) {
      costs.few.push(await cpuMsOf(few));
      costs.many.push(await cpuMsOf(many));
    }
    // Eight times the bytes.
    expect(Math.min(...costs.many)).toBeLessThan(4 * Math.min(...costs.few) + 60);
  });

  test.for(['', 'Subject: x\r\n\r\nhello\r\n', 'Subject: rp1-short\r\n\r\n', '\r\n\r\n\r\n', ':\r\n: x\r\n'])(
    'is no canary where there is none: %j',
    async (text) => {
      expect((await read(text)).canary).toBeNull();
    },
  );

  test('is its trace, unfolded, newest first, and its subject', async () => {
    expect(
      await read(
        'Received: from b\r\n\tby c;\r\n\tTue\r\nReceived: from a\r\nSubject: h\u00e9llo\r\n there\r\n\r\nReceived: body\r\n',
      ),
    ).toEqual({
      canary: null,
      received: ['from b by c; Tue', 'from a'],
      subject: 'h\u00e9llo there',
    });
  });

  test('is never more than fifty hops', async () => {
    expect((await read('Received: x\r\n'.repeat(500))).received).toHaveLength(50);
  });

  test('is never more than a few pages of hops, the newest of them', async () => {
    const long = Array.from({ length: 40 }, (_, hop) => `Received: ${hop} ${'x'.repeat(1000)}\r\n`).join('');
    const { received } = await read(`${long}\r\n`);
    expect(received[0]).toMatch(/^0 x/);
    expect(received.join('').length).toBeLessThanOrEqual(16_384);
  });

  test('holds no control character, whatever came', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 400 }),
        fc.constantFrom('Subject: ', 'Received: ', 'X-Relayproof-Canary: ', ''),
        async (bytes, field) => {
          const content = await readCaughtContent(Buffer.concat([Buffer.from(field), Buffer.from(bytes)]));
          for (const text of [content.subject, ...content.received])
            expect(text).not.toMatch(/[\0-\u001f\u007f-\u009f\u202a-\u202e]/);
        },
      ),
      { seed: 11, numRuns: 2000 },
    );
  });
});
