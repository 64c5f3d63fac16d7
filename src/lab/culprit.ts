import { join } from 'node:path';
import { explainPolicy } from '../policy/explain.ts';
import type { Audit, Finding } from '../judge/audit.ts';
import type { FileLine } from '../config/config-file.ts';
import { textFrom } from '../document/files.ts';
import { placesInPolicy } from '../config/policy-places.ts';
import { postfixCulprit } from './postfix-culprit.ts';
import type { RecipeName } from './recipe.ts';
import { policyFrom } from '../config/inputs.ts';

type Culprit = (text: string, finding: Finding) => number;

/** Lines of an Exim configuration that are known to open holes, the likeliest first. */
const EXIM_LINES: readonly RegExp[] = [
  /^\s*hostlist\s+\w*relay\w*\s*=.*(?:\*|0\.0\.0\.0\/0|::\/0)/m,
  /^\s*accept\s+senders\s*=/m,
  /^\s*accept\s+condition\s*=.*sender_helo_name/m,
  /^\s*domainlist\s+relay\w*\s*=.*\*/m,
  /^\s*accept\s*$/m,
];

function eximCulprit(text: string): number {
  const found = EXIM_LINES.flatMap((pattern) => pattern.exec(text)?.index ?? []);
  const [first] = found;
  // A pattern may begin in the blanks of lines above.
  return first === undefined ? 1 : lineAt(text, first + (/^\s*/.exec(text.slice(first))?.[0].length ?? 0));
}

function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

/** Where the file of a server lets each finding be, by fingerprint: a guess that helps to look, line 1 where there is none. */
export function culpritsOf(recipe: RecipeName, path: string, { findings }: Audit): ReadonlyMap<string, FileLine> {
  const at = (file: string, culprit: Culprit): ReadonlyMap<string, FileLine> => {
    const text = textFrom(file);
    return new Map(findings.map((finding) => [finding.fingerprint, { file, line: culprit(text, finding) }]));
  };
  switch (recipe) {
    case 'postfix':
      return at(join(path, 'main.cf'), postfixCulprit);
    case 'exim':
      return at(path, eximCulprit);
    case 'guard': {
      const [reason] = explainPolicy(policyFrom(path)).reasons;
      const place = placesInPolicy(path);
      return at(path, () => (reason === undefined ? 1 : place(reason.setting).line));
    }
    case 'command':
      return new Map(findings.map(({ fingerprint }) => [fingerprint, { file: path, line: 1 }]));
  }
}
