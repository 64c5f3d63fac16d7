import { existsSync } from 'node:fs';
import { UsageError } from '../document/usage-error.ts';
import { prepareExim } from './exim-recipe.ts';
import { prepareGuard } from './guard-recipe.ts';
import { preparePostfix } from './postfix-recipe.ts';
import type { LabSite, PreparedServer, Recipe, RecipeName } from './recipe.ts';

export const RECIPES: Readonly<Record<RecipeName, Recipe>> = {
  postfix: preparePostfix,
  exim: prepareExim,
  guard: prepareGuard,
  command: prepareCommand,
};

/** Runs what it is told: a server that listens on port 25 of every address and finds its world by DNS. */
function prepareCommand({ path, command }: LabSite): PreparedServer {
  if (command === null) throw new UsageError(['--command is missing: say what starts the server in the foreground']);
  if (!existsSync(path)) throw new UsageError([`${path}: does not exist`]);
  return { argv: ['sh', '-c', command], notes: [], log: () => '' };
}
