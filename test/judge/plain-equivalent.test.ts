import { expect, test } from 'vitest';
import { FRESH_DESTINATION, SAME_TOP_LEVEL } from '../../src/judge/known-destination.ts';
import { PLAIN_EQUIVALENT, PLAIN_UNDER_TLS } from '../../src/judge/plain-equivalent.ts';
import { loadCatalogue, SHIPPED_SCENARIOS } from '../../src/scenario/load-catalogue.ts';
import { allScenarios } from '../../src/scenario/scenario.ts';

const loaded = loadCatalogue(SHIPPED_SCENARIOS);
const scenarios = new Map(
  loaded.kind === 'ok' ? allScenarios(loaded.value).map((scenario) => [scenario.id, scenario]) : [],
);
const named = [
  ...Object.entries({ ...PLAIN_EQUIVALENT }),
  ...Object.entries(PLAIN_UNDER_TLS),
  ['relay', FRESH_DESTINATION] as const,
  ['relay', SAME_TOP_LEVEL] as const,
].flatMap(([flow, id]) => (id === null ? [] : [{ flow, id }]));

test.for(named)('the catalogue has $id, which asks for the flow $flow in plain addresses', ({ flow, id }) => {
  expect(scenarios.get(id)?.declares).toMatchObject({ flow, form: 'plain', protocol: 'kept' });
});
