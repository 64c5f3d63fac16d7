import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asksForUnregisteredName, scriptOutOfScope } from '../../src/session/script-scope.ts';
import type { ScriptOutgoing, ScriptStep } from '../../src/session/script.ts';

const SCOPE = { ownDomains: ['target.zz'], outside: 'v@auditor.zz', targetNames: [], senders: ['sender.zz'] };

function outside(...writes: readonly (readonly ScriptOutgoing[])[]): readonly string[] {
  const steps: ScriptStep[] = writes.map((send) => ({ send, replies: [] }));
  return scriptOutOfScope({ steps }, SCOPE);
}

const raw = (text: string): ScriptOutgoing => ({ kind: 'raw', text });
const line = (text: string): ScriptOutgoing => ({ kind: 'line', text });

describe('a recipient outside of the scope is found', () => {
  test.each<[string, readonly (readonly ScriptOutgoing[])[]]>([
    ['in a command line', [[line('RCPT TO:<v@somebody.zz>')]]],
    ['in lower case and behind blanks', [[line('  rcpt to:<v@somebody.zz>')]]],
    ['behind a bare line feed', [[raw('NOOP\\nRCPT TO:<v@somebody.zz>\\n')]]],
    ['behind a bare carriage return', [[raw('NOOP\\rRCPT TO:<v@somebody.zz>\\r')]]],
    ['at the tail of a long line', [[raw('{x*2100}RCPT TO:<v@somebody.zz>\\r\\n')]]],
    ['behind a NUL octet', [[raw('\\0RCPT TO:<v@somebody.zz>\\r\\n')]]],
    ['in a path that a line feed cuts', [[raw('RCPT TO:<v@auditor.zz\\n@somebody.zz>\\r\\n')]]],
    ['in a path that a line feed cuts and nothing closes', [[raw('RCPT TO:<v@auditor.zz\\n@somebody.zz\\r\\n')]]],
    ['put together from two writes', [[raw('RC')], [raw('PT TO:<v@somebody.zz>\\r\\n')]]],
    ['spelled by escapes', [[raw('\\x52CPT TO:<v@some\\x62ody.zz>\\r\\n')]]],
    ['spelled by repeats', [[line('{R*1}CPT TO:<v@{s*1}omebody.zz>')]]],
    ['without brackets', [[line('RCPT TO:v@somebody.zz')]]],
    ['behind a recipient in scope', [[line('RCPT TO:<v@auditor.zz>,<v@somebody.zz>')]]],
  ])('%s', (_, writes) => {
    expect(outside(...writes)).toContain('somebody.zz');
  });

  test('in a message whose lines a server could take for commands', () => {
    const message = { header: {}, first: [{ line: 'RCPT TO:<v@somebody.zz>', times: 1 }], body: [] };
    const steps: readonly ScriptStep[] = [{ send: [{ kind: 'message' }], replies: [] }];
    expect(scriptOutOfScope({ steps, message }, SCOPE)).toEqual(['somebody.zz']);
  });
});

describe('a script may be sent', () => {
  test('that asks for nobody else in any of its lines', () => {
    expect(
      outside([
        line('MAIL FROM:<s@sender.zz>'),
        raw('RCPT TO:<alice@target.zz\\nRCPT TO:<v@auditor.zz>\\r\\n'),
        raw('{x*2100}RCPT TO:<v@fresh.auditor.zz>\\r\\n'),
        line('VRFY <alice@target.zz>'),
        line('DATA'),
        { kind: 'message' },
      ]),
    ).toEqual([]);
  });
});

test('wherever a foreign recipient stands in a text of commands, it is found', () => {
  const noise = fc.constantFrom('\\r\\n', '\\n', '\\r', ' ', '\\0', 'x', 'NOOP', '<', '>', '{x*3}', 'RSET\\r\\n');
  fc.assert(
    fc.property(fc.array(noise), fc.array(noise), (before, after) => {
      const text = [...before, 'RCPT TO:<v@somebody.zz>', '\\r\\n', ...after].join('');
      expect(outside([raw(text)])).toContain('somebody.zz');
    }),
    { seed: 22 },
  );
});

describe('the fresh name beside the domain of the auditor', () => {
  const FRESH = 'q012345678901234';
  const scopeOf = (auditor: string) => ({ ...SCOPE, outside: auditor, freshLabel: FRESH });
  const to = (domain: string) => ({ steps: [{ send: [line(`RCPT TO:<v@${domain}>`)], replies: [] }] });

  test('may be asked for below the very top-level domain of the auditor, and nothing else there', () => {
    for (const auditor of ['v@auditor.zz', 'v@mail.auditor.co.zz'])
      expect(scriptOutOfScope(to(`${FRESH}.zz`), scopeOf(auditor))).toEqual([]);
    for (const other of [
      `${FRESH}.yy`,
      `${FRESH}x.zz`,
      `x${FRESH}.zz`,
      `sub.${FRESH}.zz`,
      `${FRESH}.co.zz`,
      'other.zz',
    ])
      expect(scriptOutOfScope(to(other), scopeOf('v@auditor.zz'))).toEqual([other]);
    expect(scriptOutOfScope(to(`${FRESH}.zz`), SCOPE)).toEqual([`${FRESH}.zz`]);
  });

  test('gets no message where somebody could register it, and one where nobody can', () => {
    expect(asksForUnregisteredName(to(`${FRESH}.zz`), scopeOf('v@auditor.zz'))).toBe(true);
    expect(asksForUnregisteredName(to(`${FRESH.toUpperCase()}.ZZ`), scopeOf('v@auditor.zz'))).toBe(true);
    expect(asksForUnregisteredName(to(`${FRESH}.test`), scopeOf('v@auditor.test'))).toBe(false);
    expect(asksForUnregisteredName(to('auditor.zz'), scopeOf('v@auditor.zz'))).toBe(false);
  });
});
