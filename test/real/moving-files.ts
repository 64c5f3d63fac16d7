import { existsSync, readFileSync, readdirSync } from 'node:fs';

/**
 * What the files of a queue's folder, and of those in it, are the messages of. A message that moves on while it is looked
 * for counts as one of its own: whoever waits for the queue asks again.
 *
 * @param idOf the message that a file belongs to, null for a file that stands for none
 */
export function queuedIn(folder: string, idOf: (file: string) => string | null): readonly string[] {
  if (!existsSync(folder)) return [];
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => {
      const id = entry.isFile() ? idOf(entry.name) : null;
      return id === null ? [] : [id];
    });
  } catch (error) {
    if (!isGone(error)) throw error;
    return ['moving'];
  }
}

/** Text of a file that the server writes and removes as it likes; empty where there is none. */
export function textIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (!isGone(error)) throw error;
    return '';
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
