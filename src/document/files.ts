import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, putFile, tryFile } from './put-file.ts';
import { UsageError } from './usage-error.ts';

/** Reports may hold addresses and dialogues: theirs to read who made them. */
const PRIVATE = 0o600;

export function textFrom(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError([`${file}: cannot be read: ${reasonOf(error)}`]);
  }
}

/** Writes a file that only its owner can read, and the folders above it. @throws UsageError */
export function writePrivate(file: string, text: string): void {
  writing(file, () => putFile(file, text, PRIVATE));
}

/** Puts other text into a file: whole or not at all, and with the mode that it has. @throws UsageError */
export function replaceText(file: string, text: string): void {
  writing(file, () => putFile(file, text, statSync(file).mode & 0o777));
}

/** Writes a file for everybody who works in a repository, and the folders above it. @throws UsageError */
export function writeShared(file: string, text: string): void {
  writing(file, () => putFile(file, text, 0o666));
}

/** Whether files could be written, found out before there is anything to lose. @throws UsageError with every file that could not */
export function mustBeWritable(files: readonly string[]): void {
  const problems = files.flatMap((file) => faultOf(file, () => tryFile(file)) ?? []);
  if (problems.length > 0) throw new UsageError(problems);
}

/** Makes a folder that files can be written to. @throws UsageError */
export function mustBeFolder(folder: string): void {
  writing(folder, () => makeFolder(folder));
  mustBeWritable([join(folder, 'trial')]);
}

function writing(file: string, write: () => void): void {
  const fault = faultOf(file, write);
  if (fault !== null) throw new UsageError([fault]);
}

function faultOf(file: string, write: () => void): string | null {
  try {
    write();
    return null;
  } catch (error) {
    return `${file}: cannot be written: ${reasonOf(error)}`;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
