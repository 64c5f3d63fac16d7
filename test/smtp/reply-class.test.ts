import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classifyReply, REPLY_CLASS_INFO, type Bearing } from '../../src/smtp/reply-class.ts';
import { ReplyParser, type Reply } from '../../src/smtp/reply-parser.ts';
import { isSlow } from '../support/regex-attacks.ts';
import { REAL_REPLIES } from './real-replies.ts';

const SEED = 3463;
const ATTACK_LENGTH = 65_536;
/** Plain looks at every character that fit into some 50 ms. */
const MOST_LOOKS = 400;

function reply(text: string): Reply {
  const [event] = new ReplyParser().push(Buffer.from(`${text}\r\n`));
  if (event?.kind !== 'reply') throw new Error(`${text} is no reply`);
  return event.reply;
}

describe('the class of a reply', () => {
  test.each(REAL_REPLIES)('$server: `$reply` is $means', ({ reply: text, means }) => {
    expect(classifyReply(reply(text))).toBe(means);
  });

  test('tells a refusal to relay of every server of the table from a refusal for another reason', () => {
    const bearings = (server: string): ReadonlySet<Bearing> =>
      new Set(
        REAL_REPLIES.filter((one) => one.server === server && one.means === 'relay-denied').map(
          ({ reply: text }) => REPLY_CLASS_INFO[classifyReply(reply(text))].bearing,
        ),
      );
    for (const server of ['Postfix', 'Exim', 'sendmail', 'qmail', 'Exchange', 'Haraka', 'Stalwart', 'chasquid', 'mox'])
      expect(bearings(server)).toEqual(new Set(['relaying']));
  });

  test('covers every class that there is', () => {
    const seen = new Set<string>(REAL_REPLIES.map(({ means }) => means));
    expect(Object.keys(REPLY_CLASS_INFO).filter((name) => !seen.has(name))).toEqual([]);
  });

  test('the words of an acceptance never make it a refusal', () => {
    fc.assert(
      fc.property(fc.integer({ min: 200, max: 299 }), fc.constantFrom(...REAL_REPLIES), (code, real) => {
        expect(classifyReply({ ...reply(real.reply), code })).toBe('positive');
      }),
      { seed: SEED },
    );
  });

  test('a refusal is never taken for an acceptance, whatever its words', () => {
    fc.assert(
      fc.property(fc.integer({ min: 400, max: 599 }), fc.array(fc.string(), { maxLength: 3 }), (code, lines) => {
        expect(['positive', 'intermediate']).not.toContain(classifyReply({ code, enhanced: null, lines }));
      }),
      { seed: SEED },
    );
  });

  test('letter case and words around it do not change what a denial means', () => {
    const denials = REAL_REPLIES.filter(({ means }) => means === 'relay-denied');
    fc.assert(
      fc.property(fc.constantFrom(...denials), fc.boolean(), ({ reply: text }, upper) => {
        const { code, enhanced, lines } = reply(text);
        const shouted = lines.map((line) => `hello, ${upper ? line.toUpperCase() : line.toLowerCase()} (id 4bX)`);
        const { bearing } = REPLY_CLASS_INFO[classifyReply({ code, enhanced, lines: ['welcome', ...shouted] })];
        expect(bearing).toBe('relaying');
      }),
      { seed: SEED },
    );
  });

  test('a reply of 64 KiB is classified as fast as its beginning allows', () => {
    const text = 'relay '.repeat(ATTACK_LENGTH / 6);
    const classify = { test: () => classifyReply({ code: 550, enhanced: null, lines: [text] }) === 'refused' };
    expect(classify.test()).toBe(true);
    expect(isSlow(classify, text, MOST_LOOKS)).toBe(false);
  });
});
