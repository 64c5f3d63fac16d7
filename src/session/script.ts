import type { MessageChange } from '../scenario/message-change.ts';
import type { Placeholder } from '../scenario/placeholder.ts';
import type { ReplyPattern } from '../scenario/reply-pattern.ts';
import type { Beginning, ScenarioTls } from '../scenario/scenario.ts';

export type { ReplyPattern } from '../scenario/reply-pattern.ts';

/**
 * What the client sends: a command line without its CRLF, raw bytes in escaped text, a canary message, or a TLS handshake.
 * Repeats such as `{x*2100}` are written out right before the wire.
 */
export type ScriptOutgoing =
  | {
      readonly kind: 'line' | 'raw';
      readonly text: string;
      /** The text proves the operator's login, and goes out like a login only. */
      readonly holdsLogin?: boolean;
    }
  | { readonly kind: 'message' | 'message-text' | 'smuggled' | 'tls' };

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
  /** @default greeted */
  readonly begins?: Beginning;
  /** @default auto */
  readonly tls?: ScenarioTls;
  /** @default none */
  readonly clientCertificate?: 'none' | 'self-signed';
  /** The further name that it was filled with, such as `host=mx.example.com`. */
  readonly variant?: string;
  /** How the canary differs from the usual one. */
  readonly message?: MessageChange | null;
  /** Mailbox of the canary's header field From: the sender that the scenario poses as. @default the sender of the audit */
  readonly author?: string;
}

export type FilledScript =
  | { readonly kind: 'filled'; readonly script: Script }
  | { readonly kind: 'missing'; readonly placeholder: Placeholder }
  | { readonly kind: 'unchanged'; readonly reference: string };

/** Whether a second message is to be smuggled in. */
export function smuggles(script: Script): boolean {
  return sent(script).some(({ kind }) => kind === 'smuggled');
}

/** How many refusals the session may earn that servers count towards a ban: one for each recipient and each try to log in. */
export function mostRefusals(script: Script): number {
  const texts = sent(script).map((outgoing) => ('text' in outgoing ? outgoing.text : ''));
  return Math.max(1, texts.join('\n').match(/\b(?:RCPT|AUTH)\b/gi)?.length ?? 0);
}

function sent({ steps }: Script): readonly ScriptOutgoing[] {
  return steps.flatMap((step) => step.send);
}
