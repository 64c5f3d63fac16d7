import pc from 'picocolors';
import type { Audit, Finding } from '../judge/audit.ts';
import type { Severity } from '../scenario/scenario.ts';
import { outcomeOf, type FailOn } from './outcome.ts';
import { indent, table, wrap } from './layout.ts';

export interface TextOptions {
  readonly color: boolean;
  /** Columns of the terminal; text is wrapped to it. */
  readonly width: number;
  readonly failOn: FailOn;
}

type Colors = ReturnType<typeof pc.createColors>;

/** The report that people read in a terminal. */
export function textReport(audit: Audit, options: TextOptions): string {
  const colors = pc.createColors(options.color);
  const sections = [
    head(audit, colors),
    verdictSection(audit, options, colors),
    familySection(audit, colors),
    ...audit.findings.map((finding, index) => findingSection(finding, index + 1, colors, options.width)),
    doubtSection(audit, colors, options.width),
    foot(audit, options.width),
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
  const outcome = outcomeOf(audit, options.failOn);
  switch (outcome.kind) {
    case 'clean':
      return colors.green(colors.bold('CLOSED')) + closedSentence(audit);
    case 'could-not-tell':
      return [
        colors.yellow(colors.bold('COULD NOT TELL')),
        ...outcome.reasons.flatMap((reason) => indent(wrap(reason, options.width - 4), '  - ', '    ')),
      ].join('\n');
    case 'findings':
      return `${colors.red(colors.bold(outcome.proven ? 'OPEN' : 'POSSIBLY OPEN'))}  ${plural(audit.findings.length, 'finding')}, worst ${outcome.worst}${outcome.proven ? ', proven by messages that came out' : '; no message proves it yet (--prove)'}`;
  }
}

function closedSentence(audit: Audit): string {
  const extra =
    audit.findings.length > 0 ? `  ${plural(audit.findings.length, 'finding')} below the threshold` : '  nothing found';
  return `${extra}, every family had a valid control`;
}

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
  const lines = open.flatMap(({ scenario, vantage, verdict, reason }) =>
    indent(wrap(`${verdict}: ${scenario} from ${vantage}: ${reason}`, width - 4), '  - ', '    '),
  );
  return [colors.bold('Not told'), ...lines].join('\n');
}

function foot(audit: Audit, width: number): string {
  const { sessions, commandsSent, messagesSent, caught } = audit.summary;
  const proof = audit.proved ? `, ${plural(messagesSent, 'message')} sent, ${caught} caught` : '; no message was sent';
  const skipped = audit.summary.verdicts.skipped > 0 ? `, ${audit.summary.verdicts.skipped} not asked` : '';
  return wrap(
    `${plural(sessions, 'session')}, ${plural(commandsSent, 'command')}${proof}${skipped}; began ${audit.startedAt}, took ${(audit.durationMs / 1000).toFixed(1)} s`,
    width,
  ).join('\n');
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
