import type { Audit, AuditResult } from '../judge/audit.ts';
import { VERDICT_INFO } from '../judge/verdict.ts';
import { markup, NOTHING, type Markup } from './html-markup.ts';
import { placeText } from './html-matrix.ts';
import { columnKey, matrixOf, resultKind, type Column } from './matrix.ts';
import { doubts } from '../judge/outcome.ts';
import { questionName } from './words.ts';

/** Groups of like reasons shown at most. */
const KEPT_GROUPS = 100;

/** What keeps the audit from being a clean bill, and verdicts that are neither good nor bad, told once for each reason. */
export function untoldSection(audit: Audit): Markup {
  const reasons = doubts(audit);
  const open = audit.results.filter((result) => resultKind(result) === 'untold');
  if (reasons.length === 0 && open.length === 0) return NOTHING;
  const groups = [...Map.groupBy(open, ({ verdict, reason }) => `${VERDICT_INFO[verdict].title}: ${reason}`)];
  const left = groups.length - KEPT_GROUPS;
  return markup`<h2>What could not be told</h2>
${reasons.length === 0 ? markup`<p>Nothing that would put the answer in doubt.</p>` : markup`<ul>${reasons.map((reason) => markup`<li>${reason}</li>`)}</ul>`}
${
  groups.length === 0
    ? NOTHING
    : markup`<details><summary>Sessions without a verdict for or against: ${open.length}</summary>
<ul>${groups.slice(0, KEPT_GROUPS).map(([reason, results]) => markup`<li>${reason}<br><span class="soft">${whichText(results)}</span></li>`)}</ul>
${left > 0 ? markup`<p>and ${left} more reasons</p>` : NOTHING}</details>`
}`;
}

function whichText(results: readonly AuditResult[]): string {
  const groups = Map.groupBy(results, questionName);
  return [...groups]
    .map(([question, group]) => (group.length > 1 ? `${question} (${group.length} times)` : question))
    .join(', ');
}

export function controlSection(audit: Audit): Markup {
  const { controls } = audit;
  if (controls.length === 0) return NOTHING;
  const valid = controls.filter((control) => control.valid).length;
  return markup`<h2>Controls</h2>
<p>A refusal is believed only beside mail that was accepted as it must be.</p>
<details><summary>${valid} of ${controls.length} valid</summary>
<div class="wide"><table>
<thead><tr><th scope="col">control</th><th scope="col">place</th><th scope="col">valid</th><th scope="col">why</th></tr></thead>
<tbody>
${controls.map(
  (
    control,
  ) => markup`<tr><th scope="row">${control.scenario}</th><td>${placeText({ ...control, letter: '' }, audit)}</td><td class="cell-${control.valid ? 'expected' : 'untold'}">${control.valid ? '✓ yes' : '? no'}</td><td>${control.reason}</td></tr>
`,
)}</tbody>
</table></div></details>`;
}

/** Every result: scenarios down, places across, a table a family. */
export function resultSection(audit: Audit): Markup {
  const { columns } = matrixOf(audit);
  const families = audit.families.map(({ name, title }) => ({
    title,
    results: audit.results.filter((result) => result.family === name),
  }));
  if (families.length === 0) return NOTHING;
  return markup`<h2>Every session</h2>
${families.map(
  ({ title, results }) => markup`<details><summary>${title}: ${results.length}</summary>
<div class="wide"><table>
<thead><tr><th scope="col">scenario</th>${columns.map(({ letter }) => markup`<th scope="col">${letter}</th>`)}</tr></thead>
<tbody>
${[...Map.groupBy(results, questionName)].map(([question, group]) => questionRow(question, group, columns))}</tbody>
</table></div></details>
`,
)}`;
}

function questionRow(question: string, results: readonly AuditResult[], columns: readonly Column[]): Markup {
  const byColumn = Map.groupBy(results, columnKey);
  return markup`<tr><th scope="row">${question}</th>${columns.map((column) => resultCell(byColumn.get(columnKey(column)) ?? []))}</tr>
`;
}

function resultCell([result]: readonly AuditResult[]): Markup {
  if (result === undefined) return markup`<td></td>`;
  const { verdict, reply, reason } = result;
  return markup`<td class="cell-${resultKind(result)}" title="${reply ?? reason}">${verdict}</td>`;
}
