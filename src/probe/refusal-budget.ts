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

  /** Milliseconds until a session that may earn so many refusals may begin, 0 for at once. */
  waitMs(refusals: number): number {
    if (this.#limit === null) return 0;
    const { most, windowMs } = this.#limit;
    this.#earned = this.#earned.filter((at) => at > this.#now() - windowMs);
    const inTheWay = this.#earned.at(-Math.max(1, most - refusals + 1));
    return inTheWay === undefined ? 0 : inTheWay + windowMs - this.#now();
  }

  count(transcript: Transcript): void {
    for (const turn of transcript.turns) {
      if (turn.kind === 'received' && turn.reply.code >= 400) this.#earned.push(this.#now());
    }
  }

  /** How long sessions take at the most when each earns all the refusals that it may; in milliseconds. */
  longestMs(sessions: readonly number[]): number {
    if (this.#limit === null) return 0;
    const { most, windowMs } = this.#limit;
    let waits = 0;
    let earned = 0;
    for (const refusals of sessions) {
      const fits = earned + refusals <= most;
      if (!fits && earned > 0) waits += 1;
      earned = fits ? earned + refusals : refusals;
    }
    return waits * windowMs;
  }
}
