import { unwatchFile, watchFile } from 'node:fs';
import { basename } from 'node:path';

/** How often files are looked at. */
const LOOK_EVERY_MS = 300;

export interface FileWatch {
  readonly files: readonly string[];
  /** How long files have to stay as they are before a change is told, in milliseconds: editors write several times. */
  readonly settleMs: number;
  /** Told with a sentence, such as `main.cf changed`. */
  readonly onChange: (why: string) => void;
}

/** Looks at files by name, so that one which is replaced, as editors do, is still watched. Returns what ends it. */
export function watchFiles({ files, settleMs, onChange }: FileWatch): () => void {
  const changed = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  const settle = (file: string): void => {
    changed.add(basename(file));
    clearTimeout(timer);
    timer = setTimeout(() => {
      const names = [...changed].join(', ');
      changed.clear();
      onChange(`${names} changed`);
    }, settleMs);
  };
  const endings = files.map((file) => {
    const look = (now: { readonly mtimeMs: number; readonly ino: number }, before: typeof now): void => {
      if (now.mtimeMs !== before.mtimeMs || now.ino !== before.ino) settle(file);
    };
    watchFile(file, { interval: LOOK_EVERY_MS }, look);
    return () => unwatchFile(file, look);
  });
  return () => {
    clearTimeout(timer);
    for (const end of endings) end();
  };
}
