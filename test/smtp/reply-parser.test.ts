import * as fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  REPLY_FAULT_TEXT,
  ReplyParser,
  type Reply,
  type ReplyEvent,
  type ReplyFault,
} from '../../src/smtp/reply-parser.ts';
import { replyEventsOf } from './reply-reference.ts';

const SEED = 5321;

afterEach(() => {
  vi.restoreAllMocks();
});

function parse(bytes: string | Buffer): readonly ReplyEvent[] {
  return new ReplyParser().push(Buffer.from(bytes));
}

function inPieces(bytes: Buffer, cuts: readonly number[]): readonly ReplyEvent[] {
  const parser = new ReplyParser();
  const ends = [...new Set([...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length])].sort((a, b) => a - b);
  return ends.flatMap((end, index) => [...parser.push(bytes.subarray(ends[index - 1] ?? 0, end))]);
}

/** Bytes of which replies are made, and of which they are broken. */
const replyLike: fc.Arbitrary<Buffer> = fc
  .array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.constantFrom('250 ok\r\n', '250-more\r\n', '354 go\r\n', '550 5.7.1 no\r\n', '250\r\n'),
      },
      {
        weight: 3,
        arbitrary: fc.constantFrom('\r\n', '\r', '\n', '-', ' ', '2', '25', '199 x\r\n', '600 x\r\n', '250_x\r\n'),
      },
      { weight: 2, arbitrary: fc.string({ maxLength: 8 }) },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString('latin1')) },
      { weight: 1, arbitrary: fc.constantFrom(`250-${'x'.repeat(5000)}\r\n`, `250 ${'é'.repeat(2100)}\r\n`) },
    ),
    { maxLength: 20 },
  )
  .map((parts) => Buffer.concat(parts.map((part) => Buffer.from(part, 'latin1'))));

const cuts = fc.array(fc.nat(), { maxLength: 12 });

describe('a reply', () => {
  test.each<[string, Reply]>([
    ['250 ok\r\n', { code: 250, enhanced: null, lines: ['ok'] }],
    ['250\r\n', { code: 250, enhanced: null, lines: [''] }],
    ['250 \r\n', { code: 250, enhanced: null, lines: [''] }],
    ['250-a\r\n250-b\r\n250 c\r\n', { code: 250, enhanced: null, lines: ['a', 'b', 'c'] }],
    ['250-a\r\n250\r\n', { code: 250, enhanced: null, lines: ['a', ''] }],
    ['550 5.7.1 no\r\n', { code: 550, enhanced: '5.7.1', lines: ['5.7.1 no'] }],
    ['550 5.7.123\r\n', { code: 550, enhanced: '5.7.123', lines: ['5.7.123'] }],
    ['550-5.1.1 a\r\n550 5.7.1 b\r\n', { code: 550, enhanced: '5.7.1', lines: ['5.1.1 a', '5.7.1 b'] }],
    ['550 5.7.1234 no\r\n', { code: 550, enhanced: null, lines: ['5.7.1234 no'] }],
    ['550 3.7.1 no\r\n', { code: 550, enhanced: null, lines: ['3.7.1 no'] }],
    ['550 5.7.1\tno\r\n', { code: 550, enhanced: null, lines: ['5.7.1\tno'] }],
    ['220 b\u00fccher\r\n', { code: 220, enhanced: null, lines: ['b\u00fccher'] }],
    ['220 \u001b[31m\0\r\n', { code: 220, enhanced: null, lines: ['\u001b[31m\0'] }],
    ['200 low\r\n', { code: 200, enhanced: null, lines: ['low'] }],
    ['599 high\r\n', { code: 599, enhanced: null, lines: ['high'] }],
  ])('%j is read whole', (bytes, reply) => {
    expect(parse(bytes)).toEqual([{ kind: 'reply', reply }]);
  });

  test('shows bytes that are no UTF-8 as U+FFFD', () => {
    expect(parse(Buffer.from('220 \u00e9\u00ff\r\n', 'latin1'))).toEqual([
      { kind: 'reply', reply: { code: 220, enhanced: null, lines: ['\ufffd\ufffd'] } },
    ]);
  });

  test('keeps the first 4096 bytes of a line', () => {
    const [event] = parse(`250 ${'a'.repeat(20_000)}\r\n`);
    expect(event).toEqual({ kind: 'reply', reply: { code: 250, enhanced: null, lines: ['a'.repeat(4092)] } });
  });

  test('keeps its first 100 lines and says how many more there were', () => {
    const [event] = parse(`${'250-\r\n'.repeat(9_999)}250 2.1.5 end\r\n`);
    expect(event).toMatchObject({ reply: { code: 250, enhanced: '2.1.5' } });
    const { lines = [] } = event?.kind === 'reply' ? event.reply : {};
    expect(lines).toHaveLength(101);
    expect(lines.at(-1)).toBe('[... 9,900 more lines]');
  });

  test('keeps the lines that fit into 16,384 characters', () => {
    const [event] = parse(`${`250-${'x'.repeat(3996)}\r\n`.repeat(5)}250 end\r\n`);
    const { lines = [] } = event?.kind === 'reply' ? event.reply : {};
    expect(lines.map(({ length }) => length)).toEqual([3996, 3996, 3996, 3996, '[... 2 more lines]'.length]);
  });

  test('may have 65,536 bytes and not one more', () => {
    const lines = '250-abcdefghijkl\r\n'.repeat(3640);
    const last = (length: number): string => `250 ${'a'.repeat(length - 6)}\r\n`;
    expect(parse(lines + last(65_536 - lines.length))).toHaveLength(1);
    expect(parse(lines + last(65_537 - lines.length))).toEqual([{ kind: 'fault', fault: 'reply-too-long' }]);
  });
});

describe('bytes that are no reply', () => {
  test.each<[ReplyFault, readonly string[]]>([
    [
      'no-reply-code',
      ['\r\n', 'ok\r\n', '25 ok\r\n', '2 50\r\n', ' 250 ok\r\n', '\uff12\uff15\uff10 ok\r\n', '+OK\r\n'],
    ],
    [
      'no-reply-code',
      ['SSH-2.0-OpenSSH_9.2p1\r\n', 'HTTP/1.1 400 Bad Request\r\n', '* OK IMAP4rev1\r\n', '\0\0\0\r\n'],
    ],
    ['reply-code-out-of-range', ['000 ok\r\n', '199 ok\r\n', '100-ok\r\n', '600 ok\r\n', '999 ok\r\n']],
    ['bad-separator', ['2500\r\n', '250X\r\n', '250\tok\r\n', '250_ok\r\n', '250\0\r\n', '250\u00a0ok\r\n']],
    [
      'mixed-codes',
      ['250-ok\r\n550 no\r\n', '550-no\r\n250 ok\r\n', '250-a\r\n251 b\r\n', '250-a\r\n250-b\r\n251-c\r\n'],
    ],
    ['bare-line-feed', ['250 ok\n', '250-a\n250 b\n', '\n', '250-a\r\n250 b\n']],
    ['bare-carriage-return', ['250 ok\r250 ok\r\n', '250 ok\r\r\n', '\r\r\n', '250 o\rk\r\n']],
    ['reply-too-long', ['x'.repeat(65_537), `250 ${'x'.repeat(70_000)}`, '250-x\r\n'.repeat(10_000)]],
  ])('are told for what they are: %s', (fault, texts) => {
    for (const text of texts) expect(parse(text)).toEqual([{ kind: 'fault', fault }]);
  });

  test('have a sentence for every fault', () => {
    for (const text of Object.values(REPLY_FAULT_TEXT)) expect(text).toMatch(/^[a-z].* .*\w$/);
  });

  test('end the reading: replies before count, nothing after does', () => {
    const parser = new ReplyParser();
    expect(parser.push(Buffer.from('250 one\r\nnonsense\r\n250 two\r\n')).map(({ kind }) => kind)).toEqual([
      'reply',
      'fault',
    ]);
    expect(parser.push(Buffer.from('250 three\r\n'))).toEqual([]);
    expect(parser.idle).toBe(false);
  });
});

describe('a parser of replies', () => {
  test('is idle between replies and only there', () => {
    const parser = new ReplyParser();
    expect(parser.idle).toBe(true);
    parser.push(Buffer.from('2'));
    expect(parser.idle).toBe(false);
    parser.push(Buffer.from('50-a\r\n'));
    expect(parser.idle).toBe(false);
    parser.push(Buffer.from('250 b\r\n'));
    expect(parser.idle).toBe(true);
    parser.push(Buffer.from('\r'));
    expect(parser.idle).toBe(false);
  });

  test('how the bytes are cut into chunks never changes the events', () => {
    fc.assert(
      fc.property(replyLike, cuts, (bytes, at) => {
        expect(inPieces(bytes, at)).toEqual(parse(bytes));
      }),
      { seed: SEED, numRuns: 2000 },
    );
  });

  test('one byte at a time gives what one chunk gives', () => {
    fc.assert(
      fc.property(replyLike, (bytes) => {
        expect(
          inPieces(
            bytes,
            [...bytes].map((_, index) => index),
          ),
        ).toEqual(parse(bytes));
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  test('it reads what the independent reference reads', () => {
    fc.assert(
      fc.property(replyLike, (bytes) => {
        expect(parse(bytes)).toEqual(replyEventsOf(bytes));
      }),
      { seed: SEED, numRuns: 5000 },
    );
  });

  test('it never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), cuts, (bytes, at) => {
        expect(inPieces(Buffer.from(bytes), at)).toEqual(replyEventsOf(Buffer.from(bytes)));
      }),
      { seed: SEED, numRuns: 3000 },
    );
  });

  test('what is written as a reply is read as that reply', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((line) => !/[\r\n]/.test(line));
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 599 }), fc.array(text, { minLength: 1, maxLength: 6 }), (code, lines) => {
        const wire = lines.map((line, index) => `${code}${index < lines.length - 1 ? '-' : ' '}${line}\r\n`).join('');
        const events = parse(wire);
        expect(events).toHaveLength(1);
        expect(events[0]).toMatchObject({ kind: 'reply', reply: { code, lines } });
      }),
      { seed: SEED, numRuns: 1000 },
    );
  });

  test.each([
    ['one endless line', 'x'.repeat(65_536 * 4)],
    ['endless lines of a reply', '250-x\r\n'.repeat(40_000)],
    ['many replies', '250 a\r\n'.repeat(40_000)],
    ['many long replies', `250 ${'a'.repeat(6000)}\r\n`.repeat(40)],
    ['many lines of just kept length', `250-${'a'.repeat(4092)}\r\n`.repeat(15).concat('250 b\r\n').repeat(4)],
  ])('it works in linear time: each byte is taken once and decoded at most once (%s)', (_, text) => {
    const bytes = Buffer.from(text, 'latin1');
    let decoded = 0;
    const original = Buffer.prototype.toString;
    vi.spyOn(Buffer.prototype, 'toString').mockImplementation(function count(
      this: unknown,
      ...[, from, to]: unknown[]
    ) {
      const buffer = Buffer.isBuffer(this) ? this : Buffer.alloc(0);
      const [start, end] = [Number(from ?? 0), Number(to ?? buffer.length)];
      decoded += end - start;
      return original.call(buffer, 'utf8', start, end);
    });
    let taken = 0;
    const counted = new Proxy(bytes, {
      get: (target, name) => {
        if (name !== Symbol.iterator) return Reflect.get(target, name, target) as unknown;
        return function* iterate(): Generator<number> {
          for (let index = 0; index < target.length; index += 1) {
            taken += 1;
            yield target[index] ?? 0;
          }
        };
      },
    });
    const events = new ReplyParser().push(counted);
    expect(events.length).toBeGreaterThan(0);
    expect(taken).toBeLessThanOrEqual(bytes.length);
    expect(decoded).toBeLessThanOrEqual(bytes.length);
  });
});
