import { decide } from '../policy/decide.ts';
import type { Decision, RelayRequest } from '../policy/decide.ts';
import type { Policy } from '../policy/policy.ts';
import { mailboxForm } from '../smtp/mailbox-form.ts';
import type { Envelope } from './delivery.ts';
import type { MessageFault } from './message-check.ts';
import type { LoginAttempt, SessionFacts } from './session-facts.ts';

/** What an envelope path means to the guard: the mailbox to decide on and what goes on the wire, or why it is refused. */
export type PathReading =
  | { readonly kind: 'mailbox'; readonly decideOn: string; readonly deliverTo: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: string };

/**
 * The single steps of the guard's decision, each a pure function. They are gathered here so that a planted defect can
 * replace exactly one and leave the rest as it is.
 */
export interface GuardSteps {
  /** The command line that is acted on; a sound guard takes the one that came. */
  readonly readsLine: (line: Buffer) => Buffer;
  /** The client address that the policy is asked about; null when nobody knows it. */
  readonly clientAddress: (facts: SessionFacts) => string | null;
  /** Who the session is, or null. */
  readonly login: (facts: SessionFacts) => string | null;
  readonly provesLogin: (attempt: LoginAttempt) => boolean;
  readonly reversePath: (path: string, policy: Policy) => PathReading;
  readonly forwardPath: (path: string, policy: Policy) => PathReading;
  readonly decide: (policy: Policy, request: RelayRequest, facts: SessionFacts) => Decision;
  /** Whether a PROXY header or XCLIENT is believed; `named` says that the peer is in the list of trusted addresses. */
  readonly believesProxy: (named: boolean) => boolean;
  /** @param triedLogin whether an AUTH command came before, whatever came of it */
  readonly believesXclient: (named: boolean, triedLogin: boolean) => boolean;
  readonly believesXforward: () => boolean;
  readonly takesUnknownParameters: boolean;
  readonly keepsRefusedRecipients: boolean;
  /** Whether DATA goes through when every recipient was refused, and to them. */
  readonly takesDataWithoutRecipients: boolean;
  /** What outlives RSET and a second greeting. */
  readonly survivesReset: 'nothing' | 'recipients' | 'transaction';
  readonly takesMailWithoutGreeting: boolean;
  /** What a lax reader makes of the bytes of a message, latin1; null for the strict one. */
  readonly readsData: ((bytes: string) => string) | null;
  /** Whether a message is passed on in spite of what is wrong with it. */
  readonly forgives: (fault: MessageFault) => boolean;
  /** Who gets the message; null when it is refused. The message is latin1. */
  readonly envelopeFor: (envelope: Envelope, message: string, policy: Policy) => Envelope | null;
  readonly takesLoginInTheClear: boolean;
}

/** The guard without a defect. */
export const SOUND_STEPS: GuardSteps = {
  readsLine: (line) => line,
  clientAddress: (facts) => facts.xclient ?? facts.proxied ?? facts.peer,
  login: (facts) => facts.login,
  provesLogin: (attempt) => attempt.verified && (attempt.actAs === '' || attempt.actAs === attempt.user),
  reversePath: (path) => {
    // RFC 5321 §4.1.1.3: only a forward-path may be a bare postmaster.
    const form = mailboxForm(path);
    if (form.kind === 'plain' && form.mailbox === 'postmaster') return { kind: 'refused', reason: 'no domain' };
    return plain(path);
  },
  forwardPath: (path) => (path === '' ? { kind: 'refused', reason: 'an empty forward-path' } : plain(path)),
  decide: (policy, request) => decide(policy, request),
  believesProxy: (named) => named,
  believesXclient: (named) => named,
  believesXforward: () => false,
  takesUnknownParameters: false,
  keepsRefusedRecipients: false,
  takesDataWithoutRecipients: false,
  survivesReset: 'nothing',
  takesMailWithoutGreeting: false,
  readsData: null,
  forgives: () => false,
  envelopeFor: (envelope) => envelope,
  takesLoginInTheClear: false,
};

/** The mailbox that is decided on is the one that goes on the wire, byte for byte; all else is refused. */
function plain(path: string): PathReading {
  const form = mailboxForm(path);
  return form.kind === 'plain'
    ? { kind: 'mailbox', decideOn: form.mailbox, deliverTo: [form.mailbox] }
    : { kind: 'refused', reason: form.reason };
}
