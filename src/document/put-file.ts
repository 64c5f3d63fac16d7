import { randomUUID } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';

/** Where the text of a file goes. */
interface Place {
  /** Behind all symbolic links. */
  readonly path: string;
  /** A file that another one can take the place of; a device, a pipe and a file that somebody holds open as a descriptor are written as they are. */
  readonly replaceable: boolean;
}

const MOST_LINKS = 40;
/** What names an open descriptor: the file behind it is in use, and another in its place would not be seen. */
const DESCRIPTOR = /^\/(?:proc|dev\/fd)\//;
/** Folders that take no new file, and files that are mounted: the file itself may still take text. */
const IN_PLACE_ONLY: ReadonlySet<string> = new Set(['EACCES', 'EPERM', 'EROFS', 'EBUSY']);
/** How long a reader of a pipe may read nothing before the text is given up. */
const STALLED_MS = 5000;
const RETRY_MS = 10;

/** Puts a text into a file, whole or not at all where the file can be replaced, and makes the folders above it. @throws Error of the file system */
export function putFile(file: string, text: string, mode: number): void {
  makeFolder(dirname(file));
  const { path, replaceable } = placeOf(file);
  if (!replaceable) {
    writeAs(path, text, constants.O_APPEND);
    return;
  }
  try {
    replace(path, text, mode);
  } catch (error) {
    if (!takesTextInPlace(path, error)) throw error;
    writeAs(path, text, constants.O_TRUNC);
    chmodSync(path, mode);
  }
}

/** Finds out whether {@link putFile} would work, as far as that shows without a text. @throws Error of the file system */
export function tryFile(file: string): void {
  makeFolder(dirname(file));
  const { path, replaceable } = placeOf(file);
  if (!replaceable) {
    accessSync(path, constants.W_OK);
    return;
  }
  const beside = besideOf(path);
  try {
    closeSync(openSync(beside, 'wx', 0o600));
    rmSync(beside);
  } catch (error) {
    if (!takesTextInPlace(path, error)) throw error;
    accessSync(path, constants.W_OK);
  }
}

/** Makes a folder and those above it. Node's own way of it never ends below /proc. @throws Error of the file system */
export function makeFolder(folder: string): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return;
  if (found !== undefined) throw new Error(`ENOTDIR: ${folder} is a file and not a folder`);
  makeFolder(dirname(resolve(folder)));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process may have made it meanwhile.
    if (codeOf(error) !== 'EEXIST') throw error;
  }
}

function placeOf(file: string): Place {
  let path = resolve(file);
  for (let links = 0; links < MOST_LINKS; links += 1) {
    if (DESCRIPTOR.test(path)) return { path, replaceable: false };
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory() === true) throw new Error(`EISDIR: ${path} is a folder`);
    if (found?.isSymbolicLink() !== true) return { path, replaceable: found === undefined || found.isFile() };
    path = resolve(dirname(path), readlinkSync(path));
  }
  throw new Error(`ELOOP: ${file} leads through too many symbolic links`);
}

function replace(path: string, text: string, mode: number): void {
  const beside = besideOf(path);
  try {
    const descriptor = openSync(beside, 'wx', mode);
    try {
      writeAll(descriptor, Buffer.from(text));
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** A name that nobody can foresee, as others may write to the folder. */
function besideOf(path: string): string {
  return `${path}.${randomUUID().slice(0, 8)}.tmp`;
}

function takesTextInPlace(path: string, error: unknown): boolean {
  return IN_PLACE_ONLY.has(codeOf(error)) && lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Opened without waiting: a named pipe without a reader is an error and holds nothing up. */
function writeAs(path: string, text: string, how: number): void {
  const descriptor = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | how);
  try {
    writeAll(descriptor, Buffer.from(text));
  } finally {
    closeSync(descriptor);
  }
}

function writeAll(descriptor: number, bytes: Buffer): void {
  let stalledMs = 0;
  for (let written = 0; written < bytes.length;) {
    try {
      written += writeSync(descriptor, bytes, written);
      stalledMs = 0;
    } catch (error) {
      if (codeOf(error) !== 'EAGAIN' || stalledMs >= STALLED_MS) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
      stalledMs += RETRY_MS;
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
