import { parseFamily } from '../../src/scenario/parse-family.ts';
import type { Catalogue, Family, Scenario } from '../../src/scenario/scenario.ts';

/** A scenario as a file would write it; what is not given is that of a stranger's mail to a stranger. */
export type ScenarioFields = Readonly<Record<string, unknown>> & { readonly id?: string };

const THIRD_PARTY: ScenarioFields = {
  id: 'third-party',
  title: 'a stranger sends to a stranger',
  why: 'a test',
  source: 'a test',
  mail: '<{sender}>',
  rcpt: '<{outside}>',
  declares: { flow: 'relay', form: 'plain' },
  default: { listed: 'refuse', unlisted: 'refuse' },
  safe: 'refuse',
  severity: 'critical',
};

const CONTROL: ScenarioFields = {
  ...THIRD_PARTY,
  id: 'control-inbound',
  title: 'mail for an own mailbox',
  rcpt: '<{own-user}>',
  role: 'positive-control',
  declares: { flow: 'inbound', form: 'plain' },
  default: { listed: 'accept', unlisted: 'accept' },
  safe: 'accept',
  severity: 'low',
};

/** Reads a family as a file of `scenarios/` is read, so that every field gets its default. @throws Error with the problems */
export function familyOf(scenarios: readonly ScenarioFields[], fields: Readonly<Record<string, unknown>> = {}): Family {
  const family = {
    family: 'tested',
    title: 'Tested',
    finds: 'third-party-relay',
    about: 'scenarios of a test',
    ...fields,
    scenarios: scenarios.map((scenario) => withoutPathsBeside({ ...THIRD_PARTY, ...scenario })),
  };
  const parsed = parseFamily(JSON.stringify(family, null, 1), 'tested.yaml');
  if (parsed.kind === 'invalid') throw new Error(parsed.problems.map(({ message }) => message).join('\n'));
  return parsed.value;
}

export function scenarioOf(fields: ScenarioFields = {}): Scenario {
  const [scenario] = familyOf([fields]).scenarios;
  if (scenario === undefined) throw new Error('there is no scenario');
  return scenario;
}

function withoutPathsBeside(fields: ScenarioFields): ScenarioFields {
  if (fields['dialogue'] === undefined) return fields;
  const { mail: _, rcpt: __, ...rest } = fields;
  return { ...rest, declares: { sender: '{sender}', ...(isObject(rest['declares']) ? rest['declares'] : {}) } };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** A positive control, and what the test asks about. */
export function catalogueOf(...scenarios: readonly ScenarioFields[]): Catalogue {
  return {
    families: [familyOf([CONTROL], { family: 'control', title: 'Controls' }), familyOf(scenarios)],
  };
}
