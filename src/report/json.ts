import type { Audit } from '../judge/audit.ts';
import { safeJson } from '../document/visible.ts';

/** The audit object itself, of schema `relayproof/audit/1`; an array where it is not exactly one. */
export function jsonReport(audits: readonly Audit[]): string {
  return `${safeJson(audits.length === 1 ? audits[0] : audits, 2)}\n`;
}
