import { closeSync, fdatasync, openSync, rmSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import type { RunRecord } from '../judge/judge-audit.ts';
import type { RunEvent, RunResult } from '../probe/audit-run.ts';
import type { Transcript } from '../session/transcript.ts';
import type { PlannedRun } from './request.ts';
import type { JournalLine } from './journal-file.ts';

/** How often canaries are looked for and the disk is asked to keep what was written. */
const FLUSH_EVERY_MS = 1000;

/**
 * Keeps a run while it goes on, a line for each session as it ends: whatever ends the process, `--resume` and `judge` read
 * what was answered until then. A journal that cannot be written any more says so once and holds nothing up.
 */
export class RunJournal {
  readonly file: string;
  readonly #say: (line: string) => void;
  #descriptor: number | null;
  #planned: PlannedRun | null = null;
  readonly #transcripts: Transcript[] = [];
  readonly #turned: RunResult['turned'][number][] = [];
  #caught = 0;
  #isDirty = false;
  #timer: NodeJS.Timeout | null = null;

  /** @throws Error of the file system, EEXIST where there is a journal already */
  constructor(file: string, say: (line: string) => void) {
    this.file = file;
    this.#say = say;
    this.#descriptor = openSync(file, 'wx', 0o600);
    this.#append({ kind: 'opened', pid: process.pid, host: hostname() });
  }

  /** Whether there is anything in it that was not there before. */
  get hasSessions(): boolean {
    return this.#transcripts.length > 0;
  }

  readonly planned = (planned: PlannedRun): void => {
    this.#planned = planned;
    this.#transcripts.push(...planned.known);
    this.#append({ kind: 'planned', record: this.#recordSoFar(planned) });
    this.#timer = setInterval(() => this.#flush(), FLUSH_EVERY_MS);
    this.#timer.unref();
  };

  readonly take = (event: RunEvent): void => {
    if (event.kind === 'session-ended') {
      this.#transcripts.push(event.transcript);
      this.#append({ kind: 'session', transcript: event.transcript });
    } else if (event.kind === 'turned') {
      this.#turned.push(event.turned);
      this.#append({ kind: 'turned', turned: event.turned });
    }
  };

  /** Writes no more, and leaves what is written. */
  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
    this.#transcripts.length = 0;
  }

  /** What it holds is kept elsewhere, or is nothing. */
  remove(): void {
    this.close();
    rmSync(this.file, { force: true });
  }

  #recordSoFar(planned: PlannedRun): RunRecord {
    const record = planned.recordOf({ transcripts: this.#transcripts, turned: this.#turned, pointless: [] });
    return { ...record, interrupted: true };
  }

  #flush(): void {
    if (this.#planned === null || this.#descriptor === null) return;
    const { caught } = this.#recordSoFar(this.#planned);
    for (const one of caught.slice(this.#caught)) this.#append({ kind: 'caught', caught: one });
    this.#caught = Math.max(this.#caught, caught.length);
    if (!this.#isDirty) return;
    this.#isDirty = false;
    // A disk that fails shows at the next line; until then the text is with the system, which outlives this process.
    fdatasync(this.#descriptor, () => undefined);
  }

  #append(line: JournalLine): void {
    if (this.#descriptor === null) return;
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    try {
      for (let written = 0; written < bytes.length;) written += writeSync(this.#descriptor, bytes, written);
      this.#isDirty = true;
    } catch (error) {
      closeSync(this.#descriptor);
      this.#descriptor = null;
      const reason = error instanceof Error ? error.message : String(error);
      this.#say(`relayproof: ${this.file}: cannot be written: ${reason}; the audit goes on without it`);
    }
  }
}
