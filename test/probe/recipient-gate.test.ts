import * as fc from 'fast-check';
import pLimit from 'p-limit';
import { describe, expect, test } from 'vitest';
import { runSession } from '../../src/probe/session-runner.ts';
import { parseFamily } from '../../src/scenario/parse-family.ts';
import { fillScenario } from '../../src/session/fill.ts';
import { openAnswer, startScriptServer } from '../support/script-server.ts';
import { optionsFor, probeOf, withCanary } from '../support/session-rig.ts';

const SEED = 30;
const SESSIONS = 1000;
const AT_ONCE = 30;

/** Stands in every name that belongs to somebody else. */
const SOMEBODY = 'zzvictim';
const THEIRS = [
  `${SOMEBODY}.org`,
  `${SOMEBODY}.NET.`,
  `mail.${SOMEBODY}.org`,
  SOMEBODY,
  `ｚｚvictim.org`,
  `zz\u00advictim.org`,
  `${SOMEBODY}\u3002org`,
  `${SOMEBODY}.example.com.org`,
  `example.com.${SOMEBODY}.org`,
];
const OURS = ['example.com', 'outside.test', 'mx.example.com', '[127.0.0.1]', 'x.test', 'EXAMPLE.com.'];
/** Operators behind which a name is somebody's, in the address itself or for a server that routes on. */
const BEFORE = ['@', '%', '+40', '\\@', '"@', '@\u200b', ' @', '@.', '@\0'];

const theirs = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constantFrom(...BEFORE), fc.constantFrom(...THEIRS)).map((pair) => pair.join('')),
  },
  { weight: 1, arbitrary: fc.constantFrom(...THEIRS).map((name) => `${name}!`) },
  { weight: 1, arbitrary: fc.constantFrom(`=${SOMEBODY}.org`, `=mail.${SOMEBODY}.NET`) },
);
const ours = fc
  .tuple(fc.constantFrom('@', '%', ':', ',@', '=', '!'), fc.constantFrom(...OURS))
  .map((pair) => pair.join(''));
const glue = fc.constantFrom(
  'a',
  'bob',
  '"a b"',
  '',
  ',',
  ';',
  '(x)',
  '|',
  '\\',
  '"',
  ' ',
  '.',
  '@',
  '%',
  '!',
  ':',
  '[',
  ']',
);

/** A forward-path with a name of somebody else in it, among names of ours and whatever else may stand in one. */
const path = fc
  .tuple(fc.array(fc.oneof(ours, glue), { maxLength: 3 }), theirs, fc.array(fc.oneof(ours, glue), { maxLength: 3 }))
  .map(([before, name, after]) => [...before, name, ...after].join(''));

const recipient = fc
  .tuple(
    fc.constantFrom('RCPT TO:', 'rcpt to:', 'RCPT TO: ', ' RCPT TO:', '\tRcpt\tTo:', 'RCPT to :', 'RCPT '),
    fc.constantFrom('<', '', '<<', '"<'),
    path,
    fc.constantFrom('>', '', '> NOTIFY=NEVER', '>>', '> ORCPT=rfc822;a@b'),
  )
  .map((parts) => parts.join(''));

/** Lines of a dialogue. Those in the raw notation, where it is known, hide commands behind line ends of any kind. */
const line = fc.oneof(
  { weight: 6, arbitrary: recipient.map((text) => `C: ${text}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('C: MAIL FROM:<a@zzvictim.org>', 'C: RSET', 'C: DATA', 'C: VRFY bob', 'C: NOOP'),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.constantFrom('\\r\\n', '\\n', '\\r', '\\r\\n.\\r\\n', '\\0\\n'),
        recipient,
        fc.constantFrom('\\r\\n', '\\n'),
      )
      .map(([before, text, after]) => `R: NOOP${before}${text.replaceAll('\\', '\\\\')}${after}`),
  },
);
const dialogue = fc
  .tuple(fc.array(fc.tuple(line, fc.constantFrom('S: *', 'S: ?+', '')), { minLength: 1, maxLength: 4 }), fc.boolean())
  .map(([turns, greets]) =>
    [
      ...(greets ? ['C: MAIL FROM:<s@sender.test>', 'S: 250'] : []),
      ...turns.flat().filter((text) => text !== ''),
      'C: NOOP',
      'S: ?',
    ].join('\n'),
  );

/** Every command in the bytes that some server may take for RCPT, whatever it takes for the end of a line. */
function recipientCommands(bytes: string): readonly string[] {
  const text = Buffer.from(bytes, 'latin1').toString('utf8');
  return text.split(/[\r\n]+/).filter((one) => /^[\s\0]*rcpt/i.test(one));
}

function namesSomebody(command: string): boolean {
  return command
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .toLowerCase()
    .includes(SOMEBODY);
}

function familyText(text: string): string {
  return JSON.stringify({
    family: 'planted',
    title: 'Planted',
    finds: 'third-party-relay',
    about: 'a test',
    scenarios: [
      {
        id: 'planted',
        title: 'a test',
        why: 'a test',
        source: 'a test',
        dialogue: text,
        helo: 'client.test',
        declares: { flow: 'relay', form: 'ambiguous', sender: 's@sender.test' },
        default: { listed: 'refuse', unlisted: 'refuse' },
        safe: 'refuse',
        severity: 'low',
      },
    ],
  });
}

describe('the last gate before the wire', () => {
  test('no recipient of somebody else reaches a socket, whatever the text of a scenario', async () => {
    const server = await startScriptServer(openAnswer);
    const limit = pLimit(AT_ONCE);
    let ran = 0;
    let held = 0;
    const samples = fc.sample(dialogue, { seed: SEED, numRuns: SESSIONS });
    await Promise.all(
      samples.map((text) =>
        limit(async () => {
          const parsed = parseFamily(familyText(text), 'planted.yaml');
          const [scenario] = parsed.kind === 'ok' ? parsed.value.scenarios : [];
          if (scenario === undefined) return;
          const filled = fillScenario(scenario, {});
          if (filled.kind !== 'filled') throw new Error(filled.kind);
          ran += 1;
          const { end } = await runSession(probeOf({ script: filled.script }), optionsFor(server.port, withCanary()));
          if (end.kind === 'out-of-scope') held += 1;
        }),
      ),
    );
    await server.stop();
    const commands = server.bytes().flatMap(recipientCommands);
    expect(commands.filter(namesSomebody)).toEqual([]);
    expect(ran).toBeGreaterThan(SESSIONS / 2);
    expect(held).toBeGreaterThan(SESSIONS / 3);
  }, 60_000);

  test('the look at the wire does see a recipient of somebody else', () => {
    for (const bytes of [
      'RCPT TO:<a@zzvictim.org>\r\n',
      'NOOP\rrcpt to:<ｚｚvictim.org!a@x.test>',
      'X\n\0 RCPT <a@ZZVICTIM>',
    ])
      expect(recipientCommands(Buffer.from(bytes, 'utf8').toString('latin1')).some(namesSomebody)).toBe(true);
    expect(recipientCommands('MAIL FROM:<a@zzvictim.org>\r\n')).toEqual([]);
  });

  test('recipients in scope do reach it', async () => {
    const server = await startScriptServer(openAnswer);
    const parsed = parseFamily(
      familyText('C: MAIL FROM:<>\nS: 250\nC: RCPT TO:<a%outside.test@example.com>\nS: ?'),
      'x.yaml',
    );
    const [scenario] = parsed.kind === 'ok' ? parsed.value.scenarios : [];
    const filled = scenario === undefined ? null : fillScenario(scenario, {});
    if (filled === null || filled.kind !== 'filled') throw new Error('is no scenario');
    await runSession(probeOf({ script: filled.script }), optionsFor(server.port));
    await server.stop();
    expect(server.lines()).toContain('RCPT TO:<a%outside.test@example.com>');
  });
});
