import type { RunRecord } from '../judge/judge-audit.ts';
import type { Policy } from '../policy/policy.ts';
import type { Deadlines } from '../probe/deadlines.ts';
import type { PaceInfo } from '../probe/pace.ts';
import type { RunEvent, RunResult } from '../probe/audit-run.ts';
import type { TlsMode } from '../probe/session-options.ts';
import type { OperatorName } from '../scenario/placeholder.ts';
import type { Catalogue } from '../scenario/scenario.ts';
import type { CanaryMint } from '../session/canary.ts';
import type { Probe } from '../session/plan.ts';
import type { Transcript } from '../session/transcript.ts';
import type { Vantage } from '../session/vantage.ts';
import type { Credentials } from '../smtp/sasl.ts';
import type { CaughtSource } from '../catcher/caught-source.ts';
import type { ReverseNames } from '../target/reverse-lookup.ts';

/** Whose mail is asked for, in the words of the options. */
export interface AuditIdentities {
  readonly ownDomains: readonly string[];
  /** Mailboxes that exist. */
  readonly ownUsers: readonly string[];
  /** A mailbox of the auditor's elsewhere. */
  readonly outside: string;
  /** Sender outside of the own domains. */
  readonly from: string;
  readonly helo: string;
  readonly partner: string | null;
  /** Logins of the operator's own file that must not work, `user:password` each, two at most. */
  readonly weakLogins: readonly Credentials[];
  /** The name that DNS gives for the address of this host. @default none */
  readonly reverseName?: string;
  /** Further names of the server, beside what it calls itself. @default none */
  readonly hostNames?: readonly string[];
  /** Names that only the operator can tell. @default none */
  readonly fills?: Readonly<Partial<Record<OperatorName, string>>>;
}

/** Clocks and chance, replaced only where a run must give the same bytes twice. */
export interface Surroundings {
  readonly now: () => Date;
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic: () => number;
  readonly mint: CanaryMint;
  /** A label of twelve hexadecimal digits that was never used before. */
  readonly randomLabel: () => string;
}

/** Everything that one audit of one address needs. */
export interface AuditRequest {
  readonly target: { readonly host: string; readonly address: string; readonly port: number };
  readonly catalogue: Catalogue;
  readonly policy: Policy | null;
  readonly identities: AuditIdentities;
  /** Asked once, for the address that the survey came from. @default nobody is asked */
  readonly reverseNames?: ReverseNames;
  readonly vantages: readonly Vantage[];
  readonly login: Credentials | null;
  readonly insecureLogin: boolean;
  readonly tls: TlsMode;
  readonly tlsCa: string | null;
  readonly prove: boolean;
  /** Whether scenarios that could harm or annoy are run, too. */
  readonly intrusive: boolean;
  readonly caught: CaughtSource | null;
  /** How long to wait for canaries after the last one was sent, in milliseconds. */
  readonly waitMs: number;
  readonly pace: PaceInfo;
  /** How long to wait in all for greylists, and each time for a rate limit, in milliseconds. */
  readonly patienceMs: number;
  /** Pause before a control that turned, or a session that was turned away, is asked once more, in milliseconds. */
  readonly reprieveMs: number;
  readonly deadlines: Deadlines;
  readonly authorizedBy: string | null;
  readonly isGuard: boolean;
  readonly surroundings: Surroundings;
  /** A saved run of the same endpoint: what it could tell is not asked again, and its names are used again. */
  readonly previous: RunRecord | null;
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
  /** Told once, when the sessions to run are known. */
  readonly onPlanned?: (planned: PlannedRun) => void;
}

/** What is about to be run, for those who judge while it runs. */
export interface PlannedRun {
  readonly probes: readonly Probe[];
  /** What an earlier run could tell and is not asked again. */
  readonly known: readonly Transcript[];
  /** The record of the run so far, as it would be if the run ended there. */
  readonly recordOf: (soFar: RunResult) => RunRecord;
}
