import type { Transcript } from '../session/transcript.ts';

/** How long the server took over each refusal of MAIL or RCPT, in milliseconds. */
export function refusalDelays({ turns }: Pick<Transcript, 'turns'>): readonly number[] {
  return turns.flatMap((turn, index) => {
    if (turn.kind !== 'received' || (turn.stage !== 'mail' && turn.stage !== 'rcpt') || turn.reply.code < 400)
      return [];
    return [turn.at - (turns[index - 1]?.at ?? turn.at)];
  });
}

/** The median: a tarpit holds up most refusals, a busy machine a few. 0 where there are none. */
export function usualDelay(delays: readonly number[]): number {
  return delays.toSorted((a, b) => a - b)[Math.floor(delays.length / 2)] ?? 0;
}
