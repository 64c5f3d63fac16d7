import type { Transcript } from '../session/transcript.ts';
import type { Verdict } from './verdict.ts';

/** The queue of one message is no measure for that of the next: as often as the slowest control took, mail gets to come out. */
const DELAY_FACTOR = 2;
/** And that much more, in milliseconds. */
const MARGIN_MS = 5_000;
/** By so much the wait after a run is made longer at most, in milliseconds. */
export const LONGEST_EXTENSION_MS = 10 * 60_000;

/** What is known of how mail for the outside mailbox comes out, and of who watched for it. */
export interface Watch {
  /** What kept the catcher from seeing everything. */
  readonly faults: readonly string[];
  /** Milliseconds that the slowest control for the outside mailbox took to come out; null where none came out. */
  readonly slowestMs: number | null;
  /** Until when somebody watched, in milliseconds since the epoch; null where nobody knows. */
  readonly untilMs: number | null;
}

/** When the server took the message: since then it may come out. In milliseconds since the epoch. */
export function takenAtMs({
  startedAt,
  turns,
  durationMs,
}: Pick<Transcript, 'startedAt' | 'turns' | 'durationMs'>): number {
  const taken = turns.findLast((turn) => turn.kind === 'received' && turn.stage === 'end-of-data');
  return Date.parse(startedAt) + (taken?.at ?? durationMs);
}

/** Milliseconds for which watching has to go on until an unseen message is known not to come; null where no time would tell. */
export function watchMissingMs(transcript: Transcript, { faults, slowestMs, untilMs }: Watch): number | null {
  if (faults.length > 0 || slowestMs === null || untilMs === null) return null;
  return Math.max(0, takenAtMs(transcript) + neededMs(slowestMs) - untilMs);
}

/**
 * The verdict on a message that was taken and that nobody saw come out. It is believed gone only where a control for the
 * same mailbox came out, and where it had the time for that.
 * @param matters whether its coming out would have been wrong
 */
export function settleUnseen(verdict: Verdict, transcript: Transcript, matters: boolean, watch: Watch): Verdict {
  const [fault] = watch.faults;
  if (!matters) {
    return fault === undefined
      ? verdict
      : { ...verdict, kind: 'accepted', reason: `accepted at end of data; nobody knows whether it came out: ${fault}` };
  }
  const reason = fault === undefined ? disbelief(transcript, watch) : `nobody knows whether it came out: ${fault}`;
  return reason === null
    ? verdict
    : { ...verdict, kind: 'inconclusive', reason: `taken at end of data, and ${reason}` };
}

function disbelief(transcript: Transcript, watch: Watch): string | null {
  const { slowestMs } = watch;
  if (slowestMs === null)
    return 'not seen to come out, which proves nothing: no control for the outside mailbox came out either. Give a login (--login-env) or a vantage that may send, so that one can, or a longer --wait';
  if (watchMissingMs(transcript, watch) === 0) return null;
  return `not seen to come out yet: a control for the outside mailbox took ${seconds(slowestMs)} s, so watch for ${seconds(neededMs(slowestMs))} s at least: give a longer --wait`;
}

function neededMs(slowestMs: number): number {
  return DELAY_FACTOR * slowestMs + MARGIN_MS;
}

function seconds(milliseconds: number): number {
  return Math.ceil(milliseconds / 1000);
}
