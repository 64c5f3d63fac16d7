import type { RunRecord } from '../judge/judge-audit.ts';
import type { RunResult } from '../probe/audit-run.ts';
import type { Probe } from '../session/plan.ts';

/** Why an audit was ended: its own time was over. The reason of the signal that ends it. */
class TimeLimitReached {
  readonly seconds: number;

  constructor(seconds: number) {
    this.seconds = seconds;
  }
}

export interface TimeLimit {
  readonly signal: AbortSignal;
  /** Stops the clock. */
  readonly end: () => void;
}

/** A signal that ends a run as the given one does, or after so many seconds, whichever comes first. */
export function limitTime(signal: AbortSignal, seconds: number | undefined): TimeLimit {
  if (seconds === undefined) return { signal, end: () => undefined };
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new TimeLimitReached(seconds)), seconds * 1000);
  return { signal: AbortSignal.any([signal, controller.signal]), end: () => clearTimeout(timer) };
}

/** The questions that were planned and have no answer, where the time of the audit was over. */
export function reachedTimeLimit(
  { reason }: AbortSignal,
  probes: readonly Probe[],
  { transcripts, turned, pointless }: RunResult,
): Pick<RunRecord, 'timeLimit'> {
  if (!(reason instanceof TimeLimitReached)) return {};
  const settled = new Set([
    ...transcripts.flatMap(({ id, end }) => (end.kind === 'aborted' ? [] : [id])),
    ...turned.flatMap(({ unasked }) => unasked),
    ...pointless.map(({ id }) => id),
  ]);
  return { timeLimit: { seconds: reason.seconds, unasked: probes.filter(({ id }) => !settled.has(id)).length } };
}
