import type { Audit, Finding, Reach } from './audit.ts';
import { CONFIDENCES } from './finding.ts';
import { SEVERITIES } from './finding-kind.ts';
import { VANTAGE_CLASSES } from './vantage-class.ts';

/**
 * Marks the findings that an earlier audit had, too, and that were no milder there. One that was waived there is held by its
 * waiver alone: otherwise it would stay away after the waiver has expired.
 */
export function markKnown(audits: readonly Audit[], baseline: readonly Audit[]): readonly Audit[] {
  const before = Map.groupBy(
    baseline.flatMap(({ findings }) => findings.filter(({ standing }) => standing?.kind !== 'waived')),
    ({ cause }) => cause,
  );
  return mapFindings(audits, (finding) =>
    finding.standing === undefined && isNoWorse(finding, before.get(finding.cause) ?? [])
      ? { ...finding, standing: { kind: 'known' } }
      : finding,
  );
}

/** A hole at another address, that more clients reach, that is proven by now or that does more harm is another one than was known. */
function isNoWorse(now: Finding, before: readonly Finding[]): boolean {
  const known = before.filter(({ severity }) => SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(now.severity));
  const places = known.flatMap(({ reach }) => reach);
  return now.reach.every((here) => places.some((there) => there.endpoint === here.endpoint && isWithin(here, there)));
}

function isWithin(here: Reach, there: Reach): boolean {
  return (
    VANTAGE_CLASSES.indexOf(here.vantageClass) <= VANTAGE_CLASSES.indexOf(there.vantageClass) &&
    CONFIDENCES.indexOf(here.confidence) <= CONFIDENCES.indexOf(there.confidence)
  );
}

/** The same audits with other findings. */
export function mapFindings(audits: readonly Audit[], change: (finding: Finding) => Finding): readonly Audit[] {
  return audits.map((audit) => ({ ...audit, findings: audit.findings.map(change) }));
}
