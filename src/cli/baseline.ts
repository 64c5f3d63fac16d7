import type { Audit, Finding } from '../judge/audit.ts';

/**
 * Marks the findings that an earlier audit had, too. One that was waived there is held by its waiver alone: otherwise it
 * would stay away after the waiver has expired.
 */
export function markKnown(audits: readonly Audit[], baseline: readonly Audit[]): readonly Audit[] {
  const known = new Set(
    baseline.flatMap(({ findings }) =>
      findings.filter(({ standing }) => standing?.kind !== 'waived').map(({ fingerprint }) => fingerprint),
    ),
  );
  return mapFindings(audits, (finding) =>
    finding.standing === undefined && known.has(finding.fingerprint)
      ? { ...finding, standing: { kind: 'known' } }
      : finding,
  );
}

/** The same audits with other findings. */
export function mapFindings(audits: readonly Audit[], change: (finding: Finding) => Finding): readonly Audit[] {
  return audits.map((audit) => ({ ...audit, findings: audit.findings.map(change) }));
}
