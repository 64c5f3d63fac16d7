import { Duplex } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { DeliveryOutcome } from '../../src/guard/delivery.ts';
import { ReplyGate } from '../../src/guard/reply-gate.ts';

const ENVELOPE = { from: 's@elsewhere.test', to: ['a@example.com', 'b@example.com'], eightBit: false };

/** A next hop in good order as a stream, and what it has heard. */
function goodHop(): { wire: Duplex; heard: () => string } {
  let heard = '';
  let inData = false;
  const wire = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      const text = chunk.toString('latin1');
      heard += text;
      done();
      const ended = heard.endsWith('\r\n.\r\n');
      if (inData && !ended) return;
      inData = text === 'DATA\r\n';
      setImmediate(() => wire.push(inData ? '354 go\r\n' : '250 ok\r\n'));
    },
  });
  setImmediate(() => wire.push('220 hop.test\r\n'));
  return { wire, heard: () => heard };
}

/** Lets a client of our own speak through the gate, each line after the reply to the one before; null waits for nothing. */
async function speak(
  lines: readonly string[],
  awaitReplies = true,
): Promise<{ outcome: DeliveryOutcome; heard: string }> {
  const { wire, heard } = goodHop();
  const gate = new ReplyGate(wire, ENVELOPE, 'guard.test');
  const rest = [...lines];
  gate.on('data', () => {
    const next = rest.shift();
    if (next !== undefined) gate.write(next);
    if (!awaitReplies) for (const line of rest.splice(0)) gate.write(line);
  });
  return { outcome: await gate.outcome, heard: heard() };
}

const EHLO = 'EHLO guard.test\r\n';
const MAIL = 'MAIL FROM:<s@elsewhere.test>\r\n';
const RCPTS = ['RCPT TO:<a@example.com>\r\n', 'RCPT TO:<b@example.com>\r\n'];
const DEPARTED = { kind: 'failed', reason: 'the client library departed from the approved envelope' };

describe('the gate before the next hop', () => {
  test('lets the approved envelope pass', async () => {
    expect((await speak([EHLO, MAIL, ...RCPTS, 'DATA\r\n', 'x\r\n.\r\n'])).outcome).toEqual({ kind: 'delivered' });
  });

  const departures: readonly (readonly [string, readonly string[]])[] = [
    ['another recipient', [EHLO, MAIL, 'RCPT TO:<v@outside.test>\r\n']],
    ['a recipient in another spelling', [EHLO, MAIL, 'RCPT TO:<A@example.com>\r\n']],
    ['the recipients in another order', [EHLO, MAIL, ...RCPTS.toReversed()]],
    ['one recipient more', [EHLO, MAIL, ...RCPTS, 'RCPT TO:<v@outside.test>\r\n']],
    ['one recipient less', [EHLO, MAIL, ...RCPTS.slice(0, 1), 'DATA\r\n']],
    ['two commands in one write', [EHLO, MAIL, RCPTS.join('')]],
    ['another sender', [EHLO, 'MAIL FROM:<>\r\n']],
    ['a parameter', [EHLO, MAIL.replace('>', '> AUTH=<>')]],
    ['no greeting', [MAIL]],
    ['another name', ['EHLO other.test\r\n']],
    ['a bare LF', ['EHLO guard.test\n']],
    ['a command of its own', [EHLO, 'VRFY a\r\n']],
  ];
  test.for(departures)('stops a client library that sends %s', async ([, lines]) => {
    const { outcome, heard } = await speak(lines);
    expect(outcome).toEqual(DEPARTED);
    expect(heard).not.toContain(lines.at(-1));
  });

  test('stops a client library that does not wait for a reply', async () => {
    expect((await speak([EHLO, MAIL, ...RCPTS], false)).outcome).toEqual(DEPARTED);
  });

  test('stops a message that holds an end of data', async () => {
    const { outcome, heard } = await speak([EHLO, MAIL, ...RCPTS, 'DATA\r\n', 'x\r\n.\r\nMAIL FROM:<>\r\n.\r\n']);
    expect(outcome).toEqual({ kind: 'failed', reason: 'the message holds an end of data' });
    expect(heard).not.toContain('x\r\n');
  });
});
