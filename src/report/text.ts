import pc from 'picocolors';
import type { Audit, Finding } from '../judge/audit.ts';
import type { Severity } from '../scenario/scenario.ts';
import { alike } from '../judge/alike.ts';
import { headline, type Headline } from './headline.ts';
import { indent, table, wrap } from './layout.ts';
import type { Reading } from './reading.ts';
import { visibleAudit } from './visible-audit.ts';
import { effort, standingText } from './words.ts';

type TextOptions = Pick<Reading, 'color' | 'width' | 'failOn'>;

type Colors = ReturnType<typeof pc.createColors>;

/** The report that people read in a terminal; several audits stand one below the other. */
export function textReport(audits: readonly Audit[], options: TextOptions): string {
  return audits.map((audit) => auditText(visibleAudit(audit), options)).join('\n');
}

function auditText(audit: Audit, options: TextOptions): string {
  const colors = pc.createColors(options.color);
  const sections = [
    head(audit, colors),
    verdictSection(audit, options, colors),
    familySection(audit, colors),
    ...audit.findings.map((finding, index) => findingSection(finding, index + 1, colors, options.width)),
    doubtSection(audit, colors, options.width),
    wrap(effort(audit), options.width).join('\n'),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function head(audit: Audit, colors: Colors): string {
  const { host, address, port, software, banner } = audit.target;
  const where = host === address ? `${address} port ${port}` : `${host} (${address}) port ${port}`;
  const lines = [
    `${colors.bold(`relayproof ${audit.tool.version}`)}  ${where}  ${software}`,
    `banner: ${banner ?? 'none'}`,
    `vantages: ${audit.vantages.map(({ name, address: seen }) => (seen === null || name.endsWith(seen) ? name : `${name} (${seen})`)).join(', ')}`,
    `policy: ${audit.policy ?? 'none given, judged by what is safe on any server'}`,
  ];
  if (audit.authorizedBy !== null) lines.push(`authorized by: ${audit.authorizedBy}`);
  return lines.join('\n');
}

function verdictSection(audit: Audit, options: TextOptions, colors: Colors): string {
  const { tone, word, sentence, reasons } = headline(audit, options.failOn);
  const answer = TONE_COLOR[tone](colors)(colors.bold(word));
  return [
    sentence === '' ? answer : `${answer}  ${sentence}`,
    ...reasons.flatMap((reason) => indent(wrap(reason, options.width - 4), '  - ', '    ')),
  ].join('\n');
}

const TONE_COLOR: Readonly<Record<Headline['tone'], (colors: Colors) => (text: string) => string>> = {
  good: (colors) => colors.green,
  bad: (colors) => colors.red,
  unsure: (colors) => colors.yellow,
};

/** Families down: how many sessions went as expected, how many did not, and how many could not be told. */
function familySection(audit: Audit, colors: Colors): string {
  const counts = audit.families.map(({ name, title, controlled }) => {
    const results = audit.results.filter((result) => result.family === name && result.verdict !== 'skipped');
    const count = (agrees: boolean | null): number => results.filter((result) => result.agrees === agrees).length;
    return { title, controlled, asked: results.length, right: count(true), wrong: count(false), open: count(null) };
  });
  const shown = (number: number): string => (number === 0 ? '.' : String(number));
  const lines = table([
    ['', 'sessions', 'as expected', 'differ', 'not told', ''],
    ...counts.map(({ title, asked, right, wrong, open, controlled }) => [
      title,
      ...[asked, right, wrong, open].map(shown),
      controlled ? '' : 'no valid control',
    ]),
  ]);
  return lines
    .map((line, index) => {
      const row = counts[index - 1];
      if (row === undefined) return colors.dim(line);
      return row.wrong > 0 ? colors.red(line) : row.open > 0 || !row.controlled ? colors.yellow(line) : line;
    })
    .join('\n');
}

function findingSection(finding: Finding, number: number, colors: Colors, width: number): string {
  const severity = SEVERITY_COLOR[finding.severity](colors)(finding.severity.toUpperCase());
  const [first, ...others] = finding.evidence;
  const lines = [
    `${number}. ${severity}  ${colors.bold(finding.title)}`,
    `   ${finding.id} · scenario ${finding.scenario} · confidence ${finding.confidence}${finding.login === null ? '' : ' · with login'}`,
    ...(finding.standing === undefined
      ? []
      : indent(wrap(`does not count: ${standingText(finding.standing)}`, width - 3), '   ', '   ')),
  ];
  if (first !== undefined) {
    lines.push(...indent(wrap(`from ${first.vantage}: ${first.reason}`, width - 3), '   ', '   '));
    lines.push(
      ...first.dialogue
        .flatMap((line) => indent(wrap(line, width - 9), '     ', '         '))
        .map((line) => colors.dim(line)),
    );
  }
  if (others.length > 0)
    lines.push(
      ...indent(wrap(`also from ${others.map((evidence) => evidence.vantage).join(', ')}`, width - 3), '   ', '   '),
    );
  lines.push(
    ...indent(wrap(`remedy: ${finding.remedy}`, width - 3), '   ', '   '),
    `   fingerprint: ${finding.fingerprint.slice(0, 16)}`,
  );
  return lines.join('\n');
}

const SEVERITY_COLOR: Readonly<Record<Severity, (colors: Colors) => (text: string) => string>> = {
  low: (colors) => colors.blue,
  medium: (colors) => colors.yellow,
  high: (colors) => colors.red,
  critical: (colors) => (text) => colors.red(colors.bold(text)),
};

/** Verdicts that are neither good nor bad, each with its reason. */
function doubtSection(audit: Audit, colors: Colors, width: number): string {
  const open = audit.results.filter(
    ({ verdict }) => verdict === 'masked' || verdict === 'deferred' || verdict === 'inconclusive',
  );
  if (open.length === 0) return '';
  const lines = alike(open).flatMap(({ first: { vantage, verdict, reason }, scenarios }) =>
    indent(wrap(`${verdict}: ${scenarios} from ${vantage}: ${reason}`, width - 4), '  - ', '    '),
  );
  return [colors.bold('Not told'), ...lines].join('\n');
}
