import { describe, expect, test } from 'vitest';
import { planSessions, probeId, type PlanOptions, type SessionPlan } from '../../src/session/plan.ts';
import { scenarioOf, type ScenarioFields } from '../support/scenarios.ts';
import { SCOPE } from '../support/session-rig.ts';

const NAMES = {
  sender: 's@sender.test',
  outside: 'v@outside.test',
  helo: 'client.test',
  own: 'example.com',
  'own-user': 'alice@example.com',
};

function plan(scenarios: readonly ScenarioFields[], changes: Partial<PlanOptions> = {}): SessionPlan {
  return planSessions(scenarios.map(scenarioOf), {
    vantages: [{ kind: 'direct' }],
    login: null,
    everyLogin: false,
    names: NAMES,
    scope: SCOPE,
    isOwnMailbox: (mailbox) => mailbox.endsWith('example.com'),
    prove: false,
    ...changes,
  });
}

function reasons({ skipped }: SessionPlan): readonly unknown[] {
  return skipped.map(({ reason }) => reason);
}

describe('a plan of sessions', () => {
  test('runs every scenario from every vantage, scenario by scenario', () => {
    const { probes } = plan([{ id: 'a' }, { id: 'b' }], {
      vantages: [{ kind: 'direct' }, { kind: 'bind', address: '127.0.0.9' }],
    });
    expect(probes.map(({ id }) => id)).toEqual([
      'a direct anonymous',
      'a bind=127.0.0.9 anonymous',
      'b direct anonymous',
      'b bind=127.0.0.9 anonymous',
    ]);
  });

  test.each([
    ['none', false, [null]],
    ['none', true, [null]],
    ['any', false, [null]],
    ['any', true, [null, 'alice']],
    ['required', false, ['alice']],
    ['required', true, ['alice']],
  ])('with a login, a scenario of login `%s` is run (every login: %s) as %j', (login, everyLogin, logins) => {
    const { probes } = plan([{ login }], { login: 'alice', everyLogin });
    expect(probes.map((probe) => probe.login)).toEqual(logins);
  });

  test('without a login, a scenario that needs one is left out and says so', () => {
    expect(reasons(plan([{ login: 'required' }]))).toEqual([{ kind: 'needs-login' }]);
  });

  test('leaves out what has no name, what sends without leave to prove, and what names somebody else', () => {
    const planned = plan([
      { id: 'nameless', rcpt: '<v@{host}>', declares: { flow: 'relay', form: 'ambiguous' } },
      { id: 'sending', dialogue: 'C: MAIL FROM:<{sender}>\nS: 250\nC: DATA\nS: 354\nC: {message}\nS: ?' },
      { id: 'naming', rcpt: '<v@victim.zz>' },
      { id: 'naming-later', dialogue: 'C: NOOP\nS: ?\nC: rcpt to:<v%victim.zz@{own}>\nS: ?' },
    ]);
    expect(planned.probes).toEqual([]);
    expect(reasons(planned)).toEqual([
      { kind: 'missing-name', placeholder: 'host' },
      { kind: 'needs-proof' },
      { kind: 'out-of-scope', names: ['victim.zz'] },
      { kind: 'out-of-scope', names: ['victim.zz'] },
    ]);
  });

  test.each<[string, ScenarioFields]>([
    ['the greeting', { helo: 'client.test\r\nRCPT TO:<v@victim.zz>' }],
    ['the reverse-path', { mail: '<v@victim.zz>' }],
    [
      'the header of the message',
      {
        message: { header: { To: 'v@victim.zz' } },
        rcpt: '<{own-user}>',
        declares: { flow: 'inbound', form: 'plain' },
      },
    ],
    [
      'the text of the message',
      {
        message: { body: ['x\r\n.\r\nRCPT TO:<v@victim.zz>'] },
        rcpt: '<{own-user}>',
        declares: { flow: 'inbound', form: 'plain' },
      },
    ],
  ])('leaves out what names somebody else in %s, as the gate before the wire would', (_, scenario) => {
    expect(reasons(plan([scenario], { prove: true }))).toEqual([{ kind: 'out-of-scope', names: ['victim.zz'] }]);
  });

  test('leaves out what may earn more refusals at once than the pace allows', () => {
    const dialogue = `C: MAIL FROM:<{sender}>\nS: 250\n${'C: RCPT TO:<{outside}>\nS: *\n'.repeat(5)}C: NOOP\nS: ?`;
    expect(reasons(plan([{ dialogue }], { mostRefusals: 4 }))).toEqual([{ kind: 'too-many-refusals', refusals: 5 }]);
    expect(plan([{ dialogue }], { mostRefusals: 5 }).probes).toHaveLength(1);
    expect(plan([{ dialogue }]).probes).toHaveLength(1);
  });

  test('sends a message where it has leave to', () => {
    const dialogue = 'C: MAIL FROM:<{sender}>\nS: 250\nC: DATA\nS: 354\nC: {message}\nS: ?';
    expect(plan([{ dialogue }], { prove: true }).probes).toHaveLength(1);
  });

  test('leaves out what these own domains contradict', () => {
    const planned = plan([{}], { isOwnMailbox: () => true });
    expect(reasons(planned)).toEqual([{ kind: 'contradicted', mailbox: 's@sender.test' }]);
    const ambiguous = plan([{ declares: { flow: 'relay', form: 'ambiguous' } }], { isOwnMailbox: () => true });
    expect(ambiguous.probes).toHaveLength(1);
  });

  test('gives every probe an id of its own', () => {
    const { probes } = plan([{ id: 'a' }, { id: 'b' }], { login: 'alice', everyLogin: true });
    expect(new Set(probes.map(({ id }) => id)).size).toBe(4);
    expect(probeId('a', 'direct', 'alice')).toBe('a direct authenticated');
  });
});
