import { fitsCodes } from '../smtp/reply-code.ts';
import type { Reply, ReplyFault } from '../smtp/reply-parser.ts';

/** Where in a session something happened (RFC 5321 §3). */
export const STAGES = [
  'connect',
  'banner',
  'ehlo',
  'starttls',
  'auth',
  'mail',
  'rcpt',
  'data',
  'end-of-data',
  'reset',
  'quit',
  'other',
] as const;

export type Stage = (typeof STAGES)[number];

/** One turn, in the order of the wire. `at` is in milliseconds since the connection was begun. Text is escaped and redacted. */
export type Turn =
  | { readonly kind: 'sent'; readonly at: number; readonly stage: Stage; readonly text: string }
  | { readonly kind: 'received'; readonly at: number; readonly stage: Stage; readonly reply: Reply }
  | { readonly kind: 'note'; readonly at: number; readonly text: string };

/** How a session ended. Whatever the server does wrong is a value here and never thrown. */
export type SessionEnd =
  | { readonly kind: 'completed' }
  | { readonly kind: 'diverged'; readonly stage: Stage; readonly reply: Reply; readonly wanted: string }
  | { readonly kind: 'unreachable'; readonly detail: string }
  | { readonly kind: 'timed-out'; readonly stage: Stage; readonly detail: string }
  | { readonly kind: 'closed'; readonly stage: Stage; readonly detail: string }
  | { readonly kind: 'tls-failed'; readonly stage: Stage; readonly detail: string }
  | { readonly kind: 'garbled'; readonly stage: Stage; readonly fault: ReplyFault }
  | { readonly kind: 'desync'; readonly stage: Stage; readonly detail: string }
  | { readonly kind: 'no-login'; readonly detail: string }
  | { readonly kind: 'not-offered'; readonly needed: string }
  /** We ended it, because the next bytes could have ended a message that nobody gave leave to send. */
  | { readonly kind: 'withheld'; readonly detail: string }
  /** We sent no more: what came next names somebody whose mail is not to be asked for. */
  | { readonly kind: 'out-of-scope'; readonly stage: Stage; readonly names: readonly string[] }
  | { readonly kind: 'aborted' };

/** A reply that the scenario asked for, with the stage of the command it answers. */
export interface Asked {
  readonly stage: Stage;
  readonly reply: Reply;
  /** Codes, or classes of codes, that alone are an acceptance; every code below 400 where it is not given. */
  readonly unsafe?: readonly string[];
}

/** What happened to the canary message of the session. */
export type MessageOutcome =
  | { readonly kind: 'not-sent' }
  | { readonly kind: 'answered'; readonly stage: 'data' | 'end-of-data'; readonly reply: Reply }
  | { readonly kind: 'unanswered' };

/** What was sent and received in one session; JSON-serialisable, judged later and again. */
export interface Transcript {
  /** Unique in an audit: scenario, vantage and login joined by blanks. */
  readonly id: string;
  readonly scenario: string;
  readonly vantage: string;
  readonly login: string | null;
  /** The further name that the script was filled with, null for the first. */
  readonly variant: string | null;
  readonly startedAt: string;
  /** The address that the session really came from, null when there was no connection. */
  readonly localAddress: string | null;
  readonly turns: readonly Turn[];
  /** Answers to the question, in order; the last one is telling. */
  readonly asked: readonly Asked[];
  readonly message: MessageOutcome;
  /** Token of the canary, null when none was sent. */
  readonly canary: string | null;
  /** Token of the message that was to be smuggled in behind the canary, null where none was. */
  readonly smuggled: string | null;
  /** The last question was answered by nothing at all where silence is a refusal. */
  readonly silent: boolean;
  readonly end: SessionEnd;
  readonly durationMs: number;
}

/** Whether the answer is the acceptance that the scenario asked for. */
export function isAcceptance({ reply, unsafe }: Asked): boolean {
  return unsafe === undefined ? reply.code < 400 : fitsCodes(reply.code, unsafe);
}

/** Whether the server took the canary message at end of data. */
export function wasTaken({ message }: Pick<Transcript, 'message'>): boolean {
  return message.kind === 'answered' && message.stage === 'end-of-data' && message.reply.code < 400;
}
