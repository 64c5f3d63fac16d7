import { createHash } from 'node:crypto';
import type { Finding, Reach } from './audit.ts';

/** A digest that stays the same from run to run: no time, no banner, no reply may be among the parts. */
export function fingerprint(parts: readonly string[]): string {
  return createHash('sha256')
    .update(['v2', ...parts].join('\0'))
    .digest('hex');
}

/**
 * How a finding is known again. The cause names what is wrong at a host and port, with or without a login; the fingerprint
 * also says at which of its addresses, and for which class of clients.
 */
export function namesOf(cause: string, reach: readonly Reach[]): Pick<Finding, 'cause' | 'reach' | 'fingerprint'> {
  const places = reach.map(({ endpoint, vantageClass }) => `${endpoint} ${vantageClass}`).sort();
  return { cause, reach, fingerprint: fingerprint([cause, ...places]) };
}
