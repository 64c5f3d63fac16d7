import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { guardLimits } from '../../src/guard/limits.ts';
import { MESSAGE_FAULT_REPLY, MessageCheck } from '../../src/guard/message-check.ts';
import type { MessageFault } from '../../src/guard/message-check.ts';

const LIMITS = guardLimits({ messageBytes: 5000, headerLines: 5, receivedFields: 3 });

function check(chunks: readonly (string | Buffer)[], limits = LIMITS): MessageFault | null {
  const message = new MessageCheck(limits);
  for (const chunk of chunks) message.push(typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk);
  message.end();
  return message.fault;
}

describe('a message', () => {
  const sound: readonly string[] = [
    '',
    'Subject: x\r\n\r\nbody\r\n',
    'no header\r\n',
    '\r\nbody only\r\n',
    'Subject: 8 bit \xe9\r\n\r\n\xff\r\n',
    `Subject: x\r\n\r\n${'x'.repeat(998)}\r\n`,
    'Received: 1\r\nReceived: 2\r\nRECEIVED : 3\r\n\r\nReceived: 4\r\n',
    'a: 1\r\nb: 2\r\nc: 3\r\nd: 4\r\ne: 5\r\n\r\nf\r\ng\r\n',
    `Subject: x\r\n\r\n${`${'x'.repeat(70)}\r\n`.repeat(60)}`,
  ];
  test.for(sound)('that is in order goes on: %j', (text) => {
    expect(check([text])).toBeNull();
  });

  const faulty: readonly (readonly [MessageFault, string])[] = [
    ['bare-line-feed', 'Subject: x\n\r\n'],
    ['bare-line-feed', 'Subject: x\r\n\r\nbody\n.\r\n'],
    ['bare-line-feed', '\n'],
    ['bare-carriage-return', 'Subject: x\r\r\n'],
    ['bare-carriage-return', 'a\rb\r\n'],
    ['bare-carriage-return', 'a\r'],
    ['nul', 'a\0b\r\n'],
    ['long-line', `${'x'.repeat(999)}\r\n`],
    ['too-large', `${`${'x'.repeat(98)}\r\n`.repeat(50)}x\r\n`],
    ['loop', 'Received: 1\r\nreceived: 2\r\nReceived:3\r\nReceived\t: 4\r\n\r\n'],
    ['too-many-header-lines', 'a: 1\r\nb: 2\r\nc: 3\r\nd: 4\r\n e\r\nf: 6\r\n\r\n'],
  ];
  test.for(faulty)('with a fault is refused: %s', ([fault, text]) => {
    expect(check([text])).toBe(fault);
    expect(MESSAGE_FAULT_REPLY[fault].code).toBeGreaterThanOrEqual(550);
  });

  test('is judged the same however its bytes are cut', () => {
    const pieces = fc.constantFrom('\r', '\n', '\r\n', '\0', 'a', 'Received: x', '.', 'x'.repeat(500), '\r\n\r\n');
    const cuts = fc.array(fc.nat({ max: 400 }), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 30 }), cuts, (parts, at) => {
        const whole = Buffer.from(parts.join(''), 'latin1');
        const bounds = [0, ...at.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length];
        const chunks = bounds.slice(1).map((end, index) => whole.subarray(bounds[index], end));
        expect(check(chunks)).toBe(check([whole]));
      }),
      { seed: 7, numRuns: 2000 },
    );
  });
});
