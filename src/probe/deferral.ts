import { classifyReply, type ReplyClass } from '../smtp/reply-class.ts';
import type { Reply } from '../smtp/reply-parser.ts';
import type { Transcript } from '../session/transcript.ts';

/** A question that was put off; `toldMs` is the server's own word on when to come again, null where it said none. */
export interface Deferral {
  readonly toldMs: number | null;
}

const TOLD = /(\d{1,5})\s*(s|sec|secs|seconds?|m|min|mins|minutes?)\b/i;

/** What another hour does not change: a denial, and a limit on what one transaction may hold (RFC 5321 §4.5.3.1.10). */
const STAYS: ReadonlySet<ReplyClass> = new Set(['relay-denied', 'too-many-recipients']);

/** Whether the telling reply of a session was a 4xx that may be another one later. */
export function deferralOf(transcript: Transcript): Deferral | null {
  const telling = tellingReply(transcript);
  if (telling === null || telling.code < 400 || telling.code >= 500) return null;
  if (STAYS.has(classifyReply(telling))) return null;
  const [, number, unit = ''] = TOLD.exec(telling.lines.join(' ')) ?? [];
  if (number === undefined) return { toldMs: null };
  return { toldMs: Number(number) * (unit.toLowerCase().startsWith('m') ? 60_000 : 1000) };
}

function tellingReply({ message, asked, end }: Transcript): Reply | null {
  if (end.kind === 'diverged') return end.reply;
  const question = asked.at(-1)?.reply ?? null;
  return question !== null && question.code < 400 && message.kind === 'answered' ? message.reply : question;
}

/** Pauses before the question is put again, in milliseconds, within the patience that was given. */
export function retryPauses(deferrals: readonly Deferral[], patienceMs: number): readonly number[] {
  const told = Math.max(...deferrals.map(({ toldMs }) => toldMs ?? 0));
  // Half a second more than told: clocks and rounding.
  if (told > 0) return told + 500 <= patienceMs ? [told + 500] : [];
  const pauses: number[] = [];
  for (let pause = 1000, sum = pause; sum <= patienceMs; pause *= 3, sum += pause) pauses.push(pause);
  return pauses;
}
