import type { Audit, Finding } from '../judge/audit.ts';
import { SEVERITIES } from '../judge/finding-kind.ts';
import type { Severity } from '../scenario/scenario.ts';
import { headline } from './headline.ts';
import { findingsThatCount } from '../judge/outcome.ts';
import { locationOf, type Reading } from './reading.ts';
import { visibleAudit } from './visible-audit.ts';
import { targetName } from './words.ts';
import { workflowCommand, type AnnotationLevel } from './workflow-command.ts';

/** GitHub shows ten annotations of a kind for each step; the rest would be lost without a word. */
const KEPT = 10;

const LEVEL: Readonly<Record<Severity, AnnotationLevel>> = {
  low: 'notice',
  medium: 'warning',
  high: 'error',
  critical: 'error',
};

/** Workflow commands: the worst ten findings that nobody settled as annotations, and a line for each target that says what it came to. */
export function githubReport(audits: readonly Audit[], reading: Reading): string {
  const shown = audits.map(visibleAudit);
  const all = shown.flatMap((audit) =>
    audit.findings.filter(({ standing }) => standing === undefined).map((finding) => ({ audit, finding })),
  );
  const worst = all
    .sort((a, b) => SEVERITIES.indexOf(b.finding.severity) - SEVERITIES.indexOf(a.finding.severity))
    .slice(0, KEPT);
  const lines = [
    ...worst.map(({ audit, finding }) => annotation(audit, finding, reading)),
    ...shown.map((audit) => summaryLine(audit, reading, all.length - worst.length)),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function annotation(audit: Audit, finding: Finding, reading: Reading): string {
  const [first] = finding.evidence;
  const counts = findingsThatCount([finding], reading.failOn).length > 0;
  const text = [
    `${targetName(audit)}, severity ${finding.severity}, confidence ${finding.confidence}, scenario ${finding.scenario}`,
    ...(first === undefined ? [] : [`from ${first.vantage}: ${first.reason}`]),
    `remedy: ${finding.remedy}`,
  ];
  return workflowCommand(
    counts ? LEVEL[finding.severity] : 'notice',
    locationOf(finding, reading),
    finding.title,
    text,
  );
}

function summaryLine(audit: Audit, reading: Reading, leftOut: number): string {
  const { tone, word, sentence, reasons } = headline(audit, reading.failOn);
  const more = leftOut > 0 ? ` (${leftOut} more findings in the other reports)` : '';
  const text = [`${targetName(audit)}: ${word}${sentence === '' ? '' : `, ${sentence}`}${more}`, ...reasons];
  return workflowCommand(
    tone === 'unsure' ? 'warning' : 'notice',
    reading.location ?? null,
    `relayproof: ${word}`,
    text,
  );
}
