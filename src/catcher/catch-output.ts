import {
  closeSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { Caught } from '../session/caught.ts';
import { takeCatchLock, type CatchLock } from './catch-lock.ts';
import { UsageError } from '../document/usage-error.ts';

/** Where `catch --output` keeps what came. */
export interface CatchOutput {
  /** Appends the lines of one message and returns once they are on the disk. @throws what the system said, and no line is kept then */
  readonly append: (message: readonly Caught[]) => void;
  /** Tells what is wrong with the catcher to those who follow the file. */
  readonly tell: (faults: readonly string[]) => void;
  readonly close: () => void;
}

const PRIVATE = 0o600;
const NEWLINE = 0x0a;

/**
 * Opens the file, keeps what it holds, and locks it. A device or a pipe is neither locked nor synchronised: nobody follows it.
 * @param say hears of a lock that was left over, and of one that cannot be renewed
 * @throws UsageError when it cannot be written, or another catcher holds it
 */
export function openCatchOutput(file: string, say: (line: string) => void): CatchOutput {
  const descriptor = opened(file);
  const isFile = fstatSync(descriptor).isFile();
  let lock: CatchLock | null = null;
  try {
    if (isFile) lock = takeCatchLock(file, say);
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  if (isFile) {
    fchmodSync(descriptor, PRIVATE);
    endLastLine(descriptor);
  }
  return {
    append: (message) => {
      const lines = Buffer.from(linesOf(message));
      const before = isFile ? fstatSync(descriptor).size : null;
      try {
        writeWhole(descriptor, lines);
        if (isFile) fsyncSync(descriptor);
      } catch (error) {
        // What is left of a line would spoil the next one.
        if (before !== null) ftruncateSync(descriptor, before);
        throw error;
      }
    },
    tell: (faults) => lock?.tell(faults),
    close: () => {
      closeSync(descriptor);
      lock?.release();
    },
  };
}

/** A line a recipient. */
export function linesOf(message: readonly Caught[]): string {
  return message.map((caught) => `${JSON.stringify(caught)}\n`).join('');
}

function opened(file: string): number {
  try {
    mkdirSync(dirname(file), { recursive: true });
    return openSync(file, 'a+', PRIVATE);
  } catch (error) {
    throw new UsageError([`${file}: cannot be written: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

/** Ends a line that a crash left unfinished, so that the next one is a line of its own. */
function endLastLine(descriptor: number): void {
  const { size } = fstatSync(descriptor);
  const last = Buffer.alloc(1);
  if (size === 0) return;
  readSync(descriptor, last, 0, 1, size - 1);
  if (last[0] !== NEWLINE) writeWhole(descriptor, Buffer.from('\n'));
}

/** A disk that fills up takes a part first and refuses the rest. */
function writeWhole(descriptor: number, bytes: Buffer): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(descriptor, bytes, written);
}
