import type { Audit, Finding } from '../judge/audit.ts';
import { SEVERITIES } from '../judge/finding-kind.ts';
import type { Severity } from '../scenario/scenario.ts';
import { headline } from './headline.ts';
import { findingsThatCount } from './outcome.ts';
import { locationOf, type Reading, type SourceLocation } from './reading.ts';
import { visible, visibleAudit } from './visible.ts';
import { targetName } from './words.ts';

/** GitHub shows ten annotations of a kind for each step; the rest would be lost without a word. */
const KEPT = 10;

/** Characters of one message: more is folded away where annotations are shown. */
const KEPT_CHARACTERS = 2000;

const LEVEL: Readonly<Record<Severity, 'notice' | 'warning' | 'error'>> = {
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
  return command(counts ? LEVEL[finding.severity] : 'notice', locationOf(finding, reading), finding.title, text);
}

function summaryLine(audit: Audit, reading: Reading, leftOut: number): string {
  const { tone, word, sentence, reasons } = headline(audit, reading.failOn);
  const more = leftOut > 0 ? ` (${leftOut} more findings in the other reports)` : '';
  const text = [`${targetName(audit)}: ${word}${sentence === '' ? '' : `, ${sentence}`}${more}`, ...reasons];
  return command(tone === 'unsure' ? 'warning' : 'notice', reading.location ?? null, `relayproof: ${word}`, text);
}

/** One workflow command. No text can end it or begin another: line ends and what parts its properties are encoded. */
function command(level: string, location: SourceLocation | null, title: string, text: readonly string[]): string {
  const properties = [
    ...(location === null ? [] : [`file=${property(visible(location.file))}`, `line=${location.line}`]),
    `title=${property(title)}`,
  ];
  const message = text.map((line) => encoded(line)).join('%0A');
  const cut =
    message.length > KEPT_CHARACTERS
      ? `${message.slice(0, KEPT_CHARACTERS).replace(/%.?$|[\ud800-\udbff]$/, '')} ...`
      : message;
  return `::${level} ${properties.join(',')}::${cut}`;
}

function encoded(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return encoded(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
