import type { Caught } from '../session/caught.ts';

/**
 * `relayed`: it left for somebody else · `bounced`: it came back to its sender · `delivered`: it is where it belongs ·
 * `elsewhere`: it left for a name that nobody asked for · `forwarded`: it left for a mailbox to which an own user forwards.
 */
export type CaughtMeaning = 'relayed' | 'bounced' | 'delivered' | 'elsewhere' | 'forwarded';

/** What one transcript shows by itself, before any control is asked. */
export interface ObservedBy {
  /** Messages with the canary of this transcript that came out of the target. */
  readonly caught: readonly Caught[];
  /** Messages for the auditor's domain that came out during the run and tell no canary: one may be of this transcript. */
  readonly unread: number;
  /** Whether somebody watched what came out. */
  readonly watched: boolean;
  /** What it means that a message with the canary came out. */
  readonly meaningOf: (caught: Caught) => CaughtMeaning;
  /** Whether the scenario asks for mail to the outside. */
  readonly asksOutside: boolean;
  /** Messages with the token that was to be smuggled in behind the canary. */
  readonly smuggled: readonly Caught[];
  /** Whether the name or the form of the greeting is the question. */
  readonly asksAboutGreeting: boolean;
  /** Whether the server answers the question by closing the connection, and with no. */
  readonly closingRefuses: boolean;
  /** Whether the scenario is about the bytes themselves: then a refusal of the content is the answer to it. */
  readonly asksAboutContent: boolean;
}
