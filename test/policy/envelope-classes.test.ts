import { describe, expect, test } from 'vitest';
import { envelopeClasses } from '../../src/policy/envelope-classes.ts';
import type { PolicySettings } from '../../src/policy/settings.ts';
import { examplePolicy } from './arbitrary-policy.ts';

const classesOf = (...policies: readonly Partial<PolicySettings>[]) =>
  envelopeClasses(policies.map((overrides) => examplePolicy(overrides)));

describe('the envelope addresses that stand for all others', () => {
  test('are one of each kind', () => {
    expect(classesOf({ users: ['alice@example.com', 'dave@elsewhere.test'] })).toEqual({
      senders: ['', 'sender@example.com', 'sender@elsewhere.test', 'alice@example.com', 'dave@elsewhere.test'],
      recipients: ['recipient@example.com', 'recipient@elsewhere.test'],
    });
  });

  test('of two policies tell apart what either tells apart', () => {
    const { senders, recipients } = classesOf(
      { domains: ['one.example'], users: ['alice@one.example'] },
      { domains: ['two.example'], users: ['alice@one.example', 'bob@one.example'] },
    );
    expect(senders).toEqual([
      '',
      'sender@one.example',
      'sender@two.example',
      'sender@elsewhere.test',
      'alice@one.example',
      'bob@one.example',
    ]);
    // A recipient without a domain is own to both, as no mailbox with one is.
    expect(recipients).toEqual([
      'recipient@one.example',
      'recipient@two.example',
      'recipient@elsewhere.test',
      'postmaster',
    ]);
  });

  test('evade the names that a policy uses up', () => {
    const reserved = ['elsewhere.test', 'elsewhere.invalid', 'elsewhere.example', 'test', 'invalid'];
    const free = (...domains: readonly string[]) => classesOf({ domains }).recipients.at(-1);
    expect(free(...reserved.slice(0, 2))).toBe('recipient@elsewhere.example');
    expect(free(...reserved)).toBe('recipient@elsewhere.relayproof1');
    expect(free(...reserved, 'elsewhere.relayproof1')).toBe('recipient@elsewhere.relayproof2');
    const users = ['sender@example.com', 'sender1@example.com'];
    expect(classesOf({ users }).senders).toContain('sender2@example.com');
  });

  test('below a wildcard are fresh names', () => {
    const below = (...domains: readonly string[]) =>
      classesOf({ domains, users: ['sender@host2.example.org'] }).senders;
    expect(below('*.example.org')).toContain('sender@host.example.org');
    expect(below('*.example.org', 'host.example.org', 'host1.example.org').slice(1)).toEqual([
      'sender@host.example.org',
      'sender@elsewhere.test',
      'sender@host2.example.org',
    ]);
  });

  test('evade the names that one of two policies uses up', () => {
    const { recipients } = classesOf({ domains: ['elsewhere.test'] }, { domains: ['example.com'] });
    expect(recipients).toContain('recipient@elsewhere.invalid');
    const { senders } = classesOf(
      { domains: ['*.example.org'], users: ['sender@host1.example.org'] },
      { domains: ['host.example.org'] },
    );
    expect(senders).toContain('sender1@host1.example.org');
  });

  test('are plain where there is a plain one', () => {
    const { senders } = classesOf({ users: ['"a b"@example.com', 'carol@example.com', '"c d"@elsewhere.test'] });
    expect(senders).toContain('carol@example.com');
    expect(senders).not.toContain('"a b"@example.com');
    expect(senders).toContain('"c d"@elsewhere.test');
  });
});
