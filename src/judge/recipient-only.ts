import type { Scenario } from '../scenario/scenario.ts';
import type { Transcript } from '../session/transcript.ts';
import { SAME_TOP_LEVEL } from './known-destination.ts';
import { PLAIN_EQUIVALENT } from './plain-equivalent.ts';
import type { Verdict } from './verdict.ts';

/** What a session came to, as far as messages are compared. */
interface Observed {
  readonly scenario: Pick<Scenario, 'id'>;
  readonly transcript: Pick<Transcript, 'vantage' | 'login' | 'message'>;
  readonly verdict: Verdict;
}

/**
 * The sessions, with the verdict of the plain question for each that was accepted at RCPT and gets no message: a server
 * that rejects or discards after RCPT does so whoever the recipient is, and would be called open for saying 250.
 */
export function withoutRecipientOnly<One extends Observed>(sessions: readonly One[]): readonly One[] {
  const kept = new Map(sessions.filter(isKeptIn).map((one) => [placeOf(one), one.verdict]));
  return sessions.map((one) => {
    const plain = isRecipientOnly(one) ? kept.get(placeOf(one)) : undefined;
    if (plain === undefined) return one;
    const reason = `accepted at RCPT; no message is sent to it, and that of ${PLAIN_EQUIVALENT.relay} was: ${plain.reason}`;
    return { ...one, verdict: { ...plain, reason } };
  });
}

/** A message for a stranger that the server was offered and did not let out. */
function isKeptIn({ scenario, transcript, verdict }: Observed): boolean {
  const cameOut = verdict.kind === 'relayed' || verdict.kind === 'accepted';
  return scenario.id === PLAIN_EQUIVALENT.relay && transcript.message.kind !== 'not-sent' && !cameOut;
}

function isRecipientOnly({ scenario, transcript, verdict }: Observed): boolean {
  return scenario.id === SAME_TOP_LEVEL && transcript.message.kind === 'not-sent' && verdict.kind === 'accepted';
}

function placeOf({ transcript }: Observed): string {
  return `${transcript.vantage} ${transcript.login ?? ''}`;
}
