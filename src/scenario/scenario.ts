import type { Flow } from '../policy/flow.ts';
import type { FindingKind } from './finding-kind.ts';
import type { Step } from './dialogue.ts';
import type { MessageChange } from './message-change.ts';

/** What a policy can answer. */
export type Answer = 'accept' | 'refuse';

/**
 * What a server must answer when nobody told us its policy:
 * `refuse` before or at end of data · `accept` (a control) · `local-only`: accepting is tolerable as long as the message
 * never leaves the server · `policy`: either is right, the owner's policy decides.
 */
export type SafeAnswer = 'refuse' | 'accept' | 'local-only' | 'policy';

/** `plain` addresses go through a guard unchanged; everything else is `ambiguous`. */
export type AddressForm = 'plain' | 'ambiguous';

/** How bad it is when a server gives the unsafe answer. */
export type Severity = 'low' | 'medium' | 'high' | 'critical';

/** What a scenario is in an audit: a `probe` asks; a control's right answer is known beforehand. */
export type Role = 'probe' | 'positive-control' | 'catch-all-control';

/** `none`: only without a login · `required`: only with one · `any`: both. */
export type LoginUse = 'none' | 'required' | 'any';

/** `none`: no mail is asked for, so no policy has an answer. */
export type DeclaredFlow = Flow | 'none';

/** `off`: the session stays in the clear. `script`: the dialogue begins TLS itself. */
export type ScenarioTls = 'auto' | 'off' | 'script';

/** `connected`: the dialogue begins with the connection, and the banner is one of its replies. */
export type Beginning = 'greeted' | 'connected';

/** What it means that the server closes the connection, or does not begin TLS, before the question is answered. */
export type ClosingMeaning = 'inconclusive' | 'refusal';

/** What the scenario really asks for, all tricks undone, stated by its author by hand. */
export interface Declaration {
  readonly flow: DeclaredFlow;
  readonly form: AddressForm;
  /** The mailbox that the server has to take for the sender, with placeholders; `''` is the null sender. */
  readonly sender: string;
  /** The mailbox that is really asked for, with placeholders; null where the scenario does not say. */
  readonly recipient: string | null;
  /** `broken`: the session breaks RFC 5321 in a way that a guard refuses whatever its policy says. */
  readonly protocol: 'kept' | 'broken';
}

/** What the default policy answers, stated by the author by hand: the second opinion of `verify`. */
export interface DefaultAnswers {
  /** To a client that is listed, or that authenticated. */
  readonly listed: Answer;
  readonly unlisted: Answer;
}

/** One case: what is sent, what it asks for, and what would be right. */
export interface Scenario {
  readonly id: string;
  readonly family: string;
  readonly title: string;
  readonly why: string;
  /** Where the case is known from. */
  readonly source: string;
  readonly declares: Declaration;
  readonly default: DefaultAnswers;
  readonly safe: SafeAnswer;
  readonly severity: Severity;
  readonly finds: FindingKind;
  /** EHLO keywords, or a keyword and a parameter, without which the scenario makes no sense. */
  readonly needs: readonly string[];
  /** Could harm or annoy: only run when asked for. */
  readonly intrusive: boolean;
  /** No attacker can make use of the unsafe answer by itself: a finding is at most low. */
  readonly hygiene: boolean;
  readonly tls: ScenarioTls;
  readonly begins: Beginning;
  readonly closing: ClosingMeaning;
  /** Ports on which the scenario makes sense; empty: any. */
  readonly ports: readonly number[];
  readonly clientCertificate: 'none' | 'self-signed';
  /** How the canary message differs from the usual one; null where it does not. */
  readonly message: MessageChange | null;
  readonly role: Role;
  readonly login: LoginUse;
  /** Name given in EHLO, with placeholders; null when the session sends no greeting of its own. */
  readonly helo: string | null;
  readonly steps: readonly Step[];
  /** Where the scenario stands: for error messages and reports. */
  readonly location: { readonly file: string; readonly line: number };
}

/** A file of `scenarios/`: cases that fail for the same reason. */
export interface Family {
  readonly name: string;
  readonly title: string;
  readonly about: string;
  readonly scenarios: readonly Scenario[];
}

export interface Catalogue {
  readonly families: readonly Family[];
}

export function allScenarios(catalogue: Catalogue): readonly Scenario[] {
  return catalogue.families.flatMap((family) => family.scenarios);
}
