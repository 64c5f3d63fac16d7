import type { Audit } from '../judge/audit.ts';
import { headline } from './headline.ts';
import type { Reading } from './reading.ts';
import { targetName } from './words.ts';
import { safeJson } from '../document/visible.ts';

/**
 * An audit as events, a line of JSON each, in this order: `audit` (what was asked of whom), each `control`, `result` and
 * `finding`, and `summary` (what it comes to). Every line names its target, so audits of several may be mixed.
 */
export function ndjsonReport(audits: readonly Audit[], reading: Reading): string {
  return audits.flatMap((audit) => events(audit, reading).map((event) => `${safeJson(event)}\n`)).join('');
}

function events(audit: Audit, reading: Reading): readonly object[] {
  const { controls, results, findings, summary, turned, families, interrupted, durationMs, target, ...head } = audit;
  const { word, reasons } = headline(audit, reading.failOn);
  const named = (event: string, rest: object): object => ({ event, target: targetName(audit), ...rest });
  return [
    named('audit', { ...head, host: target }),
    ...controls.map((control) => named('control', control)),
    ...results.map((result) => named('result', result)),
    ...findings.map((finding) => named('finding', finding)),
    named('summary', { answer: word, reasons, interrupted, durationMs, turned, families, ...summary }),
  ];
}
