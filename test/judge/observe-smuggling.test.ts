import { describe, expect, test } from 'vitest';
import { observe } from '../../src/judge/observe.ts';
import type { Caught } from '../../src/session/caught.ts';
import type { MessageOutcome, Transcript } from '../../src/session/transcript.ts';
import { transcriptOf } from '../support/transcripts.ts';
import type { ObservedBy } from '../../src/judge/observed-by.ts';

const FIRST: Caught = {
  at: '2026-01-01T00:00:00.000Z',
  peer: '10.0.0.1',
  helo: 'mx.own.test',
  from: 's@sender.test',
  to: 'alice@own.test',
  canary: 'rp1-first',
  received: [],
  subject: '',
};
const SECOND: Caught = { ...FIRST, canary: 'rp1-second' };

function answered(code: number): MessageOutcome {
  return { kind: 'answered', stage: 'end-of-data', reply: { code, enhanced: null, lines: ['said'] } };
}

function seen(transcript: Partial<Transcript>, by: Partial<ObservedBy> = {}): string {
  return observe(transcriptOf({ canary: 'rp1-first', smuggled: 'rp1-second', ...transcript }), {
    caught: [],
    unread: 0,
    watched: true,
    meaningOf: () => 'delivered',
    asksOutside: false,
    smuggled: [],
    asksAboutGreeting: false,
    closingRefuses: false,
    asksAboutContent: true,
    ...by,
  }).kind;
}

describe('a message that was to be smuggled in', () => {
  test('is relayed when it came out by itself, whatever the server said', () => {
    expect(seen({ message: answered(250) }, { caught: [FIRST], smuggled: [SECOND] })).toBe('relayed');
    expect(seen({ message: answered(550) }, { smuggled: [SECOND] })).toBe('relayed');
  });

  test('is refused when the message was, or when one message came out of one', () => {
    expect(seen({ message: answered(550) })).toBe('refused');
    expect(seen({ message: answered(250) }, { caught: [FIRST] })).toBe('refused');
  });

  test('is never judged by a 250: where nothing came out, or nobody watched, it was not seen', () => {
    expect(seen({ message: answered(250) })).toBe('skipped');
    expect(seen({ message: answered(250) }, { watched: false })).toBe('skipped');
  });

  test('is not judged where the message never went out or was never answered', () => {
    expect(seen({ message: { kind: 'not-sent' } })).toBe('inconclusive');
    expect(seen({ message: { kind: 'unanswered' } })).toBe('inconclusive');
  });
});

describe('an answer to an odd question', () => {
  const asked = (code: number, unsafe?: readonly string[]): Partial<Transcript> => ({
    smuggled: null,
    asked: [
      {
        stage: 'other',
        reply: { code, enhanced: null, lines: ['5.5.2 a line ends in a bare LF'] },
        ...(unsafe === undefined ? {} : { unsafe }),
      },
    ],
  });

  test('that is none of the unsafe codes is a refusal', () => {
    expect(seen(asked(252, ['250', '251']))).toBe('refused');
    expect(seen(asked(250, ['250', '251']))).toBe('accepted');
  });

  test('that refuses odd bytes refuses what was asked, where the bytes are the question', () => {
    expect(seen(asked(500))).toBe('refused');
    expect(seen(asked(500), { asksAboutContent: false })).toBe('masked');
  });

  test('may be a closed connection, where the scenario says so', () => {
    const closed: Partial<Transcript> = { smuggled: null, end: { kind: 'closed', stage: 'other', detail: 'gone' } };
    expect(seen(closed, { closingRefuses: true })).toBe('refused');
    expect(seen(closed)).toBe('inconclusive');
    expect(seen(asked(421), { closingRefuses: true, asksAboutContent: false })).toBe('refused');
    expect(seen(asked(421), { asksAboutContent: false })).toBe('deferred');
  });

  test('may be silence', () => {
    expect(seen({ smuggled: null, silent: true })).toBe('refused');
  });
});
