import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RunRecord } from '../judge/judge-audit.ts';
import { textFrom, writePrivate } from './files.ts';
import { runRecordSchema } from './run-record-schema.ts';
import { UsageError } from './usage-error.ts';

const SUFFIX = '.run.json';

/** Keeps a run, a file a target, so that `judge` can read it again. */
export function saveRun(folder: string, record: RunRecord): void {
  writePrivate(runFile(folder, record.target), `${JSON.stringify(record, null, 2)}\n`);
}

function runFile(
  folder: string,
  { host, address, port }: Pick<RunRecord['target'], 'host' | 'address' | 'port'>,
): string {
  const parts = host === address ? [address, port] : [host, address, port];
  return join(folder, `${parts.join('-').replace(/[^A-Za-z0-9.-]+/g, '_')}${SUFFIX}`);
}

/** The saved run of one endpoint, null where there is none. @throws UsageError when the file is no run */
export function loadRun(
  folder: string,
  target: Pick<RunRecord['target'], 'host' | 'address' | 'port'>,
): RunRecord | null {
  const file = runFile(folder, target);
  return existsSync(file) ? readRun(file) : null;
}

/** Reads saved runs: a file, or every `.run.json` of a folder. @throws UsageError */
export function loadRuns(path: string): readonly RunRecord[] {
  const files = isFolder(path)
    ? readdirSync(path)
        .filter((name) => name.endsWith(SUFFIX))
        .sort()
        .map((name) => join(path, name))
    : [path];
  if (files.length === 0)
    throw new UsageError([`${path}: holds no saved runs (*${SUFFIX}); \`relayproof audit --save\` writes them`]);
  return files.map(readRun);
}

function readRun(file: string): RunRecord {
  const text = textFrom(file);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new UsageError([`${file}: is no JSON: ${error instanceof Error ? error.message : String(error)}`]);
  }
  const parsed = runRecordSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new UsageError(
    parsed.error.issues.slice(0, 5).map((issue) => `${file}: ${issue.path.join('.')}: ${issue.message}`),
  );
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw new UsageError([`${path}: cannot be read: ${error instanceof Error ? error.message : String(error)}`]);
  }
}
