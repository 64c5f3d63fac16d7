import { describe, expect, test } from 'vitest';
import { deferralOf, retryPauses } from '../../src/probe/deferral.ts';
import { proxyHeader } from '../../src/probe/proxy-header.ts';
import { Recorder } from '../../src/probe/recorder.ts';
import { RefusalBudget } from '../../src/probe/refusal-budget.ts';
import { refusalDelays, usualDelay } from '../../src/probe/refusal-delay.ts';
import { readSurvey, surveyedNames } from '../../src/probe/survey.ts';
import type { Stage, Turn } from '../../src/session/transcript.ts';
import { createRedactor } from '../../src/smtp/redact.ts';
import { asked, received, transcriptOf } from '../support/transcripts.ts';

describe('a PROXY header', () => {
  const destination = { destination: '127.0.0.1', destinationPort: 25 };

  test('of version 1 is a line', () => {
    expect(proxyHeader(1, { source: '198.51.100.7', ...destination }).toString()).toBe(
      'PROXY TCP4 198.51.100.7 127.0.0.1 40025 25\r\n',
    );
    expect(proxyHeader(1, { source: '2001:db8::7', ...destination }).toString()).toBe(
      'PROXY TCP6 2001:db8::7 ::1 40025 25\r\n',
    );
    expect(proxyHeader(1, { source: '198.51.100.7', destination: '::1', destinationPort: 2525 }).toString()).toBe(
      'PROXY TCP4 198.51.100.7 127.0.0.1 40025 2525\r\n',
    );
  });

  test('of version 2 is the bytes of the specification', () => {
    const signature = '0d0a0d0a000d0a515549540a';
    expect(proxyHeader(2, { source: '198.51.100.7', ...destination }).toString('hex')).toBe(
      `${signature}2111000cc63364077f0000019c590019`,
    );
    const six = proxyHeader(2, { source: '2001:db8::7', destination: '::1', destinationPort: 25 });
    expect(six.toString('hex')).toBe(`${signature}2121002420010db8000000000000000000000007${'0'.repeat(31)}19c590019`);
    expect(six).toHaveLength(16 + 36);
  });
});

describe('a survey', () => {
  const surveyed = (banner: string, ...ehlo: readonly string[]): readonly string[] =>
    surveyedNames(
      transcriptOf({
        turns: [received('banner', 220, banner), ...(ehlo.length > 0 ? [received('ehlo', 250, ...ehlo)] : [])],
      }),
    );

  test.each([
    ['mx.example.com ESMTP Postfix', ['Mail.example.com Hello', 'SIZE'], ['mail.example.com', 'mx.example.com']],
    ['mx.example.com ESMTP Postfix', ['localhost'], ['mx.example.com']],
    ['mx.example.com ESMTP Postfix', ['mx.example.com'], ['mx.example.com']],
    ['ESMTP at mx.example.com ready', [], []],
    ['****', ['[198.51.100.7]'], []],
    ['ESMTP', [], []],
    ['-bad-.example.com ESMTP', ['mx'], []],
  ])('of banner `%s` and greeting %j finds the names %j', (banner, ehlo, names) => {
    expect(surveyed(banner, ...ehlo)).toEqual(names);
  });

  test('keeps the banner and what is offered, of the last greeting', () => {
    const { banner, capabilities } = readSurvey(
      transcriptOf({
        turns: [
          received('banner', 220, 'mx.example.com', 'second line'),
          received('ehlo', 250, 'mx.example.com', 'STARTTLS'),
          received('ehlo', 250, 'mx.example.com', 'AUTH PLAIN', 'SIZE 1'),
        ],
      }),
    );
    expect(banner).toBe('mx.example.com second line');
    expect(capabilities).toEqual(['AUTH PLAIN', 'SIZE 1']);
  });

  test.for([
    ['STARTTLS', 530, '5.7.0 Must issue a STARTTLS command first', true],
    ['starttls', 530, 'Must issue a STARTTLS command first', true],
    ['SIZE', 530, '5.7.0 Must issue a STARTTLS command first', false],
    ['STARTTLS', 530, '5.7.0 Authentication required', false],
    ['STARTTLS', 250, '2.1.0 ok', false],
  ] as const)('that was offered %s and told %i %s hears a demand for TLS: %s', ([offered, code, text, demandsTls]) => {
    const turns = [received('ehlo', 250, 'mx.example.com', offered)];
    expect(readSurvey(transcriptOf({ turns, asked: [asked('mail', code, text)] })).demandsTls).toBe(demandsTls);
  });

  test('of a session that came to nothing tells nothing', () => {
    expect(readSurvey(transcriptOf({ turns: [] }))).toEqual({
      banner: null,
      capabilities: [],
      demandsTls: false,
    });
  });
});

describe('the usual delay of a refusal', () => {
  const at = (milliseconds: number, stage: Stage, code: number): Turn => ({
    ...received(stage, code, 'text'),
    at: milliseconds,
  });

  test('is measured from the turn before it, for envelopes that were refused', () => {
    const turns = [
      at(0, 'banner', 554),
      at(10, 'mail', 250),
      { kind: 'sent' as const, at: 20, stage: 'rcpt' as const, text: 'RCPT TO:<v@x.test>' },
      at(3020, 'rcpt', 550),
      at(3050, 'mail', 451),
      at(9000, 'data', 554),
    ];
    expect(refusalDelays({ turns })).toEqual([3000, 30]);
  });

  test('is what most of them took: a tarpit counts, and an answer that came late for once does not', () => {
    expect(usualDelay([])).toBe(0);
    expect(usualDelay([2, 9000, 1])).toBe(2);
    expect(usualDelay([3000, 3010, 1, 3005])).toBe(3005);
  });
});

describe('a budget of refusals', () => {
  const refused = transcriptOf({ turns: [received('mail', 250, 'ok'), received('rcpt', 550, 'no')] });

  test('lets the next session wait until the oldest refusal is forgotten', () => {
    let now = 0;
    const budget = new RefusalBudget({ most: 2, windowMs: 1000 }, () => now);
    expect(budget.waitMs(1)).toBe(0);
    budget.count(refused);
    now = 300;
    budget.count(refused);
    expect(budget.waitMs(1)).toBe(700);
    now = 1000;
    expect(budget.waitMs(1)).toBe(0);
    budget.count(refused);
    expect(budget.waitMs(1)).toBe(300);
  });

  test('leaves room for all the refusals that a session may earn', () => {
    const budget = new RefusalBudget({ most: 4, windowMs: 1000 }, () => 0);
    expect(budget.waitMs(4)).toBe(0);
    budget.count(refused);
    budget.count(refused);
    expect([1, 2, 3, 4, 9].map((refusals) => budget.waitMs(refusals))).toEqual([0, 0, 1000, 1000, 1000]);
  });

  test('counts refusals, not sessions', () => {
    const budget = new RefusalBudget({ most: 1, windowMs: 1000 }, () => 0);
    budget.count(transcriptOf({ turns: [received('mail', 250, 'ok'), received('rcpt', 250, 'ok')] }));
    expect(budget.waitMs(1)).toBe(0);
    budget.count(refused);
    expect(budget.waitMs(1)).toBe(1000);
  });

  test('says beforehand how long many sessions take at the most', () => {
    const budget = new RefusalBudget({ most: 4, windowMs: 600_000 }, () => 0);
    const each = (refusals: number, sessions: number): readonly number[] =>
      Array.from({ length: sessions }, () => refusals);
    expect([0, 1, 4, 5, 9].map((sessions) => budget.longestMs(each(1, sessions)))).toEqual([
      0, 0, 0, 600_000, 1_200_000,
    ]);
    expect([1, 2, 3].map((sessions) => budget.longestMs(each(3, sessions)))).toEqual([0, 600_000, 1_200_000]);
    expect(new RefusalBudget(null, () => 0).longestMs([1000])).toBe(0);
  });
});

describe('a question that was put off', () => {
  const answered = (code: number, text: string): ReturnType<typeof deferralOf> =>
    deferralOf(transcriptOf({ asked: [{ stage: 'rcpt', reply: { code, enhanced: null, lines: [text] } }] }));

  test.each([
    [451, 'greylisted, try again in 5 minutes', { toldMs: 300_000 }],
    [450, 'please retry in 300 seconds', { toldMs: 300_000 }],
    [451, 'later', { toldMs: null }],
    [454, '4.7.1 Relay access denied', null],
    [550, 'greylisted, try again in 5 minutes', null],
    [250, 'ok', null],
  ])('%i %s', (code, text, deferral) => {
    expect(answered(code, text)).toEqual(deferral);
  });

  test('is put again when the server said, or after pauses that grow, as far as patience goes', () => {
    expect(retryPauses([{ toldMs: 2000 }, { toldMs: null }], 5000)).toEqual([2500]);
    expect(retryPauses([{ toldMs: 300_000 }], 60_000)).toEqual([]);
    expect(retryPauses([{ toldMs: null }], 15_000)).toEqual([1000, 3000, 9000]);
    expect(retryPauses([{ toldMs: null }], 0)).toEqual([]);
  });
});

describe('a recorder', () => {
  const record = (): Recorder =>
    new Recorder(
      createRedactor([{ user: 'alice', password: 'tr0ub4dor' }]),
      () => 7,
      () => undefined,
    );

  test('lets nothing pass that steers a terminal, or a secret', () => {
    const recorder = record();
    recorder.sent('auth', 'AUTH tr0ub4dor\u001b[31m');
    recorder.note('tr0ub4dor');
    const kept = recorder.received('auth', { code: 535, enhanced: null, lines: ['no\u0007', 'tr0ub4dor'] });
    expect(kept).toEqual({ code: 535, enhanced: null, lines: ['no\\x07', '[redacted]'] });
    expect(recorder.turns).toEqual([
      { kind: 'sent', at: 7, stage: 'auth', text: 'AUTH [redacted]\\x1b[31m' },
      { kind: 'note', at: 7, text: '[redacted]' },
      { kind: 'received', at: 7, stage: 'auth', reply: kept },
    ]);
  });

  test('finds a secret that is cut by the line ends of a reply', () => {
    const kept = record().received('auth', { code: 535, enhanced: null, lines: ['you said tr0', 'ub4dor'] });
    expect(kept.lines).toEqual(['[redacted]']);
  });
});
