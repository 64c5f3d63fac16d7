import type { Audit } from '../judge/audit.ts';

/** The audit object itself; the schema is `relayproof/audit/1`. */
export function jsonReport(audit: Audit): string {
  return `${JSON.stringify(audit, null, 2)}\n`;
}
