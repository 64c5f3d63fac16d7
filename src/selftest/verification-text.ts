import type { Audit } from '../judge/audit.ts';
import { table } from '../report/layout.ts';
import type { Disagreement } from './verification.ts';
import type { ClientClass } from '../policy/client-classes.ts';

export interface VerificationFacts {
  readonly policy: string;
  readonly audit: Audit;
  readonly classes: readonly ClientClass[];
  readonly found: readonly Disagreement[];
  /** Whether the author's word counts: it is about the default policy only. */
  readonly authorAsked: boolean;
}

export function verificationText({ policy, audit, classes, found, authorAsked }: VerificationFacts): string {
  const run = audit.results.filter((result) => result.verdict !== 'skipped');
  const scenarios = new Set(run.map((result) => result.scenario)).size;
  const rows = classes.map(({ title, address }) => {
    const here = run.filter((result) => result.vantage.endsWith(`=${address}`));
    return [
      `  ${title}`,
      address,
      `${here.length} sessions`,
      `${here.filter((result) => result.agrees === true).length} agree`,
    ];
  });
  return [
    `${policy}: ${scenarios} scenarios, ${run.length} sessions in ${(audit.durationMs / 1000).toFixed(1)} s`,
    ...table(rows),
    ...found.map(
      ({ scenario, vantage, login, message }) =>
        `  DISAGREE ${scenario} from ${vantage}${login === null ? '' : ' with login'}: ${message}`,
    ),
    found.length === 0
      ? `expectation and behaviour agree everywhere${authorAsked ? ', and so does the author of each scenario' : ''}`
      : `${found.length} disagreements`,
    '',
  ].join('\n');
}
