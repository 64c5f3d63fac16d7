import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { RunRecord } from '../judge/judge-audit.ts';
import { textFrom, writePrivate } from '../document/files.ts';
import { parseJournal, type Journal } from './journal-file.ts';
import { RunJournal } from './run-journal.ts';
import { runRecordSchema } from '../judge/run-record-schema.ts';
import { schemaFaults } from '../document/schema-faults.ts';
import { UsageError } from '../document/usage-error.ts';

const RUN_SUFFIX = '.run.json';
const JOURNAL_SUFFIX = '.run.ndjson';

type Endpoint = Pick<RunRecord['target'], 'host' | 'address' | 'port'>;

/** Saved runs, and what is to be said about their files, a sentence each. */
export interface LoadedRuns {
  readonly runs: readonly RunRecord[];
  readonly notices: readonly string[];
}

/** Keeps a run, a file a target, so that `judge` can read it again. Returns the file. @throws UsageError */
export function saveRun(folder: string, record: RunRecord): string {
  const file = `${pathOf(folder, record.target)}${RUN_SUFFIX}`;
  writePrivate(file, `${JSON.stringify(record, null, 2)}\n`);
  return file;
}

/**
 * Begins the journal of a run. One that a process which is gone has left becomes a saved run before.
 *
 * @throws UsageError where another process saves the same run, or the folder takes no file
 */
export function beginJournal(folder: string, target: Endpoint, say: (line: string) => void): RunJournal {
  const file = `${pathOf(folder, target)}${JOURNAL_SUFFIX}`;
  if (existsSync(file)) {
    const { owner, record } = journalFrom(file);
    if (owner !== null && mayBeRunning(owner))
      throw new UsageError([
        `${file}: process ${owner.pid} on ${owner.host} saves its audit of this server here: name another folder, or remove the file if that process is gone`,
      ]);
    if (record !== null && record.transcripts.length > 0) saveRun(folder, record);
    rmSync(file);
  }
  try {
    return new RunJournal(file, say);
  } catch (error) {
    throw new UsageError([`${file}: cannot be written: ${error instanceof Error ? error.message : String(error)}`]);
  }
}

/** The saved run of one endpoint, none where there is none. @throws UsageError when a file is no run */
export function loadRun(folder: string, target: Endpoint): LoadedRuns {
  return loadPath(pathOf(folder, target));
}

/** Reads saved runs: a file, or those of a folder, finished or not. @throws UsageError */
export function loadRuns(path: string): LoadedRuns {
  if (!isFolder(path))
    return path.endsWith(JOURNAL_SUFFIX) ? loadJournal(path) : { runs: [readRun(path)], notices: [] };
  const names = readdirSync(path).flatMap((name) => /^(.*)\.run\.(?:nd)?json$/s.exec(name)?.[1] ?? []);
  const loaded = [...new Set(names)].sort().map((name) => loadPath(join(path, name)));
  const runs = loaded.flatMap((one) => one.runs);
  if (runs.length === 0)
    throw new UsageError([`${path}: holds no saved runs (*${RUN_SUFFIX}); \`relayproof audit --save\` writes them`]);
  return { runs, notices: loaded.flatMap((one) => one.notices) };
}

/** A journal is later than a run file beside it: that one is of the run before. */
function loadPath(path: string): LoadedRuns {
  const journal = existsSync(`${path}${JOURNAL_SUFFIX}`) ? loadJournal(`${path}${JOURNAL_SUFFIX}`) : null;
  if (journal !== null && journal.runs.length > 0) return journal;
  const notices = journal?.notices ?? [];
  return { runs: existsSync(`${path}${RUN_SUFFIX}`) ? [readRun(`${path}${RUN_SUFFIX}`)] : [], notices };
}

function loadJournal(file: string): LoadedRuns {
  const { record, torn } = journalFrom(file);
  const asked = record !== null && record.transcripts.length > 0;
  return {
    runs: asked ? [record] : [],
    notices: [
      asked ? `${file}: this run did not come to its end` : `${file}: this run ended before anything was answered`,
      ...(torn ? [`${file}: the last line is cut off and left out`] : []),
    ],
  };
}

function journalFrom(file: string): Journal {
  return parseJournal(textFrom(file), file);
}

/** Whether a process is there cannot be seen from another host. */
function mayBeRunning({ pid, host }: NonNullable<Journal['owner']>): boolean {
  if (host !== hostname()) return true;
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function pathOf(folder: string, { host, address, port }: Endpoint): string {
  const parts = host === address ? [address, port] : [host, address, port];
  return join(folder, parts.join('-').replace(/[^A-Za-z0-9.-]+/g, '_'));
}

function readRun(file: string): RunRecord {
  return parseRun(textFrom(file), file);
}

/** Reads the text of a saved run. @throws UsageError with what is wrong with it */
export function parseRun(text: string, file: string): RunRecord {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new UsageError([`${file}: is not valid JSON: ${error instanceof Error ? error.message : String(error)}`]);
  }
  const parsed = runRecordSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new UsageError(schemaFaults(parsed.error, file));
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw new UsageError([`${path}: cannot be read: ${error instanceof Error ? error.message : String(error)}`]);
  }
}
