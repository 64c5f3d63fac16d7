import type { Credentials } from '../smtp/sasl.ts';
import type { Probe } from '../session/plan.ts';
import type { RecipientScope } from '../session/recipients.ts';
import type { Turn } from '../session/transcript.ts';
import type { Deadlines } from './deadlines.ts';

/** When TLS is begun: `auto` is STARTTLS where it is offered and a login is spoken, and plain text otherwise; an audit makes it `starttls` where the server demands that. */
export type TlsMode = 'auto' | 'starttls' | 'implicit' | 'off';

export interface Target {
  /** IP address that the session connects to. */
  readonly address: string;
  readonly port: number;
  /** Name for SNI and the certificate check: the host as the operator wrote it. */
  readonly name: string;
}

/** A canary message to send when the question was answered with an acceptance. */
export interface Canary {
  readonly token: string;
  readonly lines: readonly string[];
  /** The message that is to be smuggled in behind it, for scripts that do so. */
  readonly smuggled?: { readonly token: string; readonly lines: readonly string[] };
}

export interface SessionOptions {
  readonly target: Target;
  readonly tls: TlsMode;
  /** PEM certificates to trust instead of the system's, or null. */
  readonly tlsCa: string | null;
  /** Credentials of the login that probes name, or null. */
  readonly credentials: Credentials | null;
  /** Every login that may stand in a script; none of their passwords is ever stored. */
  readonly secrets: readonly Credentials[];
  /** Send credentials without verified TLS. */
  readonly insecureLogin: boolean;
  /** The canary of a probe; null when nothing may be sent. */
  readonly canaryFor: (probe: Probe) => Canary | null;
  readonly scope: RecipientScope;
  readonly deadlines: Deadlines;
  /** How long the server usually took over a refusal in the sessions before, in milliseconds: tarpits show in nothing else. */
  readonly refusalMs: number;
  readonly signal: AbortSignal;
  /** Milliseconds of a clock that never goes back. */
  readonly monotonic: () => number;
  readonly now: () => Date;
  readonly onTurn: (probe: Probe, turn: Turn) => void;
}
