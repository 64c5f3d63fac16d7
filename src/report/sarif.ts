import type { Audit, Finding } from '../judge/audit.ts';
import { FINDING_KIND_INFO, SEVERITIES } from '../judge/finding-kind.ts';
import { REMEDY_ANYWHERE } from '../judge/remedy-anywhere.ts';
import type { FindingKind } from '../scenario/finding-kind.ts';
import type { Severity } from '../scenario/scenario.ts';
import { doubts } from '../judge/outcome.ts';
import { locationOf, type Reading } from './reading.ts';
import { visibleAudit } from './visible-audit.ts';
import { targetName } from './words.ts';
import { safeJson, visible } from '../document/visible.ts';

/** Characters of a description and of a message that GitHub shows. */
const KEPT_DESCRIPTION = 1024;
const KEPT_MESSAGE = 4000;

/** GitHub reads a number: above 9 critical, from 7 high, from 4 medium. */
const SECURITY_SEVERITY: Readonly<Record<Severity, string>> = {
  low: '3.0',
  medium: '5.5',
  high: '8.0',
  critical: '9.3',
};

const LEVEL: Readonly<Record<Severity, 'note' | 'warning' | 'error'>> = {
  low: 'note',
  medium: 'warning',
  high: 'error',
  critical: 'error',
};

/** How sure a kind of finding is: `very-high` where a message came out. */
const PRECISION: Readonly<Record<Finding['confidence'], string>> = {
  low: 'medium',
  medium: 'high',
  high: 'very-high',
};

/**
 * SARIF 2.1.0 as GitHub's code scanning takes it: one run, whatever the number of targets, without what is waived; each result at a line of a file
 * of the repository (a server has none) with the server as logical location; fingerprints of our own, because several
 * findings stand at one line. Without findings there are no results, which closes earlier alerts.
 */
export function sarifReport(audits: readonly Audit[], reading: Reading): string {
  return `${safeJson(sarifLog(audits.map(visibleAudit), reading), 2)}\n`;
}

function sarifLog(audits: readonly Audit[], reading: Reading): object {
  // GitHub opens an alert for what is marked as suppressed, too.
  const found = audits.flatMap((audit) =>
    audit.findings.filter(({ standing }) => standing?.kind !== 'waived').map((finding) => ({ audit, finding })),
  );
  const kinds = [...new Set(found.map(({ finding }) => finding.id))];
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'relayproof',
            ...versions(audits),
            rules: kinds.map((kind) =>
              ruleOf(
                kind,
                found.filter(({ finding }) => finding.id === kind).map(({ finding }) => finding),
              ),
            ),
          },
        },
        automationDetails: { id: 'relayproof/' },
        invocations: audits.map(invocationOf),
        columnKind: 'utf16CodeUnits',
        results: found.map(({ audit, finding }) => resultOf(audit, finding, kinds.indexOf(finding.id), reading)),
      },
    ],
  };
}

function versions([audit]: readonly Audit[]): object {
  if (audit === undefined) return {};
  const { version } = audit.tool;
  return { version, ...(/^\d+\.\d+\.\d+$/.test(version) ? { semanticVersion: version } : {}) };
}

function ruleOf(kind: FindingKind, findings: readonly Finding[]): object {
  const { title, meaning } = FINDING_KIND_INFO[kind];
  const worst = SEVERITIES.findLast((one) => findings.some(({ severity }) => severity === one)) ?? 'low';
  const surest = (['high', 'medium', 'low'] as const).find((one) =>
    findings.some(({ confidence }) => confidence === one),
  );
  const help = `${meaning}\n\n${REMEDY_ANYWHERE[kind].say}\n\nMore: relayproof explain ${kind}`;
  return {
    id: kind,
    name: pascalCase(kind),
    shortDescription: { text: `${title}.` },
    fullDescription: { text: cut(meaning, KEPT_DESCRIPTION) },
    help: { text: help, markdown: help },
    defaultConfiguration: { level: LEVEL[worst] },
    properties: {
      tags: ['security', 'smtp', 'open-relay'],
      'security-severity': SECURITY_SEVERITY[worst],
      precision: PRECISION[surest ?? 'low'],
    },
  };
}

function resultOf(audit: Audit, finding: Finding, ruleIndex: number, reading: Reading): object {
  const { id, scenario, severity, confidence, title, login, evidence, also, remedy, fingerprint, standing } = finding;
  const { file, line } = locationOf(finding, reading);
  const [first] = evidence;
  const target = targetName(audit);
  const message = [
    `${target}: ${title}.`,
    ...(first === undefined ? [] : [`From ${first.vantage}: ${first.reason}.`]),
    `Severity ${severity}, confidence ${confidence}${login === null ? '' : `, with login`}.`,
    remedy,
  ].join('\n');
  return {
    ruleId: id,
    ruleIndex,
    level: LEVEL[severity],
    message: { text: cut(message, KEPT_MESSAGE) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: relativeUri(file) },
          region: { startLine: line, startColumn: 1, endLine: line, endColumn: 2 },
        },
        logicalLocations: [{ fullyQualifiedName: `smtp://${target}/${scenario}`, kind: 'resource' }],
      },
    ],
    // GitHub compares this key alone; a fingerprint computed from the line would be the same for every finding there.
    partialFingerprints: { primaryLocationLineHash: `${fingerprint.slice(0, 16)}:1` },
    fingerprints: { 'relayproof/v2': fingerprint },
    ...(standing === undefined ? {} : { baselineState: 'unchanged' }),
    properties: {
      severity,
      confidence,
      scenario,
      also,
      vantages: [...new Set(evidence.map(({ vantage }) => vantage))],
      dialogue: first?.dialogue ?? [],
    },
  };
}

function invocationOf(audit: Audit): object {
  return {
    executionSuccessful: !audit.interrupted,
    ...(Number.isNaN(Date.parse(audit.startedAt)) ? {} : { startTimeUtc: audit.startedAt }),
    toolExecutionNotifications: doubts(audit).map((reason) => ({
      level: 'warning',
      message: { text: cut(`${targetName(audit)}: ${reason}`, KEPT_MESSAGE) },
    })),
  };
}

/** Relative, because a scheme other than that of the checkout makes GitHub refuse the whole upload. */
function relativeUri(file: string): string {
  return visible(file)
    .split('/')
    .map((part) => encodeURIComponent(part))
    .join('/');
}

function pascalCase(kind: string): string {
  return kind.replaceAll(/(?:^|-)([a-z])/g, (_match, letter: string) => letter.toUpperCase());
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 4).replace(/[\ud800-\udbff]$/, '')} ...` : text;
}
