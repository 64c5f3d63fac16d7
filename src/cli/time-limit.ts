/** Why an audit was ended: its own time was over. The reason of the signal that ends it. */
export class TimeLimitReached {
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
