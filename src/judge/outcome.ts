import type { Audit, Finding } from './audit.ts';
import { SEVERITIES } from './finding-kind.ts';
import type { Severity } from '../scenario/scenario.ts';
import { alike, type Alike } from './alike.ts';
import { unaskedQuestions } from './unasked.ts';

/** What an audit comes to, for the first line of every report and for the exit code. */
export type Outcome =
  | { readonly kind: 'findings'; readonly worst: Severity; readonly proven: boolean }
  | { readonly kind: 'could-not-tell'; readonly reasons: readonly string[] }
  | { readonly kind: 'clean' };

/** At or above this severity a finding counts; `never`: none does. */
export type FailOn = Severity | 'never';

export const FAIL_ON: readonly FailOn[] = [...SEVERITIES, 'never'];

/** Reasons shown at most. */
const KEPT_REASONS = 5;

/** Findings go before doubts: a server that is shown to be open is open, whatever else could not be told. */
export function outcomeOf(audit: Audit, failOn: FailOn): Outcome {
  const counted = findingsThatCount(audit.findings, failOn);
  const [worst] = counted;
  if (worst !== undefined)
    return {
      kind: 'findings',
      worst: worst.severity,
      proven: counted.some((finding) => finding.confidence === 'high'),
    };
  const reasons = doubts(audit);
  return reasons.length > 0 ? { kind: 'could-not-tell', reasons: reasons.slice(0, KEPT_REASONS) } : { kind: 'clean' };
}

/** Those of at least that severity which are neither known from a baseline nor waived. */
export function findingsThatCount(findings: readonly Finding[], failOn: FailOn): readonly Finding[] {
  if (failOn === 'never') return [];
  const least = SEVERITIES.indexOf(failOn);
  return findings.filter(({ severity, standing }) => standing === undefined && SEVERITIES.indexOf(severity) >= least);
}

/** Everything that keeps an audit without findings from being a clean bill. */
export function doubts(audit: Audit): readonly string[] {
  const reasons: string[] = [];
  if (audit.timeLimit !== undefined)
    reasons.push(
      `the time limit of ${audit.timeLimit.seconds} s was reached, ${audit.timeLimit.unasked} questions not asked`,
    );
  else if (audit.interrupted) reasons.push('the audit was interrupted');
  for (const fault of audit.catcherFaults) reasons.push(`the catcher may have missed messages: ${fault}`);
  for (const turn of audit.turned) {
    reasons.push(
      `${turn.reason}: ${turn.doubted} sessions in doubt, ${turn.unasked} not asked. A ban, likely: exempt the auditor's address (fail2ban: ignoreip), or use --pace polite`,
    );
  }
  if (audit.results.every((result) => result.verdict === 'skipped')) reasons.push('nothing was asked');
  for (const family of audit.families.filter((one) => !one.controlled))
    reasons.push(`no valid control beside the family “${family.title}”`);
  reasons.push(...unaskedQuestions(audit));
  const open = audit.results.filter((result) => result.verdict === 'inconclusive');
  return [...reasons, ...new Set(alike(open).map((one) => doubtOf(one, audit.endpoints.length > 1)))];
}

function doubtOf({ first: { endpoint, vantage, reason }, scenarios }: Alike, severalEndpoints: boolean): string {
  return `${scenarios}${severalEndpoints ? ` at ${endpoint}` : ''} from ${vantage}: ${reason}`;
}
