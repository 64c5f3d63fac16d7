import { describe, expect, test } from 'vitest';
import { planSessions, type SessionPlan } from '../../src/session/plan.ts';
import { namesOfVariant, variantsOf, type Namesakes } from '../../src/session/variant.ts';
import { scenarioOf } from '../support/scenarios.ts';

const NAMES = {
  sender: 's@sender.test',
  outside: 'v@outside.test',
  own: 'example.com',
  host: 'mx.example.com',
  helo: 'c.test',
};
const NAMESAKES: Namesakes = { host: ['mx2.example.com', 'mail.example.com'], 'second-own': [] };
const AT_HOST = { id: 'at-host', rcpt: '<a%{own}@{host}>', declares: { flow: 'relay', form: 'ambiguous' } } as const;

function plan(): SessionPlan {
  return planSessions([scenarioOf(AT_HOST), scenarioOf({ id: 'elsewhere' })], {
    vantages: [{ kind: 'direct' }],
    login: null,
    everyLogin: false,
    names: NAMES,
    namesakes: NAMESAKES,
    scope: { ownDomains: ['example.com'], outside: 'v@outside.test', targetNames: [] },
    isOwnMailbox: (mailbox) => mailbox.endsWith('@example.com'),
    prove: false,
  });
}

describe('a name that stands for several', () => {
  test('is asked for one by one, by the scenarios that use it', () => {
    expect(plan().probes.map(({ id }) => id)).toEqual([
      'at-host direct anonymous',
      'at-host direct anonymous host=mx2.example.com',
      'at-host direct anonymous host=mail.example.com',
      'elsewhere direct anonymous',
    ]);
  });

  test('stands in the lines of its variant, and the variant in the script', () => {
    const second = plan().probes[1];
    expect(second?.script.variant).toBe('host=mx2.example.com');
    expect(JSON.stringify(second?.script.steps)).toContain('a%example.com@mx2.example.com');
  });

  test('is found in the greeting and in the declared sender, too', () => {
    const variants = (fields: Parameters<typeof scenarioOf>[0]): number =>
      variantsOf(scenarioOf(fields), NAMES, NAMESAKES).length;
    expect(variants({ helo: '{host}' })).toBe(3);
    expect(variants({})).toBe(1);
  });

  test('is known again from the variant alone', () => {
    expect(namesOfVariant(NAMES, 'host=mx2.example.com')).toEqual({ ...NAMES, host: 'mx2.example.com' });
    expect(namesOfVariant(NAMES, null)).toBe(NAMES);
    expect(namesOfVariant(NAMES, 'nothing=x')).toBe(NAMES);
  });
});
