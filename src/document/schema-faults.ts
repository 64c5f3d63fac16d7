import type { z } from 'zod';

/** Faults said of one file at most; the first tell what kind of file it is. */
const SHOWN_FAULTS = 5;

/** What a schema has against the content of a file, a sentence each: `FILE: PATH: what`. */
export function schemaFaults({ issues }: z.ZodError, file: string): readonly string[] {
  return issues
    .slice(0, SHOWN_FAULTS)
    .map(({ path, message }) => [file, ...(path.length === 0 ? [] : [path.join('.')]), message].join(': '));
}
