import type { ReplyPattern } from '../scenario/dialogue.ts';
import type { Placeholder } from '../scenario/placeholder.ts';

/** Bytes that the client sends: a command line without its CRLF, or the canary message. */
export type ScriptOutgoing = { readonly kind: 'line'; readonly text: string } | { readonly kind: 'message' };

export interface ScriptStep {
  readonly send: readonly ScriptOutgoing[];
  readonly replies: readonly ReplyPattern[];
}

/** The exact lines and waits of one session, placeholders filled. It knows nothing of right answers. */
export interface Script {
  readonly scenario: string;
  /** Name in EHLO, or null for a session without a greeting of its own. */
  readonly helo: string | null;
  readonly steps: readonly ScriptStep[];
  /** EHLO keywords, or a keyword and a parameter, without which the session ends after the greeting. */
  readonly needs: readonly string[];
}

export type FilledScript =
  | { readonly kind: 'filled'; readonly script: Script }
  | { readonly kind: 'missing'; readonly placeholder: Placeholder };

/** Whether the script itself sends a message, which is only done to prove something. */
export function sendsMessage(script: Script): boolean {
  return script.steps.some((step) => step.send.some((outgoing) => outgoing.kind === 'message'));
}
