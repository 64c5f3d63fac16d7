import { describe, expect, test } from 'vitest';
import type { Names } from '../../src/scenario/placeholder.ts';
import { fillScenario } from '../../src/session/fill.ts';
import { sendsMessage } from '../../src/session/message-end.ts';
import { scenarioOf } from '../support/scenarios.ts';

const NAMES = { sender: 's@sender.test', outside: 'v@outside.test', helo: 'client.test', own: 'example.com' };

describe('a scenario with its names filled in', () => {
  test('is the lines that go over the wire', () => {
    const filled = fillScenario(scenarioOf(), NAMES);
    if (filled.kind !== 'filled') throw new Error(filled.kind);
    expect(filled.script.helo).toBe('client.test');
    expect(filled.script.steps.map(({ send }) => send)).toEqual([
      [{ kind: 'line', text: 'MAIL FROM:<s@sender.test>' }],
      [{ kind: 'line', text: 'RCPT TO:<v@outside.test>' }],
    ]);
    expect(sendsMessage(filled.script)).toBe(false);
  });

  test('names the first placeholder that has no name', () => {
    expect(fillScenario(scenarioOf(), { helo: 'client.test', outside: 'v@outside.test' })).toEqual({
      kind: 'missing',
      placeholder: 'sender',
    });
    expect(fillScenario(scenarioOf({ helo: '{host}' }), NAMES)).toEqual({ kind: 'missing', placeholder: 'host' });
  });

  test('greets with no name where the scenario greets for itself', () => {
    const filled = fillScenario(scenarioOf({ helo: null }), NAMES);
    expect(filled).toMatchObject({ kind: 'filled', script: { helo: null } });
  });

  test('keeps the message of a dialogue for what it is', () => {
    const filled = fillScenario(
      scenarioOf({ dialogue: 'C: MAIL FROM:<{sender}>\nS: 250\nC: DATA\nS: ?\nC: {message}\nS: ?' }),
      NAMES,
    );
    if (filled.kind !== 'filled') throw new Error(filled.kind);
    expect(sendsMessage(filled.script)).toBe(true);
  });

  test('puts a name in wherever it stands, twice and inside of others', () => {
    const filled = fillScenario(scenarioOf({ rcpt: '<{own}%{own}@{own}>' }), NAMES);
    expect(JSON.stringify(filled)).toContain('RCPT TO:<example.com%example.com@example.com>');
  });
});

describe('the header field From of a canary', () => {
  const authorOf = (fields: Parameters<typeof scenarioOf>[0], names: Names = {}): string | undefined => {
    const filled = fillScenario(scenarioOf(fields), { ...NAMES, 'own-user': 'alice@example.com', ...names });
    if (filled.kind !== 'filled') throw new Error(filled.kind);
    return filled.script.author;
  };

  test('names the own user whom the session poses as, to strangers and to colleagues', () => {
    const outbound = { mail: '<{own-user}>', declares: { flow: 'outbound', form: 'plain' } };
    expect(authorOf(outbound)).toBe('alice@example.com');
    expect(authorOf({ ...outbound, declares: { flow: 'internal', form: 'plain' } })).toBe('alice@example.com');
  });

  test('names the sender of a dialogue as well', () => {
    const dialogue = 'C: MAIL FROM:<{own-user}>\nS: 250\nC: RCPT TO:<{outside}>\nS: ?';
    expect(authorOf({ dialogue, declares: { flow: 'outbound', form: 'plain', sender: '{own-user}' } })).toBe(
      'alice@example.com',
    );
  });

  test.each(['<>', '<postmaster>', '<"s@sender.test"@example.com>'])(
    'is left to the audit where %s is sent',
    (mail) => {
      const declares = { flow: 'relay', form: 'ambiguous', sender: mail.slice(1, -1) };
      expect(authorOf({ mail, declares })).toBeUndefined();
    },
  );
});
