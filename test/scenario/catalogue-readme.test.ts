import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { describe, expect, test } from 'vitest';
import { catalogueReadme } from '../../src/scenario/catalogue-readme.ts';
import { loadCatalogue, SHIPPED_SCENARIOS } from '../../src/scenario/load-catalogue.ts';
import { scenarioJsonSchema } from '../../src/scenario/scenario-schema.ts';
import { allScenarios, type Catalogue } from '../../src/scenario/scenario.ts';

const RENEW = 'UPDATE=1 npx vitest run --config test/vitest.config.ts test/scenario/catalogue-readme.test.ts';

function shipped(): Catalogue {
  const loaded = loadCatalogue(SHIPPED_SCENARIOS);
  if (loaded.kind === 'invalid') throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  return loaded.value;
}

async function formatted(text: string, file: string): Promise<string> {
  return format(text, { ...(await resolveConfig(file)), filepath: file });
}

/** Compares a checked-in file with what it is made from, or writes it anew. */
async function mustBeCurrent(name: string, text: string): Promise<void> {
  const file = `${SHIPPED_SCENARIOS}${name}`;
  const wanted = await formatted(text, file);
  if (process.env['UPDATE'] === '1') writeFileSync(file, wanted);
  expect(readFileSync(file, 'utf8') === wanted, `scenarios/${name} is out of date: ${RENEW}`).toBe(true);
}

describe('what is made from the catalogue', () => {
  test('its README is current', async () => {
    await mustBeCurrent('README.md', catalogueReadme(shipped()));
  });

  test('the schema of its files is current', async () => {
    await mustBeCurrent('scenario.schema.json', JSON.stringify(scenarioJsonSchema()));
  });

  test('its README names every scenario with why it is there and where it is known from', () => {
    const readme = catalogueReadme(shipped()).replaceAll('\\', '');
    for (const { id, why, source } of allScenarios(shipped())) {
      expect(readme).toContain(`**${id}**`);
      expect(readme).toContain(source.replaceAll('\\', '').trim());
      expect(readme).toContain(why.replaceAll('\\', '').trim().replace(/\s+/g, ' '));
    }
  });
});
