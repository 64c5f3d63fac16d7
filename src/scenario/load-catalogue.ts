import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Checked, Problem } from '../document/problem.ts';
import { parseFamily } from './parse-family.ts';
import type { Catalogue, Family } from './scenario.ts';

/** The folder of scenarios that comes with relayproof. */
export const SHIPPED_SCENARIOS = fileURLToPath(new URL('../../scenarios/', import.meta.url));

/** Families in this order: the controls, then the most telling first; families of the user's own behind them by name. */
const FAMILY_ORDER = ['control', 'third-party-relay', 'spoofed-domain', 'internal', 'authenticated'];

/** Reads every `.yaml` file of a folder; all problems of all files are reported together. */
export function loadCatalogue(folder: string): Checked<Catalogue> {
  const problems: Problem[] = [];
  const families: Family[] = [];
  for (const file of scenarioFiles(folder, problems)) {
    const parsed = parseFamily(readFileSync(file, 'utf8'), file);
    if (parsed.kind === 'invalid') problems.push(...parsed.problems);
    else families.push(parsed.value);
  }
  problems.push(...repeatedIds(families));
  if (problems.length > 0) return { kind: 'invalid', problems };
  return {
    kind: 'ok',
    value: { families: families.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name)) },
  };
}

function scenarioFiles(folder: string, problems: Problem[]): readonly string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
    if (names.length === 0)
      problems.push({ file: folder, line: 1, column: 1, message: 'no scenario files (`*.yaml`) in this folder' });
    return names.sort().map((name) => join(folder, name));
  } catch (error) {
    problems.push({
      file: folder,
      line: 1,
      column: 1,
      message: `cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    });
    return [];
  }
}

function repeatedIds(families: readonly Family[]): readonly Problem[] {
  const seen = new Map<string, string>();
  const problems: Problem[] = [];
  for (const { id, location } of families.flatMap((family) => family.scenarios)) {
    const first = seen.get(id);
    if (first === undefined) seen.set(id, `${location.file}:${location.line}`);
    else
      problems.push({
        file: location.file,
        line: location.line,
        column: 1,
        message: `id \`${id}\` is taken by ${first}`,
      });
  }
  return problems;
}

function rank(family: Family): number {
  const index = FAMILY_ORDER.indexOf(family.name);
  return index === -1 ? FAMILY_ORDER.length : index;
}
