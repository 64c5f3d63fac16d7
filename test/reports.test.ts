import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { exampleReports, type ExampleReports } from '../src/selftest/example-report.ts';
import { loadCatalogue, SHIPPED_SCENARIOS } from '../src/scenario/load-catalogue.ts';

const NAMES = ['sound-guard.txt', 'sound-guard.json', 'defective-guard.txt', 'defective-guard.json'];

describe('the example reports', () => {
  let made: ExampleReports;

  beforeAll(async () => {
    const catalogue = loadCatalogue(SHIPPED_SCENARIOS);
    if (catalogue.kind === 'invalid') throw new Error('the shipped catalogue is invalid');
    made = await exampleReports(catalogue.value, new AbortController().signal, () => () => undefined);
  }, 120_000);

  test('show the sound guard clean and the other with exactly its defect', () => {
    expect(made.holds).toBe(true);
  });

  test.each(NAMES)('%s is what the demo makes today (renew: relayproof demo --examples reports)', (name) => {
    const checkedIn = readFileSync(new URL(`../reports/${name}`, import.meta.url), 'utf8');
    // Compared as a flag first: a difference in a megabyte is no readable message.
    expect(made.files.get(name) === checkedIn).toBe(true);
  });
});
