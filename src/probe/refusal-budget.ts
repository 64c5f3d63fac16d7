import type { Transcript } from '../session/transcript.ts';
import type { PaceInfo } from './pace.ts';

/** Keeps the refusals that we earn under what gets an address banned: fail2ban counts them in the server's log. */
export class RefusalBudget {
  readonly #limit: PaceInfo['refusals'];
  readonly #now: () => number;
  /** When each refusal of the window came, oldest first. */
  #earned: number[] = [];

  /** @param now milliseconds of a clock that never goes back */
  constructor(limit: PaceInfo['refusals'], now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Milliseconds until the next session may begin, 0 for at once. One session earns one refusal, as a rule. */
  waitMs(): number {
    if (this.#limit === null) return 0;
    const { most, windowMs } = this.#limit;
    this.#earned = this.#earned.filter((at) => at > this.#now() - windowMs);
    const oldest = this.#earned.at(-most);
    return oldest === undefined ? 0 : oldest + windowMs - this.#now();
  }

  count(transcript: Transcript): void {
    for (const turn of transcript.turns) {
      if (turn.kind === 'received' && turn.reply.code >= 400) this.#earned.push(this.#now());
    }
  }

  /** How long that many sessions take at the most, when each earns a refusal; in milliseconds. */
  longestMs(sessions: number): number {
    return this.#limit === null ? 0 : Math.floor(Math.max(0, sessions - 1) / this.#limit.most) * this.#limit.windowMs;
  }
}
