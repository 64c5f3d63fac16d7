import { setTimeout as pause } from 'node:timers/promises';
import type { Caught } from '../session/caught.ts';

/** Where canaries are seen when they come out. */
export interface CaughtSource {
  /** Only ever grows: what was read once keeps its place. */
  readonly all: () => readonly Caught[];
  /** What keeps it from seeing all that comes out, a sentence each: while there is one, nothing missing is known to be missing. */
  readonly faults: () => readonly string[];
  /** When a canary was first seen, by the clock of this process; null before. */
  readonly seenAt: (canary: string) => Date | null;
}

/** What is kept of one kind of mail: strangers who find the catcher must not fill the memory of an audit. */
interface Room {
  readonly entries: number;
  readonly characters: number;
}

const ROOM_FOR_CANARIES: Room = { entries: 100_000, characters: 32_000_000 };
/** Mail without a canary raises a doubt at most, and hundreds raise no greater one. */
const ROOM_FOR_OTHERS: Room = { entries: 500, characters: 2_000_000 };
/** What an entry takes besides its texts. */
const ENTRY_CHARACTERS = 200;

/** A source that a catcher in this process fills, and what a follower of a file keeps of its lines. */
export class CaughtList implements CaughtSource {
  readonly #caught: Caught[] = [];
  readonly #seenAt = new Map<string, Date>();
  readonly #canaries = new Kept(ROOM_FOR_CANARIES);
  readonly #others = new Kept(ROOM_FOR_OTHERS);
  #catcher: Pick<CaughtSource, 'faults'> | null = null;

  readonly add = (caught: Caught): void => {
    const { canary } = caught;
    if ((canary === null ? this.#others : this.#canaries).admits(caught)) this.#caught.push(caught);
    if (canary === null || this.#seenAt.has(canary) || this.#seenAt.size >= ROOM_FOR_CANARIES.entries) return;
    this.#seenAt.set(canary, new Date());
  };

  /** Names the catcher whose faults are faults of this source. */
  filledBy(catcher: Pick<CaughtSource, 'faults'>): void {
    this.#catcher = catcher;
  }

  all(): readonly Caught[] {
    return this.#caught;
  }

  faults(): readonly string[] {
    return [
      ...(this.#catcher?.faults() ?? []),
      ...this.#canaries.fault('with a canary'),
      ...this.#others.fault('without a canary'),
    ];
  }

  seenAt(canary: string): Date | null {
    return this.#seenAt.get(canary) ?? null;
  }
}

class Kept {
  readonly #room: Room;
  #entries = 0;
  #characters = 0;
  #leftOut = 0;

  constructor(room: Room) {
    this.#room = room;
  }

  /** Whether there is room for one more, which is then taken. */
  admits({ helo, from, to, subject, received }: Caught): boolean {
    const texts = [helo, from, to, subject, ...received];
    const characters = texts.reduce((sum, text) => sum + text.length, ENTRY_CHARACTERS);
    const fits = this.#entries < this.#room.entries && this.#characters + characters <= this.#room.characters;
    if (fits) {
      this.#entries += 1;
      this.#characters += characters;
    } else this.#leftOut += 1;
    return fits;
  }

  fault(which: string): readonly string[] {
    return this.#leftOut === 0 ? [] : [`Caught messages ${which} left out because too many came: ${this.#leftOut}`];
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
  let read = 0;
  for (let waited = 0; waited < milliseconds && !signal.aborted; waited += POLL_MS) {
    const before = missing.size;
    const all = source.all();
    for (; read < all.length; read += 1) missing.delete(all[read]?.canary ?? '');
    if (missing.size === 0) return;
    if (missing.size < before) waited = 0;
    await pause(POLL_MS);
  }
}
