import type { Audit, Finding } from '../judge/audit.ts';
import { headline, type Headline } from './headline.ts';
import { code, codeBlock, prose, proseWithCode, tableRow } from './markdown-text.ts';
import { CELL_INFO, CELL_KINDS, matrixOf, type Cell, type Column } from './matrix.ts';
import { doubts } from '../judge/outcome.ts';
import type { Reading } from './reading.ts';
import { visibleAudit } from './visible-audit.ts';
import { effort, plural, standingText, targetName } from './words.ts';

/** Bytes of all: a comment on a pull request holds 65,536 characters. */
const MOST_BYTES = 60_000;

/** Room for the note that says what was cut. */
const NOTE_BYTES = 200;

/** Lines of one dialogue, and reasons, that a comment shows. */
const KEPT_LINES = 40;
const KEPT_REASONS = 20;

/** Characters of one reply, banner or reason. */
const KEPT_CHARACTERS = 600;

const MARK: Readonly<Record<Headline['tone'], string>> = { good: '✅', bad: '❌', unsure: '❔' };

/** Markdown for a comment or a step summary: cut between sections, with a note, where all would be too long. */
export function markdownReport(audits: readonly Audit[], reading: Reading): string {
  const texts: string[] = [];
  let room = MOST_BYTES - NOTE_BYTES;
  for (const [index, audit] of audits.entries()) {
    const text = fitting(sections(visibleAudit(audit), reading), Math.floor(room / (audits.length - index)));
    room -= byteLength(text);
    if (room < 0) return `${texts.join('')}_${plural(audits.length - index, 'target')} left out here._\n`;
    texts.push(text);
  }
  return texts.join('');
}

/** As many sections from the top as fit; the first is the answer and always stands. */
function fitting(all: readonly string[], limit: number): string {
  const kept: string[] = [];
  let used = 0;
  for (const section of all) {
    const isLast = kept.length === all.length - 1;
    used += byteLength(section) + 2;
    if (kept.length > 0 && used > limit - (isLast ? 0 : NOTE_BYTES)) break;
    kept.push(section);
  }
  const left = all.length - kept.length;
  if (left > 0) kept.push(`_${plural(left, 'section')} left out here: the other formats have everything._`);
  return `${kept.join('\n\n')}\n\n`;
}

function sections(audit: Audit, reading: Reading): readonly string[] {
  return [
    answer(audit, reading),
    matrix(audit),
    ...audit.findings.map((finding, index) => findingSection(finding, index + 1)),
    untold(audit),
    `<sub>${prose(`relayproof ${audit.tool.version}: ${effort(audit)}`)}</sub>`,
  ].filter((section) => section !== '');
}

function answer(audit: Audit, reading: Reading): string {
  const { tone, word, sentence, reasons } = headline(audit, reading.failOn);
  const { banner, software } = audit.target;
  return [
    `## ${MARK[tone]} ${word}: ${code(clip(targetName(audit)))}`,
    '',
    ...(sentence === '' ? [] : [prose(sentence), '']),
    ...(reasons.length === 0 ? [] : [...reasons.map((reason) => `- ${code(clip(reason))}`), '']),
    `Software: ${prose(clip(software))}, banner: ${code(clip(banner ?? 'none'))}`,
  ].join('\n');
}

function matrix(audit: Audit): string {
  const { columns, rows } = matrixOf(audit);
  if (rows.length === 0) return '';
  const used = CELL_KINDS.filter((kind) => rows.some(({ cells }) => cells.some((cell) => cell.kind === kind)));
  return [
    tableRow(['', ...columns.map(({ letter }) => letter)]),
    tableRow(['---', ...columns.map(() => ':-:')]),
    ...rows.map(({ title, controlled, cells }) =>
      tableRow([`${prose(title)}${controlled ? '' : ' (no valid control)'}`, ...cells.map(cellText)]),
    ),
    '',
    ...columns.map((column) => `- **${column.letter}**: ${place(column, audit)}`),
    '',
    used.map((kind) => `${CELL_INFO[kind].glyph} ${CELL_INFO[kind].title}`).join(' · '),
  ].join('\n');
}

function cellText({ kind, count, asked }: Cell): string {
  const { glyph } = CELL_INFO[kind];
  if (kind === 'unasked') return glyph;
  return kind === 'expected' ? `${glyph} ${count}` : `**${glyph} ${count}**/${asked}`;
}

function place({ endpoint, vantage, login }: Column, audit: Audit): string {
  const where = audit.endpoints.length > 1 ? `${code(endpoint)} from ` : 'from ';
  return `${where}${code(vantage)}, ${login === null ? 'no login' : `login ${code(login)}`}`;
}

function findingSection(finding: Finding, number: number): string {
  const { severity, confidence, title, scenario, login, evidence, also, remedy, fingerprint, standing } = finding;
  const [first] = evidence;
  const facts = [
    code(finding.id),
    `scenario ${code(scenario)}`,
    `confidence ${confidence}`,
    ...(login === null ? [] : ['with login']),
    `fingerprint ${code(fingerprint.slice(0, 16))}`,
  ];
  return [
    `### ${number}. ${severity.toUpperCase()}: ${prose(clip(title))}`,
    '',
    facts.join(' · '),
    '',
    ...(standing === undefined ? [] : [`Does not count: ${prose(clip(standingText(standing)))}`, '']),
    ...(first === undefined
      ? []
      : [`From ${code(first.vantage)}: ${code(clip(first.reason))}`, '', ...dialogue(first.dialogue)]),
    ...(also.length === 0 ? [] : [`The same hole lets through: ${also.map(code).join(', ')}`, '']),
    `**Remedy.** ${proseWithCode(remedy)}`,
  ].join('\n');
}

function dialogue(lines: readonly string[]): readonly string[] {
  const left = lines.length - KEPT_LINES;
  const kept =
    left > 0 ? [...lines.slice(0, KEPT_LINES).map(clip), `... ${plural(left, 'more line')}`] : lines.map(clip);
  return ['<details><summary>Dialogue</summary>', '', codeBlock(kept), '', '</details>', ''];
}

function untold(audit: Audit): string {
  const reasons = doubts(audit);
  if (reasons.length === 0) return '';
  const left = reasons.length - KEPT_REASONS;
  return [
    '### Could not be told',
    '',
    ...reasons.slice(0, KEPT_REASONS).map((reason) => `- ${code(clip(reason))}`),
    ...(left > 0 ? [`- and ${plural(left, 'more')}`] : []),
  ].join('\n');
}

function clip(text: string): string {
  return text.length > KEPT_CHARACTERS ? `${text.slice(0, KEPT_CHARACTERS).replace(/[\ud800-\udbff]$/, '')}...` : text;
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
