import type { GuardLimits } from './limits.ts';

/** What took too long. */
export type Overdue = 'command' | 'data' | 'session';

/**
 * Absolute deadlines of one session. An idle timeout would not do: a client that sends a byte now and then never idles
 * (slow loris), so what is timed is the arrival of a whole command line, and the rate of a message.
 */
export class SessionClock {
  readonly #limits: GuardLimits;
  readonly #overdue: (what: Overdue) => void;
  readonly #session: NodeJS.Timeout | null;
  #phase: NodeJS.Timeout | null = null;

  constructor(limits: GuardLimits, overdue: (what: Overdue) => void) {
    this.#limits = limits;
    this.#overdue = overdue;
    this.#session = after(limits.sessionMs, () => {
      overdue('session');
    });
  }

  /** From now on the next command line is waited for. */
  awaitCommand(): void {
    this.#arm(this.#limits.commandMs, () => {
      this.#overdue('command');
    });
  }

  /** From now on a message is coming. @param bytes tells how much of it has come */
  awaitData(bytes: () => number): void {
    const started = performance.now();
    const check = (): void => {
      const earned = this.#limits.dataGraceMs + (bytes() / this.#limits.dataBytesPerSecond) * 1000;
      const left = started + earned - performance.now();
      if (left <= 0) this.#overdue('data');
      else this.#arm(Math.min(left, 60_000), check);
    };
    this.#arm(this.#limits.dataGraceMs, check);
  }

  /** The client waits for the guard, which keeps its own deadlines. */
  pause(): void {
    if (this.#phase !== null) clearTimeout(this.#phase);
    this.#phase = null;
  }

  stop(): void {
    this.pause();
    if (this.#session !== null) clearTimeout(this.#session);
  }

  #arm(ms: number, then: () => void): void {
    this.pause();
    this.#phase = after(ms, then);
  }
}

/** Longest delay that a timer can hold; what is beyond it is no deadline. */
const MAX_TIMER_MS = 2_147_483_647;

function after(ms: number, then: () => void): NodeJS.Timeout | null {
  return ms > MAX_TIMER_MS ? null : setTimeout(then, ms).unref();
}
