import type { Caught } from '../session/caught.ts';
import type { Stage } from '../session/transcript.ts';
import type { OperatorName } from '../scenario/placeholder.ts';
import type { Severity } from '../scenario/scenario.ts';
import type { Expectation } from './expectation.ts';
import type { FindingKind } from '../scenario/finding-kind.ts';
import type { VantageClass } from './vantage-class.ts';
import type { VerdictKind } from './verdict.ts';

export const AUDIT_SCHEMA = 'relayproof/audit/1';

export type Confidence = 'low' | 'medium' | 'high';

/** An address and port of the target. Everything that the server said is escaped. */
export interface AuditEndpoint {
  /** `ADDRESS:PORT`, with an IPv6 address in brackets: how results refer to it. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly banner: string | null;
  /** What the server seems to be; a guess. */
  readonly software: string;
}

/** What was audited: the host as it was named, and the first of its endpoints. */
export interface AuditTarget extends Omit<AuditEndpoint, 'name'> {
  readonly host: string;
}

export interface AuditVantage {
  readonly name: string;
  /** The client address that the server should see; null where no session got through. */
  readonly address: string | null;
}

export interface AuditControl {
  readonly endpoint: string;
  readonly scenario: string;
  readonly role: 'positive-control' | 'catch-all-control';
  readonly vantage: string;
  readonly login: string | null;
  readonly verdict: VerdictKind;
  readonly valid: boolean;
  readonly reason: string;
}

export interface AuditResult {
  readonly endpoint: string;
  readonly scenario: string;
  readonly family: string;
  readonly vantage: string;
  readonly login: string | null;
  /** The further name of the server or its owner that was asked for, such as `host=mx.example.com`; null for the first. */
  readonly variant: string | null;
  readonly verdict: VerdictKind;
  readonly stage: Stage | null;
  /** The telling reply as one line, or null. */
  readonly reply: string | null;
  readonly reason: string;
  readonly expected: Expectation;
  /** Whether the server did what was expected; null where that cannot be said. */
  readonly agrees: boolean | null;
  /** Id of the transcript, null for a session that was not run. */
  readonly transcript: string | null;
  readonly ms: number;
}

/** One session that shows the finding. */
export interface Evidence {
  readonly endpoint: string;
  readonly vantage: string;
  readonly verdict: VerdictKind;
  readonly reason: string;
  readonly transcript: string;
  readonly dialogue: readonly string[];
  readonly caught: readonly Caught[];
}

/** Why a finding does not count: an earlier audit had it too, or somebody answers for it until the end of a day. */
export type Standing =
  | { readonly kind: 'known' }
  | {
      readonly kind: 'waived';
      readonly reason: string;
      readonly who: string;
      /** ISO date, the last day on which it holds. */
      readonly expiry: string;
    };

/** Who can use a hole at one endpoint, and how sure that is. */
export interface Reach {
  readonly endpoint: string;
  /** The widest class of clients that shows it. */
  readonly vantageClass: VantageClass;
  readonly confidence: Confidence;
}

export interface Finding {
  readonly id: FindingKind;
  readonly scenario: string;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly title: string;
  readonly login: string | null;
  readonly evidence: readonly Evidence[];
  /** Scenarios with a trick on top that leak through the same hole. */
  readonly also: readonly string[];
  readonly remedy: string;
  /** Names what is wrong at a host and port, with or without a login, whoever the client is. Stable between runs. */
  readonly cause: string;
  /** Where it shows, an entry an endpoint. */
  readonly reach: readonly Reach[];
  /** Names the cause together with its endpoints and classes of clients. Stable between runs: no time, no banner, no reply. */
  readonly fingerprint: string;
  /** Absent where it counts. */
  readonly standing?: Standing;
}

export interface AuditFamily {
  readonly name: string;
  readonly title: string;
  /** Whether every vantage and login that asked something in it had a valid positive control. */
  readonly controlled: boolean;
}

/** The server began to answer a control otherwise: a ban, a limit. What was asked since proves nothing. */
export interface AuditTurn {
  readonly endpoint: string;
  readonly vantage: string;
  readonly reason: string;
  /** Sessions in doubt, and questions that were not put any more. */
  readonly doubted: number;
  readonly unasked: number;
}

export interface AuditSummary {
  readonly verdicts: Readonly<Record<VerdictKind, number>>;
  readonly sessions: number;
  readonly commandsSent: number;
  readonly messagesSent: number;
  readonly caught: number;
}

/** An audit that was ended by its own time limit. */
export interface ReachedTimeLimit {
  readonly seconds: number;
  /** Questions that were not asked any more, or that got no answer. */
  readonly unasked: number;
}

/** One run, whole: every report is drawn from this object and nothing else. */
export interface Audit {
  readonly schema: typeof AUDIT_SCHEMA;
  readonly tool: { readonly name: 'relayproof'; readonly version: string };
  readonly startedAt: string;
  readonly durationMs: number;
  readonly target: AuditTarget;
  readonly endpoints: readonly AuditEndpoint[];
  readonly authorizedBy: string | null;
  readonly vantages: readonly AuditVantage[];
  /** Digest of the policy that the expectations were computed from, or null. */
  readonly policy: string | null;
  readonly proved: boolean;
  /** Interrupted before all sessions were run. */
  readonly interrupted: boolean;
  /** What kept the catcher from seeing everything that came out, a sentence each. */
  readonly catcherFaults: readonly string[];
  /** Absent where the audit came to its end in time. */
  readonly timeLimit?: ReachedTimeLimit;
  readonly turned: readonly AuditTurn[];
  /** Names that only the operator can tell and did not, in their own order: questions about them were not asked. */
  readonly unfilled: readonly OperatorName[];
  readonly families: readonly AuditFamily[];
  readonly controls: readonly AuditControl[];
  readonly results: readonly AuditResult[];
  readonly findings: readonly Finding[];
  readonly summary: AuditSummary;
}
