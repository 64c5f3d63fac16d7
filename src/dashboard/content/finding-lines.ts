import type { FindingView } from '../audit-view.ts';
import { cut, span, type Line } from '../line.ts';
import { shownOf, type DashboardState } from '../state.ts';
import { severityTone } from '../words.ts';
import type { Signs } from '../../terminal/signs.ts';

/** A row for each finding, worst first; then what could not be told. */
export function findingLines(state: DashboardState, width: number, signs: Signs): readonly Line[] {
  const { audit, progress } = shownOf(state);
  if (audit === null) return [[span('no verdict yet', 'dim')]];
  const rows = audit.findings.map((finding) => cut(findingLine(finding), width, signs.ellipsis));
  const doubts = audit.outcome.kind === 'could-not-tell' ? audit.outcome.reasons : [];
  if (rows.length > 0) return rows;
  if (doubts.length > 0)
    return doubts.map((reason) => cut([span(`${signs.unclear} `, 'warn'), span(reason)], width, signs.ellipsis));
  return [[span(progress.ended < progress.total ? 'nothing found so far' : 'nothing found', 'good')]];
}

/** `medium confidence` and two blanks. */
const CONFIDENCE_WIDTH = 19;

function findingLine({ severity, confidence, title, scenario, from, also }: FindingView): Line {
  return [
    span(severity.toUpperCase().padEnd(9), severityTone(severity)),
    span(`${confidence} confidence`.padEnd(CONFIDENCE_WIDTH), 'dim'),
    span(title),
    span(`  ${scenario}`, 'info'),
    span(`  from ${from.join(', ')}`, 'dim'),
    span(also.length > 0 ? `  and ${also.length} tricks through the same hole` : '', 'dim'),
  ];
}
