import type { Names } from '../scenario/placeholder.ts';
import type { Caught } from '../session/caught.ts';
import type { SkippedProbe } from '../session/plan.ts';
import type { Transcript } from '../session/transcript.ts';
import type { AuditTarget, ReachedTimeLimit } from './audit.ts';

/** How well it was watched what came out. */
export interface Catching {
  /** What kept the catcher from seeing everything, a sentence each. */
  readonly faults: readonly string[];
  /** When each canary was first seen (ISO 8601), by the clock of the prober; one that is missing was not seen by it. */
  readonly seenAt: Readonly<Record<string, string>>;
  /** Until when somebody watched (ISO 8601), by that clock; null where nobody says. */
  readonly until: string | null;
}

/** Of a run whose catcher said nothing about itself. */
export const UNKNOWN_CATCHING: Catching = { faults: [], seenAt: {}, until: null };

/** Everything that a run left behind; JSON-serialisable but for the policy, so that it can be judged again. */
export interface RunRecord {
  readonly toolVersion: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly target: Omit<AuditTarget, 'software'>;
  readonly authorizedBy: string | null;
  readonly names: Names;
  readonly ownDomains: readonly string[];
  /** Client address that each vantage claims or binds, by its name. */
  readonly vantageAddresses: Readonly<Record<string, string | null>>;
  readonly proved: boolean;
  /** Whether somebody watched what came out. */
  readonly watched: boolean;
  readonly isGuard: boolean;
  readonly interrupted: boolean;
  /** Absent where the run came to its end in time. */
  readonly timeLimit?: ReachedTimeLimit;
  readonly transcripts: readonly Transcript[];
  readonly skipped: readonly SkippedProbe[];
  /** Vantages from which the server began to answer otherwise, with the ids of the sessions that this puts in doubt. */
  readonly turned: readonly {
    readonly vantage: string;
    readonly doubted: readonly string[];
    readonly unasked: readonly string[];
    readonly reason: string;
  }[];
  readonly caught: readonly Caught[];
  readonly catching: Catching;
}
