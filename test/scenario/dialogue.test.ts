import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { dialogueText } from '../../src/scenario/dialogue-text.ts';
import { parseDialogue, type Outgoing, type Step } from '../../src/scenario/dialogue.ts';
import { falseEndSteps } from '../../src/scenario/envelope-steps.ts';
import { isQuiet, type ReplyPattern } from '../../src/scenario/reply-pattern.ts';

function stepsOf(lines: readonly string[], greets = false): readonly Step[] {
  const parsed = parseDialogue(lines.join('\n'), greets);
  if (parsed.kind === 'invalid') throw new Error(parsed.problems.map(({ message }) => message).join('\n'));
  return parsed.steps;
}

function problemsOf(lines: readonly string[], greets = false): readonly string[] {
  const parsed = parseDialogue(lines.join('\n'), greets);
  return parsed.kind === 'ok' ? [] : parsed.problems.map(({ line, message }) => `${line}: ${message}`);
}

describe('a dialogue', () => {
  test('joins lines, raw bytes and messages that have no reply between them into one write', () => {
    const steps = stepsOf([
      'C: DATA',
      'S: 354',
      'C: {message-text}',
      'R: \\n.\\n',
      'C: RSET',
      'C: {smuggled}',
      'S: ...',
    ]);
    expect(steps.map(({ send }) => send.map(({ kind }) => kind))).toEqual([
      ['line'],
      ['message-text', 'raw', 'line', 'smuggled'],
    ]);
    expect(steps[1]?.replies).toEqual([{ kind: 'quiet' }]);
  });

  test('gives TLS a step of its own', () => {
    const steps = stepsOf(['C: STARTTLS', 'S: 220', 'T:', 'C: EHLO x', 'S: ?']);
    expect(steps.map(({ send }) => send.map(({ kind }) => kind))).toEqual([['line'], ['tls'], ['line']]);
    expect(stepsOf(['C: STARTTLS', 'S: 220', 'T:', 'S: ?...']).at(-1)).toEqual({
      send: [{ kind: 'tls' }],
      replies: [{ kind: 'quiet-question' }],
    });
  });

  test('names the unsafe answers of a question', () => {
    expect(stepsOf(['C: VRFY a', 'S: ?250|251'])[0]?.replies).toEqual([
      { kind: 'question', goOn: false, unsafe: ['250', '251'] },
    ]);
  });

  test('may begin with the banner when it begins with the connection', () => {
    expect(stepsOf(['S: 220', 'C: QUIT', 'S: ?'], true)[0]).toEqual({
      send: [],
      replies: [{ kind: 'codes', codes: ['220'] }],
    });
    expect(stepsOf(['C: EHLO x', 'S: *', 'S: ?'], true)[0]?.replies).toHaveLength(2);
    expect(problemsOf(['S: 220', 'C: QUIT', 'S: ?'])).toEqual(['0: a reply without a line of the client before it']);
    expect(problemsOf(['C: EHLO x', 'S: 220', 'S: *', 'S: ?'], true)).toHaveLength(1);
  });

  test('asks by what is smuggled in when it marks no reply', () => {
    expect(problemsOf(['C: {smuggled}', 'S: ...'])).toEqual([]);
    expect(problemsOf(['C: RSET', 'S: ...'])).toHaveLength(1);
  });

  test.each([
    [['C: RSET', 'S: ?', 'X: what'], '2: `X: what` begins with none of `C:`, `R:`, `S:` and `T:`'],
    [['C: RSET', 'S: ?6xx'], '1: `S: ?6xx` is no reply pattern'],
    [['C: RSET', 'S: ?...', 'S: *'], '2: a reply behind `...`, which has read them all'],
    [['C: RSET', 'S: ?', 'S: *'], '2: a reply without a line of the client before it'],
    [['R: \\q', 'S: ?'], '0: `\\` begins no escape'],
    [['C: x {message} y', 'S: ?'], '0: `{message}` stands alone behind `C:`'],
    [['C: {x*9999999}', 'S: ?'], '0: `{x*9999999}` is not between 1 and 1000000 characters'],
    [['T: now', 'S: ?...'], '0: nothing stands behind `T:`'],
  ])('is refused with its line: %j', (lines, problem) => {
    expect(problemsOf(lines)).toHaveLength(1);
    expect(problemsOf(lines)[0]).toContain(problem);
  });

  test('any number of replies may follow raw bytes', () => {
    expect(stepsOf(['R: RSET\\r\\nNOOP\\r\\n', 'S: *', 'S: ?'])[0]?.replies).toHaveLength(2);
  });

  test('whatever was read is written as it can be read again', () => {
    const text = fc.stringMatching(/^[A-Za-z0-9<>:.@ ]{0,12}[a-z]$/).map((one) => one.trim());
    const outgoing: fc.Arbitrary<Outgoing> = fc.oneof(
      fc.record({ kind: fc.constantFrom('line' as const, 'raw' as const), text }),
      fc.record({ kind: fc.constantFrom('message' as const, 'message-text' as const, 'smuggled' as const) }),
    );
    const codes = fc.uniqueArray(fc.constantFrom('250', '251', '2xx', '5xx', '354'), { minLength: 1 });
    const pattern: fc.Arbitrary<ReplyPattern> = fc.oneof(
      codes.map((some) => ({ kind: 'codes' as const, codes: some })),
      fc.constant({ kind: 'any' as const }),
      fc.boolean().map((goOn) => ({ kind: 'question' as const, goOn })),
      codes.map((unsafe) => ({ kind: 'question' as const, goOn: false, unsafe })),
      fc.constantFrom({ kind: 'quiet' as const }, { kind: 'quiet-question' as const }),
    );
    const step: fc.Arbitrary<Step> = fc
      .tuple(
        fc.oneof(fc.array(outgoing, { minLength: 1, maxLength: 4 }), fc.constant([{ kind: 'tls' } as const])),
        fc.array(pattern, { minLength: 1, maxLength: 4 }),
      )
      .map(([send, replies]) => {
        const quiet = replies.findIndex(isQuiet);
        return { send, replies: replies.slice(0, quiet === -1 ? send.length : Math.min(quiet, send.length) + 1) };
      })
      .filter(({ send, replies }) => replies.filter((one) => !isQuiet(one)).length <= send.length);
    const question: Step = { send: [{ kind: 'line', text: 'QUIT' }], replies: [{ kind: 'question', goOn: false }] };
    fc.assert(
      fc.property(fc.array(step, { maxLength: 4 }), (steps) => {
        expect(stepsOf(dialogueText([...steps, question]))).toEqual([...steps, question]);
      }),
      { seed: 21 },
    );
  });
});

test('a false end of data stands between a message and a second transaction with the same paths', () => {
  expect(dialogueText(falseEndSteps('<a@x>', '<b@y>', '\\n.\\n'))).toEqual([
    'C: MAIL FROM:<a@x>',
    'S: 2xx',
    'C: RCPT TO:<b@y>',
    'S: 2xx',
    'C: DATA',
    'S: 354',
    'C: {message-text}',
    'R: \\n.\\n',
    'C: MAIL FROM:<a@x>',
    'C: RCPT TO:<b@y>',
    'C: DATA',
    'C: {smuggled}',
    'S: ...',
  ]);
});
