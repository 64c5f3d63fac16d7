import { wrap } from '../../report/layout.ts';
import {
  cellKey,
  type CellView,
  type ColumnView,
  type FamilyView,
  type FindingView,
  type ScenarioView,
} from '../audit-view.ts';
import type { Change } from '../changes.ts';
import { span, type Line, type Tone } from '../line.ts';
import { cellAt, chosenRow, columnsOf, familyMark, findingFor, markOf } from '../rows.ts';
import { shownOf, type DashboardState, type Shown } from '../state.ts';
import { cellTone, severityTone, verdictGlyph } from '../words.ts';
import type { Signs } from '../../terminal/signs.ts';

/** What the chosen row is, what is right, what was seen, and how to close it. */
export function detailLines(state: DashboardState, width: number, signs: Signs): readonly Line[] {
  const row = chosenRow(state);
  if (row === null) return [[span('nothing matches; esc takes the filter away', 'dim')]];
  const shown = shownOf(state);
  return row.kind === 'family'
    ? familyLines(row.family, shown, width)
    : scenarioLinesOf(row.family, row.scenario, state, shown, width, signs);
}

function familyLines(family: FamilyView, shown: Shown, width: number): readonly Line[] {
  const marks = family.scenarios.map(({ id }) => markOf(shown, id));
  const count = (mark: (typeof marks)[number]): number => marks.filter((one) => one === mark).length;
  return [
    [span(family.title, 'strong')],
    ...wrapped(family.about, width),
    [],
    [
      span(`${family.scenarios.length} scenarios: `),
      span(`${count('fine')} as expected`, 'good'),
      span(', '),
      span(`${count('differs')} differ`, count('differs') > 0 ? 'bad' : 'dim'),
      span(', '),
      span(`${count('unclear')} not told`, count('unclear') > 0 ? 'warn' : 'dim'),
    ],
    [span(`${count('pending') + count('running')} to come, ${count('skipped')} not asked`, 'dim')],
    ...(familyMark(shown, family) === 'differs' ? [[], ...family.scenarios.flatMap((one) => leaks(one, shown))] : []),
  ];
}

function leaks(scenario: ScenarioView, shown: Shown): readonly Line[] {
  return markOf(shown, scenario.id) === 'differs'
    ? [[span('  '), span(scenario.id, 'bad'), span(`  ${scenario.title}`)]]
    : [];
}

function scenarioLinesOf(
  family: FamilyView,
  scenario: ScenarioView,
  state: DashboardState,
  shown: Shown,
  width: number,
  signs: Signs,
): readonly Line[] {
  const finding = findingFor(shown.audit, scenario.id);
  return [
    ...wrapped(scenario.title, width, 'strong'),
    [
      span(scenario.id, 'info'),
      span(`  ${family.title}  `, 'dim'),
      span(scenario.severity, severityTone(scenario.severity)),
    ],
    ...wrapped(scenario.why, width),
    ...field('asks for', scenario.asks, width),
    [],
    ...columnsOf(shown).flatMap((column, index) =>
      columnLines(scenario, column, index === state.column, shown, width, signs),
    ),
    ...(finding === null ? [] : [[], ...findingLines(finding, scenario, width)]),
    [],
    ...field('known from', scenario.source, width),
  ];
}

/** Expected and observed in one column; the whole reason where the column is the chosen one. */
function columnLines(
  scenario: ScenarioView,
  column: ColumnView,
  chosen: boolean,
  shown: Shown,
  width: number,
  signs: Signs,
): readonly Line[] {
  const { cell, running, stale } = cellAt(shown, scenario.id, column);
  const change = shown.changes.get(cellKey(scenario.id, column));
  const head: Line = [
    span(chosen ? `${signs.folded} ` : '  ', 'accent'),
    span(column.label, chosen ? 'strong' : 'plain'),
    span('  '),
    ...(change === undefined ? [] : changeSpans(change, signs)),
    ...(cell === null ? [span(running ? 'asking now' : 'to come', 'dim')] : observed(cell, stale)),
    ...(running && cell !== null ? [span('  asking again', 'info')] : []),
  ];
  if (cell === null || !chosen) return [head];
  return [
    head,
    ...field('    expected', cell.expected, width),
    ...field('    observed', cell.reason, width),
    ...(cell.reply === null || cell.reason.includes(cell.reply) ? [] : field('    reply', cell.reply, width)),
  ];
}

function changeSpans(change: Change, signs: Signs): Line {
  return change === 'opened'
    ? [span(`${signs.opened} newly open  `, 'bad')]
    : [span(`${signs.closed} newly closed  `, 'good')];
}

function observed(cell: CellView, stale: boolean): Line {
  const tone: Tone = stale ? 'dim' : cellTone(cell);
  const agreement =
    cell.agrees === null ? '' : cell.agrees ? ', as expected' : `, expected ${cell.expected.replace(/ \(.*/, '')}`;
  const words = cell.verdict === 'skipped' ? 'not asked' : cell.verdict;
  return [span(`${verdictGlyph(cell.verdict)} ${words}`, tone), span(stale ? ' last time' : agreement, 'dim')];
}

function findingLines(finding: FindingView, scenario: ScenarioView, width: number): readonly Line[] {
  return [
    [
      span(finding.severity.toUpperCase(), severityTone(finding.severity)),
      span(`  confidence ${finding.confidence}`, 'dim'),
      span(finding.scenario === scenario.id ? '' : `  the hole that ${finding.scenario} found`, 'dim'),
    ],
    ...wrapped(finding.title, width),
    ...field('seen from', finding.from.join(', '), width),
    ...field('remedy', finding.remedy, width, 'good'),
  ];
}

function wrapped(text: string, width: number, tone: Tone = 'plain'): readonly Line[] {
  return wrap(text, width).map((line) => [span(line, tone)]);
}

/** A label and its text, the following rows under the text. */
function field(label: string, text: string, width: number, tone: Tone = 'plain'): readonly Line[] {
  const indent = label.length + 2;
  return wrap(text, width - indent).map((line, index) => [
    span(index === 0 ? `${label}  ` : ' '.repeat(indent), 'dim'),
    span(line, tone),
  ]);
}
