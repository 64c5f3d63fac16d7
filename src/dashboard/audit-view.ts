import type { VERDICT_INFO } from '../judge/verdict.ts';
import { probeKey } from '../terminal/run-progress.ts';

/** What the server did, in the words of the audit. */
export type VerdictWord = keyof typeof VERDICT_INFO;

/** One case of the catalogue, in words. */
export interface ScenarioView {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly source: string;
  readonly severity: string;
  /** What it really asks for, all tricks undone. */
  readonly asks: string;
}

export interface FamilyView {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly scenarios: readonly ScenarioView[];
}

/** Where sessions come from and go to: a column of the matrix. */
export interface ColumnView {
  readonly endpoint: string;
  readonly vantage: string;
  readonly login: string | null;
  /** Short name that tells it from the other columns. */
  readonly label: string;
}

/** What came of one scenario in one column; where it was asked under several names, what came of the worst. */
export interface CellView {
  /** Key of the session that tells, null where none was run. */
  readonly session: string | null;
  readonly verdict: VerdictWord;
  /** Whether the server did what was expected; null where that cannot be said. */
  readonly agrees: boolean | null;
  /** What would have been right, such as `refuse (policy)`. */
  readonly expected: string;
  readonly stage: string | null;
  readonly reply: string | null;
  readonly reason: string;
  readonly ms: number;
}

export interface FindingView {
  readonly scenario: string;
  readonly severity: string;
  readonly confidence: string;
  readonly title: string;
  /** Vantages that it was seen from. */
  readonly from: readonly string[];
  /** Scenarios with a trick on top that leak through the same hole. */
  readonly also: readonly string[];
  readonly remedy: string;
  readonly fingerprint: string;
}

export interface ControlView {
  readonly label: string;
  readonly scenario: string;
  readonly valid: boolean;
  readonly reason: string;
}

/** A vantage that the server does not let in any more. */
export interface BanView {
  readonly vantage: string;
  readonly reason: string;
  readonly doubted: number;
  readonly unasked: number;
}

export type OutcomeKind = 'open' | 'possibly-open' | 'could-not-tell' | 'closed';

/** What is known of a target: judged so far while a run lasts, for good at its end. */
export interface AuditView {
  readonly software: string;
  readonly banner: string | null;
  /** Digest of the policy, or null. */
  readonly policy: string | null;
  readonly columns: readonly ColumnView[];
  /** By `cellKey`. */
  readonly cells: ReadonlyMap<string, CellView>;
  readonly findings: readonly FindingView[];
  readonly controls: readonly ControlView[];
  readonly bans: readonly BanView[];
  readonly outcome: { readonly kind: OutcomeKind; readonly reasons: readonly string[] };
}

/** Names the session of a scenario in a column: the endpoint, and the id that a probe has in its run. */
export function cellKey(scenario: string, { endpoint, vantage, login }: Omit<ColumnView, 'label'>): string {
  return probeKey(endpoint, `${scenario} ${vantage} ${login === null ? 'anonymous' : 'authenticated'}`);
}
