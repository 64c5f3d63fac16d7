import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { z } from 'zod';
import { codeOf } from '../document/error-code.ts';
import { jsonOrNull } from '../document/json-text.ts';
import { beginOf, isRunning, thisPlace } from '../document/process-identity.ts';
import { UsageError } from '../document/usage-error.ts';

/** What a running catcher says of itself in `FILE.lock`. */
const lockSchema = z.strictObject({
  pid: z.number().int().positive(),
  /** When the process began, as the kernel counts; null where that is not told. Process ids are given again. */
  began: z.string().nullable(),
  /** Host and process namespace: the id means something there only. */
  where: z.string(),
  /** ISO 8601. */
  since: z.string(),
  /** ISO 8601, renewed every second. */
  beat: z.string(),
  faults: z.array(z.string()).readonly(),
});

export type LockState = z.infer<typeof lockSchema>;

/** Whether somebody catches into a file. A lock whose process is gone is left over from a crash. */
export type LockReading =
  | { readonly kind: 'none' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'held'; readonly state: LockState }
  | { readonly kind: 'left'; readonly state: LockState };

export interface CatchLock {
  /** Writes the faults down for those who follow the file. */
  readonly tell: (faults: readonly string[]) => void;
  /** Takes the lock away, so that the next catcher finds none. */
  readonly release: () => void;
}

/** A lock is written in place and never grows, so that a fault can be told on a full disk, too. */
const LOCK_BYTES = 4096;
const MOST_FAULTS = 6;
const FAULT_CHARACTERS = 300;
const BEAT_MS = 1000;
/** A busy machine is late, a catcher that hangs for as long is no catcher. */
const SILENT_MS = 30_000;
const ATTEMPTS = 3;
const PRIVATE = 0o600;

/** The lock lies beside the file itself, whatever link leads to it. */
export function lockOf(file: string): string {
  try {
    return `${realpathSync(file)}.lock`;
  } catch {
    return `${file}.lock`;
  }
}

/**
 * @param say hears of a lock that a dead catcher left, and once of one that cannot be renewed
 * @throws UsageError that names the process which holds the file
 */
export function takeCatchLock(file: string, say: (line: string) => void): CatchLock {
  const lock = lockOf(file);
  const since = new Date().toISOString();
  const state = { pid: process.pid, began: beginOf(process.pid), where: thisPlace(), since };
  let faults: readonly string[] = [];
  const text = (): string => padded({ ...state, beat: new Date().toISOString(), faults });
  const dead = create(lock, text());
  if (dead !== null) say(`${lock}: taken over from process ${dead}, which is gone`);
  let isBroken = false;
  const descriptor = openSync(lock, 'r+');
  const beat = (): void => {
    try {
      writeSync(descriptor, text(), 0);
    } catch (error) {
      if (!isBroken) say(`${lock}: cannot be renewed: ${error instanceof Error ? error.message : String(error)}`);
      isBroken = true;
    }
  };
  const timer = setInterval(beat, BEAT_MS);
  timer.unref();
  return {
    tell: (told) => {
      faults = told.slice(0, MOST_FAULTS).map((fault) => fault.slice(0, FAULT_CHARACTERS));
      beat();
    },
    release: () => {
      clearInterval(timer);
      closeSync(descriptor);
      if (readLock(lock)?.since === since) rmSync(lock, { force: true });
    },
  };
}

/** Who catches into a file now. */
export function readCatchLock(file: string, now: Date = new Date()): LockReading {
  const lock = lockOf(file);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    try {
      const state = readLock(lock);
      // A lock that is read while it is renewed can be torn; the next look finds it whole.
      if (state !== null) return { kind: isHeld(state, now) ? 'held' : 'left', state };
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return { kind: 'none' };
      return { kind: 'unreadable' };
    }
  }
  return { kind: 'unreadable' };
}

/** Creates the lock whole or not at all; returns the process id of a dead holder whose lock was in the way. */
function create(lock: string, text: string): number | null {
  const beside = `${lock}.${process.pid}`;
  try {
    const descriptor = openSync(beside, 'w', PRIVATE);
    try {
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
      return linkInto(lock, beside);
    } finally {
      closeSync(descriptor);
      rmSync(beside, { force: true });
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError([`${lock}: cannot be written: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

function linkInto(lock: string, beside: string): number | null {
  let dead: number | null = null;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (linked(beside, lock)) return dead;
    dead = clearAway(lock) ?? dead;
  }
  throw new UsageError([`${lock}: is taken again and again by other catchers`]);
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Moves the lock of a dead process away. @throws UsageError where its holder runs */
function clearAway(lock: string): number | null {
  const file = lock.slice(0, -'.lock'.length);
  const reading = readCatchLock(file);
  if (reading.kind === 'none') return null;
  if (reading.kind === 'unreadable')
    throw new UsageError([`${lock}: is not a lock of \`relayproof catch\`; remove it if no catcher uses ${file}`]);
  const { pid, where, since } = reading.state;
  if (reading.kind === 'held') {
    const elsewhere = where === thisPlace() ? '' : ` on ${where.split(' ', 1)[0] ?? where}`;
    throw new UsageError([`${file}: process ${pid}${elsewhere} catches into it since ${since} (${lock})`]);
  }
  const aside = `${lock}.${process.pid}.left`;
  renameSync(lock, aside);
  // Between the look and the move another catcher may have taken the lock over: then it is given back.
  const moved = readLock(aside);
  if (moved?.since !== since) linked(aside, lock);
  rmSync(aside, { force: true });
  return pid;
}

function readLock(lock: string): LockState | null {
  const parsed = lockSchema.safeParse(jsonOrNull(readFileSync(lock, 'utf8')));
  return parsed.success ? parsed.data : null;
}

function isHeld({ pid, began, where, beat }: LockState, now: Date): boolean {
  if (where !== thisPlace()) return now.getTime() - new Date(beat).getTime() < SILENT_MS;
  return isRunning(pid) && (began === null || began === beginOf(pid));
}

/** Whether a catcher that holds its file has renewed the lock lately. */
export function isSilent({ beat }: LockState, now: Date = new Date()): boolean {
  return now.getTime() - new Date(beat).getTime() > SILENT_MS;
}

/** Text of always the same length; the last faults are left out where they do not fit. */
function padded(state: LockState): string {
  const text = JSON.stringify(state);
  const free = LOCK_BYTES - Buffer.byteLength(text) - 1;
  return free < 0 ? padded({ ...state, faults: state.faults.slice(0, -1) }) : `${text}${' '.repeat(free)}\n`;
}
