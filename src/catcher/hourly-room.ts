const HOUR_MS = 3_600_000;

/** Room for so many recipients an hour: strangers cannot fill the disk at once, and a catcher that runs for weeks does not fill up. */
export class HourlyRoom {
  readonly #most: number;
  readonly #clock: () => number;
  #since: number;
  #taken = 0;

  /** @param clock milliseconds since the epoch */
  constructor(most: number, clock: () => number) {
    this.#most = most;
    this.#clock = clock;
    this.#since = clock();
  }

  isFullFor(recipients: number): boolean {
    const now = this.#clock();
    if (now - this.#since >= HOUR_MS) {
      this.#since = now;
      this.#taken = 0;
    }
    return this.#taken + recipients > this.#most;
  }

  take(recipients: number): void {
    this.#taken += recipients;
  }
}
