import { OPERATOR_NAMES } from '../scenario/placeholder.ts';
import { worstFirst } from './finding.ts';
import { namesOf } from './fingerprint.ts';
import type { Audit, AuditFamily, AuditSummary, AuditVantage, Finding } from './audit.ts';

/** Evidence kept of one finding over all endpoints. */
const KEPT_EVIDENCE = 8;

/** One audit out of those of a host's endpoints: results keep the endpoint that they are of. */
export function mergeAudits(audits: readonly [Audit, ...Audit[]]): Audit {
  const [first, ...others] = audits;
  if (others.length === 0) return first;
  return {
    ...first,
    durationMs: audits.reduce((sum, audit) => sum + audit.durationMs, 0),
    endpoints: audits.flatMap((audit) => audit.endpoints),
    vantages: mergeVantages(audits),
    interrupted: audits.some((audit) => audit.interrupted),
    catcherFaults: [...new Set(audits.flatMap((audit) => audit.catcherFaults))],
    ...mergeTimeLimits(audits),
    turned: audits.flatMap((audit) => audit.turned),
    unfilled: OPERATOR_NAMES.filter((name) => audits.some(({ unfilled }) => unfilled.includes(name))),
    families: mergeFamilies(audits),
    controls: audits.flatMap((audit) => audit.controls),
    results: audits.flatMap((audit) => audit.results),
    findings: mergeFindings(audits),
    summary: mergeSummaries(audits),
  };
}

function mergeTimeLimits(audits: readonly Audit[]): Pick<Audit, 'timeLimit'> {
  const reached = audits.flatMap(({ timeLimit }) => timeLimit ?? []);
  const [first] = reached;
  if (first === undefined) return {};
  return { timeLimit: { ...first, unasked: reached.reduce((sum, { unasked }) => sum + unasked, 0) } };
}

function mergeVantages(audits: readonly Audit[]): readonly AuditVantage[] {
  const byName = new Map<string, AuditVantage>();
  for (const vantage of audits.flatMap((audit) => audit.vantages)) {
    if (byName.get(vantage.name)?.address == null) byName.set(vantage.name, vantage);
  }
  return [...byName.values()];
}

function mergeFamilies(audits: readonly Audit[]): readonly AuditFamily[] {
  const groups = Map.groupBy(
    audits.flatMap((audit) => audit.families),
    (family) => family.name,
  );
  return [...groups.values()].flatMap((group) => {
    const [family] = group;
    return family === undefined ? [] : [{ ...family, controlled: group.every((one) => one.controlled) }];
  });
}

/** The same hole at several addresses of one host and port is one finding, which says at which of them it is. */
function mergeFindings(audits: readonly Audit[]): readonly Finding[] {
  const groups = Map.groupBy(
    audits.flatMap((audit) => audit.findings),
    (finding) => finding.cause,
  );
  const merged = [...groups.values()].flatMap((group) => {
    const [worst] = group.toSorted(worstFirst);
    if (worst === undefined) return [];
    const evidence = group.flatMap((one) => one.evidence).slice(0, KEPT_EVIDENCE);
    const also = [...new Set(group.flatMap((one) => one.also))];
    return [
      {
        ...worst,
        ...namesOf(
          worst.cause,
          group.flatMap(({ reach }) => reach),
        ),
        evidence,
        also,
      },
    ];
  });
  return merged.sort(worstFirst);
}

function mergeSummaries(audits: readonly Audit[]): AuditSummary {
  const sum = (pick: (summary: AuditSummary) => number): number =>
    audits.reduce((total, audit) => total + pick(audit.summary), 0);
  return {
    verdicts: {
      relayed: sum((one) => one.verdicts.relayed),
      accepted: sum((one) => one.verdicts.accepted),
      refused: sum((one) => one.verdicts.refused),
      swallowed: sum((one) => one.verdicts.swallowed),
      deferred: sum((one) => one.verdicts.deferred),
      masked: sum((one) => one.verdicts.masked),
      inconclusive: sum((one) => one.verdicts.inconclusive),
      skipped: sum((one) => one.verdicts.skipped),
    },
    sessions: sum((one) => one.sessions),
    commandsSent: sum((one) => one.commandsSent),
    messagesSent: sum((one) => one.messagesSent),
    caught: sum((one) => one.caught),
  };
}
