import type { Transcript } from '../session/transcript.ts';

/** How long the server took at most over MAIL or RCPT, in milliseconds: tarpits hold up the refusals, and no greeting tells of them. */
export function slowestEnvelopeReplyMs({ turns }: Pick<Transcript, 'turns'>): number {
  let slowest = 0;
  for (const [index, turn] of turns.entries()) {
    if (turn.kind !== 'received' || (turn.stage !== 'mail' && turn.stage !== 'rcpt')) continue;
    slowest = Math.max(slowest, turn.at - (turns[index - 1]?.at ?? turn.at));
  }
  return slowest;
}
