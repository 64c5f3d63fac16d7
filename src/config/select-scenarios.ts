import { matchesGlob } from 'node:path';
import { allScenarios, type Catalogue } from '../scenario/scenario.ts';
import { UsageError } from '../document/usage-error.ts';

/**
 * Keeps the scenarios whose id or family fits one of the globs. Controls always stay: without them nothing can be believed.
 * @throws UsageError when a glob fits nothing
 */
export function selectScenarios(catalogue: Catalogue, globs: readonly string[]): Catalogue {
  if (globs.length === 0) return catalogue;
  const fits = (glob: string, scenario: { readonly id: string; readonly family: string }): boolean =>
    matchesGlob(scenario.id, glob) || matchesGlob(scenario.family, glob);
  const useless = globs.filter((glob) => !allScenarios(catalogue).some((scenario) => fits(glob, scenario)));
  if (useless.length > 0)
    throw new UsageError(
      useless.map((glob) => `--scenario ${glob} fits no scenario (see \`relayproof scenarios list\`)`),
    );
  const families = catalogue.families.map((family) => ({
    ...family,
    scenarios: family.scenarios.filter(
      (scenario) => scenario.role !== 'probe' || globs.some((glob) => fits(glob, scenario)),
    ),
  }));
  return { families: families.filter((family) => family.scenarios.length > 0) };
}
