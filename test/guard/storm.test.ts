import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { sayAll } from './client.ts';
import { MESSAGE, startRig } from './rig.ts';

const MAIL = 'MAIL FROM:<s@elsewhere.test>';
const RCPT = 'RCPT TO:<bob@example.com>';

/** Ways to hold a connection for ever: what is said first, and what is dripped then. */
const SLOW: readonly (readonly [string, readonly string[], string])[] = [
  ['idle from the beginning', [], ''],
  ['a command that never ends', ['EHLO c.test'], 'N'],
  ['a message that never ends', ['EHLO c.test', MAIL, RCPT, 'DATA'], 'x'],
  ['a session of nothing', ['EHLO c.test'], 'NOOP\r\n'],
];

test('a hundred slow clients do not keep an honest one waiting, and are gone at their deadlines', async (context) => {
  const rig = await startRig(context, {
    limits: { commandMs: 1500, dataGraceMs: 1500, sessionMs: 2500, idleCommandsPerSession: Infinity },
  });
  // Given a hundred clients that hold their connections
  const held = await Promise.all(
    Array.from({ length: 100 }, async (_, index) => {
      const [, lines, drip] = SLOW[index % SLOW.length] ?? ['', [], ''];
      const client = await rig.client();
      await sayAll(client, lines);
      const timer = setInterval(() => {
        if (drip !== '') client.write(drip);
      }, 50);
      return { client, timer };
    }),
  );
  // When an honest one comes
  const started = performance.now();
  const honest = await rig.client();
  const codes = await sayAll(honest, ['EHLO c.test', MAIL, RCPT, 'DATA', MESSAGE]);
  // Then it is served at once, and the others do not last
  expect(codes.at(-1)).toBe(250);
  expect(performance.now() - started).toBeLessThan(1000);
  for (const { client, timer } of held) {
    await client.ended;
    clearInterval(timer);
  }
  expect(performance.now() - started).toBeLessThan(6000);
  await until('the message', () => rig.sink.messages().length === 1);
});

/** Everything that a session is made of, in any order. */
const anyLine = fc.oneof(
  fc.constantFrom(
    'EHLO c.test',
    'HELO c.test',
    MAIL,
    'MAIL FROM:<>',
    RCPT,
    'RCPT TO:<v@outside.test>',
    'RCPT TO:<v%outside.test@example.com>',
    'DATA',
    '.',
    'Subject: x',
    '',
    'RSET',
    'NOOP',
    'AUTH PLAIN AAAA',
    'AUTH LOGIN',
    '*',
    'STARTTLS',
    'XCLIENT ADDR=10.1.2.3',
    'XFORWARD ADDR=10.1.2.3',
    'PROXY TCP4 10.1.2.3 127.0.0.1 1 25',
    'BDAT 3 LAST',
    'QUIT',
    'GET / HTTP/1.1',
    '__proto__',
    'constructor x',
    'toString',
    'handler_QUIT',
  ),
  fc.string({ unit: 'binary', maxLength: 60 }),
);

test('whatever clients say in whatever pieces, only own mailboxes get mail and the guard goes on', async (context) => {
  const rig = await startRig(context);
  const sessions = fc.sample(
    fc.record({
      lines: fc.array(anyLine, { maxLength: 25 }),
      ending: fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r'),
      size: fc.constantFrom(1, 7, 1000),
      how: fc.constantFrom('reset', 'end'),
    }),
    { numRuns: 400, seed: 20_261_126 },
  );
  for (let start = 0; start < sessions.length; start += 40) {
    await Promise.all(
      sessions.slice(start, start + 40).map(async ({ lines, ending, size, how }) => {
        const client = await rig.client();
        const bytes = Buffer.from(lines.map((line) => line + ending).join(''), 'utf8');
        for (let at = 0; at < bytes.length; at += size) {
          client.write(bytes.subarray(at, at + size));
          if (at % 50 === 0) await new Promise(setImmediate);
        }
        client[how === 'end' ? 'end' : 'reset']();
        await client.ended;
      }),
    );
  }
  const honest = await rig.client();
  expect((await sayAll(honest, ['EHLO c.test', MAIL, RCPT, 'DATA', MESSAGE])).at(-1)).toBe(250);
  expect(new Set(rig.sink.forwardPaths())).toEqual(new Set(['bob@example.com']));
});
