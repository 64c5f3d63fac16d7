import type { RunRecord } from '../judge/judge-audit.ts';
import { isPlaceholder, referencesIn, type Names, type Placeholder } from '../scenario/placeholder.ts';
import { allScenarios, type Catalogue } from '../scenario/scenario.ts';
import { FRESH_LABEL, UNKNOWN_MAILBOX, withoutSecrets } from './names.ts';

/** The names that chance made in an earlier run, so that the sessions of both fit together; all others are made anew. */
export function namesOfAgain(names: Names, before: Names | undefined): Names {
  const { random = '', nobody = '' } = before ?? {};
  const [, ownOfNobody] = UNKNOWN_MAILBOX.exec(nobody) ?? [];
  return {
    ...names,
    ...(FRESH_LABEL.test(random) ? { random } : {}),
    ...(ownOfNobody !== undefined && ownOfNobody === names.own ? { nobody } : {}),
  };
}

/** An earlier run without the sessions that had other names than this run has: what they were told is no answer here. */
export function withoutRenamed(before: RunRecord, names: Names, catalogue: Catalogue): RunRecord {
  const now = withoutSecrets(names);
  const renamed = new Set(
    [...namesIn(now), ...namesIn(before.names)].filter((name) => now[name] !== before.names[name]),
  );
  if (renamed.size === 0) return before;
  const asksOtherwise = new Set(
    allScenarios(catalogue)
      .filter((scenario) =>
        referencesIn(JSON.stringify(scenario)).some(({ name }) => isPlaceholder(name) && renamed.has(name)),
      )
      .map(({ id }) => id),
  );
  return { ...before, transcripts: before.transcripts.filter(({ scenario }) => !asksOtherwise.has(scenario)) };
}

function namesIn(names: Names): readonly Placeholder[] {
  return Object.keys(names).filter(isPlaceholder);
}
