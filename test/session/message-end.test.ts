import { describe, expect, test } from 'vitest';
import { loadCatalogue, SHIPPED_SCENARIOS } from '../../src/scenario/load-catalogue.ts';
import { allScenarios } from '../../src/scenario/scenario.ts';
import { endsMailData, sendsMessage } from '../../src/session/message-end.ts';
import type { ScriptOutgoing } from '../../src/session/script.ts';

const line = (text: string): ScriptOutgoing => ({ kind: 'line', text });
const raw = (text: string): ScriptOutgoing => ({ kind: 'raw', text });
const sends = (...send: readonly ScriptOutgoing[]): boolean =>
  sendsMessage({ steps: send.map((one) => ({ send: [one], replies: [] })) });

describe('a script that could make a server take a message', () => {
  test.each<readonly [string, readonly ScriptOutgoing[]]>([
    ['a canary', [{ kind: 'message' }]],
    ['a canary without its end', [{ kind: 'message-text' }]],
    ['a dot as a line', [line('DATA'), line('.')]],
    ['a dot at once', [line('DATA'), raw('.\\r\\n')]],
    ['the verb in small letters', [line('data'), line('.')]],
    ['the verb behind blanks', [line('  DaTa  x'), line('.')]],
    ['the verb behind a bare line feed', [raw('NOOP\\nDATA\\r\\n'), line('text'), line('.')]],
    ['the verb put together from two writes', [raw('DA'), raw('TA\\r\\n'), raw('.'), raw('\\r\\n')]],
    ['everything in one write', [raw('RSET\\r\\nDATA\\r\\nSubject: x\\r\\n\\r\\n.\\r\\n')]],
    ['a dot between bare line feeds', [line('DATA'), raw('x\\n.\\n')]],
    ['a dot between bare carriage returns', [line('DATA'), raw('x\\r.\\r')]],
    ['a dot behind a NUL', [line('DATA'), raw('x\\r\\n\\0.\\r\\n')]],
    ['a dot before a NUL', [line('DATA'), raw('x\\r\\n.\\0\\r\\n')]],
    ['a dot before a blank', [line('DATA'), raw('x\\r\\n. \\r\\n')]],
    ['several dots', [line('DATA'), raw('x\\r\\n..\\r\\n')]],
    ['a dot that nothing follows', [line('DATA'), raw('x\\r\\n.')]],
    ['a next-line control as a line end', [line('DATA'), raw('x\\x85.\\x85')]],
    ['letters with the eighth bit', [raw('\\xc4\\xc1\\xd4\\xc1\\r\\n'), line('.')]],
    ['a last chunk', [line('BDAT 5 LAST'), raw('hello')]],
    ['a last chunk of nothing', [line('BDAT 5'), raw('hello'), line('bdat 0 last')]],
    ['a message by its URL', [line('BURL imap://x/1 LAST')]],
  ])('has %s', (_, send) => {
    expect(sends(...send)).toBe(true);
  });

  test.each<readonly [string, readonly ScriptOutgoing[]]>([
    ['is no plain question', [line('MAIL FROM:<s@sender.test>'), line('RCPT TO:<v@outside.test>')]],
    ['does not stop at DATA', [line('RCPT TO:<v@outside.test>'), line('DATA')]],
    ['has its dot behind DATA', [line('.'), line('DATA')]],
    ['begins data before its dot', [line('HELP .'), line('.')]],
    ['sends a last chunk', [line('BDAT 5'), raw('hello')]],
  ])('%s', (_, send) => {
    expect(sends(...send)).toBe(false);
  });
});

test.each([
  ['.\r\n', true],
  ['x\r\n.\r\n', true],
  ['x\n.\n', true],
  ['a.b\r\n', false],
  ['.a\r\n', false],
])('bytes %j end mail data: %s', (text, ends) => {
  expect(endsMailData(Buffer.from(text))).toBe(ends);
});

test.each(['chunk-folded-last', 'chunk-size-overflow'])('the shipped scenario %s needs leave to prove', (id) => {
  const loaded = loadCatalogue(SHIPPED_SCENARIOS);
  if (loaded.kind === 'invalid') throw new Error('the shipped catalogue is valid');
  const scenario = allScenarios(loaded.value).find((one) => one.id === id);
  expect(scenario !== undefined && sendsMessage(scenario)).toBe(true);
});
