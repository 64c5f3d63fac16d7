import type { Transcript } from '../session/transcript.ts';
import { deferralOf } from './deferral.ts';

/** What a sentinel tells of its vantage. */
export type Standing = 'let-in' | 'later' | 'kept-out';

/** How the sentinel's question was answered now, beside its first answer. */
export function standingOf(before: Transcript, now: Transcript): Standing {
  if (wasAccepted(now) || now.end.kind === 'aborted' || answerOf(now) === answerOf(before)) return 'let-in';
  return wasPutOff(now) ? 'later' : 'kept-out';
}

/** Whether the server asked to come later, if only as it hung up (RFC 5321 §3.8). */
function wasPutOff(transcript: Transcript): boolean {
  const last = transcript.turns.findLast((turn) => turn.kind === 'received');
  const saidGoodbye = transcript.end.kind === 'closed' && last?.kind === 'received' && last.reply.code === 421;
  return saidGoodbye || deferralOf(transcript) !== null;
}

function wasAccepted({ asked }: Transcript): boolean {
  const last = asked.at(-1);
  return last !== undefined && last.reply.code < 400;
}

/** What a question came to: a reply code, or how the session ended without one. */
function answerOf({ asked, end }: Transcript): string {
  return String(asked.at(-1)?.reply.code ?? end.kind);
}
