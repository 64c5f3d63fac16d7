import type { AuditResult } from './audit.ts';

/** Scenarios named of a group; the rest are counted. */
const MOST_NAMED = 3;

/** Results from one place with the same verdict for the same reason. */
export interface Alike {
  readonly first: AuditResult;
  /** `a`, or `a, b, c and 4 more`. */
  readonly scenarios: string;
}

/** What a reader need not read twice: results that differ in nothing but their scenario, in the order of the first of each. */
export function alike(results: readonly AuditResult[]): readonly Alike[] {
  const groups = Map.groupBy(results, ({ endpoint, vantage, verdict, reason }) =>
    [endpoint, vantage, verdict, reason].join('\n'),
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined
      ? []
      : [{ first, scenarios: named([...new Set(group.map(({ scenario }) => scenario))]) }];
  });
}

function named(scenarios: readonly string[]): string {
  const more = scenarios.length - MOST_NAMED;
  return scenarios.slice(0, MOST_NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
