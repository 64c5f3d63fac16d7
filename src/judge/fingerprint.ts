import { createHash } from 'node:crypto';

/** Names a finding from run to run: no time, no banner, no reply may be among the parts. */
export function fingerprint(parts: readonly string[]): string {
  return createHash('sha256')
    .update(['v1', ...parts].join('\0'))
    .digest('hex');
}
