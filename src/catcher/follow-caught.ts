import { closeSync, fstatSync, openSync, readSync, statSync, type Stats } from 'node:fs';
import type { Problem } from '../document/problem.ts';
import { isSilent, lockOf, readCatchLock, type LockState } from './catch-lock.ts';
import { badLine, badLinesText, caughtIn } from './caught-file.ts';
import { CaughtList, type CaughtSource } from './caught-source.ts';
import { codeOf } from '../document/error-code.ts';

/** A source to close when nobody needs it any more. */
export interface FollowedFile extends CaughtSource {
  readonly close: () => void;
}

const POLL_MS = 100;
const LOCK_POLL_MS = 1000;
const CHUNK_BYTES = 1_048_576;
const NEWLINE = 0x0a;
/** Bad lines that are remembered by number; the rest are counted. */
const MOST_BAD = 10;

/**
 * Follows a file that a catcher in another process appends to, and reads only what is new. While no running catcher holds
 * the file, or after lines were lost, it has a fault; faults last as long as the follower, as what was missed stays missed.
 */
export function followCaughtFile(file: string): FollowedFile {
  const follower = new Follower(file);
  const timer = setInterval(() => follower.look(), POLL_MS);
  const lockTimer = setInterval(() => follower.lookAtLock(), LOCK_POLL_MS);
  timer.unref();
  lockTimer.unref();
  return {
    all: () => {
      follower.look();
      return follower.list.all();
    },
    faults: () => {
      follower.lookAtLock();
      follower.look();
      return follower.faults();
    },
    seenAt: (canary) => {
      if (follower.list.seenAt(canary) === null) follower.look();
      return follower.list.seenAt(canary);
    },
    close: () => {
      clearInterval(timer);
      clearInterval(lockTimer);
      follower.close();
    },
  };
}

interface OpenFile {
  readonly descriptor: number;
  readonly dev: number;
  readonly ino: number;
  /** Bytes of the lines that were read; what comes after them is read again when the file has grown. */
  readBytes: number;
  /** Size of the file at the last look. */
  size: number;
  lines: number;
  /** Whether the beginning of a line was dropped because the line is too long. */
  isOverlong: boolean;
}

class Follower {
  readonly list = new CaughtList();
  readonly #file: string;
  readonly #lost = new Set<string>();
  readonly #bad: Problem[] = [];
  #badLines = 0;
  #open: OpenFile | null = null;
  #isClosed = false;
  #holder: LockState | null = null;
  /** Faults of the catcher from before; one that came again has another count. */
  #before: ReadonlySet<string> = new Set();
  #catcherFaults: readonly string[] = [];

  constructor(file: string) {
    this.#file = file;
    this.lookAtLock();
    this.look();
    this.#before = new Set(this.#catcherFaults);
  }

  faults(): readonly string[] {
    return [
      ...this.#lost,
      ...badLinesText(this.#bad, this.#badLines),
      ...this.#catcherFaults.filter((fault) => !this.#before.has(fault)).map((fault) => `${this.#file}: ${fault}`),
      ...this.list.faults(),
    ];
  }

  look(): void {
    if (this.#isClosed) return;
    try {
      const found = statSync(this.#file);
      if (this.#open !== null && !isSame(this.#open, found)) {
        this.#read(this.#open);
        this.#lost.add(`${this.#file} was replaced by another file while it was followed; lines may be lost`);
        this.#closeFile();
      }
      this.#open ??= openFile(this.#file, found);
      this.#read(this.#open);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#lost.add(`${this.#file} ${codeOf(error) === 'ENOENT' ? 'does not exist' : `cannot be read: ${reason}`}`);
    }
  }

  lookAtLock(): void {
    if (this.#isClosed) return;
    const reading = readCatchLock(this.#file);
    if (reading.kind === 'none' || reading.kind === 'left') {
      this.#lost.add(`No running \`relayproof catch --output ${this.#file}\` writes to ${this.#file}`);
    } else if (reading.kind === 'unreadable') {
      this.#lost.add(`${lockOf(this.#file)} cannot be read, so it is not known whether a catcher writes to the file`);
    } else if (isSilent(reading.state)) {
      this.#lost.add(`The catcher that writes to ${this.#file} (process ${reading.state.pid}) does not respond`);
    }
    if (reading.kind !== 'held') return;
    if (this.#holder !== null && this.#holder.since !== reading.state.since)
      this.#lost.add(`The catcher that writes to ${this.#file} was started again; mail may have been missed between`);
    this.#holder = reading.state;
    this.#catcherFaults = reading.state.faults;
  }

  close(): void {
    this.#isClosed = true;
    this.#closeFile();
  }

  #closeFile(): void {
    if (this.#open !== null) closeSync(this.#open.descriptor);
    this.#open = null;
  }

  #read(open: OpenFile): void {
    const { size } = fstatSync(open.descriptor);
    if (size < open.readBytes) {
      this.#lost.add(`${this.#file} was truncated while it was followed; lines are lost`);
      Object.assign(open, { readBytes: 0, lines: 0, isOverlong: false });
    } else if (size === open.size) return;
    open.size = size;
    const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, size - open.readBytes));
    for (;;) {
      const bytes = chunk.subarray(0, readSync(open.descriptor, chunk, 0, chunk.length, open.readBytes));
      const end = bytes.lastIndexOf(NEWLINE) + 1;
      if (end > 0) this.#take(open, bytes.toString('utf8', 0, end));
      else if (bytes.length === CHUNK_BYTES) open.isOverlong = true;
      else return;
      open.readBytes += end > 0 ? end : bytes.length;
    }
  }

  #take(open: OpenFile, text: string): void {
    for (const line of text.split('\n').slice(0, -1)) {
      open.lines += 1;
      const caught = open.isOverlong ? null : caughtIn(line);
      if (caught !== null) this.list.add(caught);
      else if (line.trim() !== '' || open.isOverlong) {
        this.#badLines += 1;
        if (this.#bad.length < MOST_BAD) this.#bad.push(badLine(this.#file, open.lines));
      }
      open.isOverlong = false;
    }
  }
}

function openFile(file: string, found: Stats): OpenFile {
  // Opening a pipe would wait for its other end.
  if (!found.isFile()) throw new Error('not a regular file');
  const { dev, ino } = found;
  return { descriptor: openSync(file, 'r'), dev, ino, readBytes: 0, size: 0, lines: 0, isOverlong: false };
}

function isSame(open: OpenFile, found: Stats): boolean {
  return open.dev === found.dev && open.ino === found.ino;
}
