import { setTimeout as pause } from 'node:timers/promises';
import type { Caught } from '../session/caught.ts';

/** Where canaries are seen when they come out. */
export interface CaughtSource {
  readonly all: () => readonly Caught[];
  /** What keeps it from seeing all that comes out, a sentence each: while there is one, nothing missing is known to be missing. */
  readonly faults: () => readonly string[];
  /** When a canary was first seen, by the clock of this process; null before. */
  readonly seenAt: (canary: string) => Date | null;
}

/** A source that a catcher in this process fills. */
export class CaughtList implements CaughtSource {
  readonly #caught: Caught[] = [];
  readonly #seenAt = new Map<string, Date>();

  readonly add = (caught: Caught): void => {
    this.#caught.push(caught);
    const { canary } = caught;
    if (canary !== null && !this.#seenAt.has(canary)) this.#seenAt.set(canary, new Date());
  };

  all(): readonly Caught[] {
    return this.#caught;
  }

  faults(): readonly string[] {
    return [];
  }

  seenAt(canary: string): Date | null {
    return this.#seenAt.get(canary) ?? null;
  }
}

const POLL_MS = 25;

/**
 * Waits until every token was seen. Gives up when none came for that long: servers hand on what they took at their own
 * pace, and one that still hands on is worth waiting for. An abort ends it at once.
 */
export async function waitForCanaries(
  source: CaughtSource,
  tokens: readonly string[],
  milliseconds: number,
  signal: AbortSignal,
): Promise<void> {
  const missing = new Set(tokens);
  for (let waited = 0; waited < milliseconds && !signal.aborted; waited += POLL_MS) {
    const before = missing.size;
    for (const { canary } of source.all()) if (canary !== null) missing.delete(canary);
    if (missing.size === 0) return;
    if (missing.size < before) waited = 0;
    await pause(POLL_MS);
  }
}
