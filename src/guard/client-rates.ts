/** Things counted for each client over a minute. */
export type Rate = 'connections' | 'messages' | 'recipients' | 'authFailures';

const WINDOW_MS = 60_000;
/** Clients remembered at a time; beyond it the oldest are forgotten first, so that a flood of addresses costs no memory. */
const MAX_CLIENTS = 10_000;

interface Window {
  start: number;
  readonly counts: Record<Rate, number>;
}

/**
 * Counts what each client does in windows of a minute. The key of a client is its IPv4 address or its IPv6 /64: one
 * customer has a whole /64 to choose from.
 */
export class ClientRates {
  readonly #windows = new Map<string, Window>();
  readonly #now: () => number;

  /** @param now milliseconds of a clock that never goes back */
  constructor(now: () => number) {
    this.#now = now;
  }

  count(key: string, rate: Rate): number {
    return this.#window(key).counts[rate];
  }

  add(key: string, rate: Rate): number {
    const window = this.#window(key);
    window.counts[rate] += 1;
    return window.counts[rate];
  }

  #window(key: string): Window {
    const now = this.#now();
    const known = this.#windows.get(key);
    if (known !== undefined && now - known.start < WINDOW_MS) return known;
    const fresh: Window = { start: now, counts: { connections: 0, messages: 0, recipients: 0, authFailures: 0 } };
    // Deleting first keeps the map in the order of the windows' age.
    this.#windows.delete(key);
    this.#windows.set(key, fresh);
    if (this.#windows.size > MAX_CLIENTS) {
      const [oldest] = this.#windows.keys();
      if (oldest !== undefined) this.#windows.delete(oldest);
    }
    return fresh;
  }
}
