import type { Audit } from '../judge/audit.ts';
import { markup, NOTHING, type Markup } from './html-markup.ts';
import { CELL_INFO, CELL_KINDS, matrixOf, type Cell, type Column, type Row } from './matrix.ts';

/** Up to so many columns a cell has room for its words; in more, glyphs stand and the key tells them. */
const ROOMY_COLUMNS = 3;

/** Families down, places across: where it leaks, at a glance. */
export function matrixSection(audit: Audit): Markup {
  const { columns, rows } = matrixOf(audit);
  if (rows.length === 0) return NOTHING;
  const used = CELL_KINDS.filter((kind) => rows.some(({ cells }) => cells.some((cell) => cell.kind === kind)));
  return markup`<h2>Where it leaks</h2>
<ul class="key">${columns.map((column) => markup`<li><b>${column.letter}</b> ${placeText(column, audit)}</li>`)}</ul>
<div class="wide"><table class="matrix${columns.length > ROOMY_COLUMNS ? '' : ' roomy'}">
<thead><tr><th scope="col">family</th>${columns.map(
    (column) => markup`<th scope="col"><abbr title="${placeText(column, audit)}">${column.letter}</abbr></th>`,
  )}</tr></thead>
<tbody>
${rows.map((row) => rowMarkup(row, columns.length))}</tbody>
</table></div>
<ul class="key">${used.map((kind) => markup`<li><b class="cell-${kind}">${CELL_INFO[kind].glyph}</b> ${CELL_INFO[kind].title}</li>`)}</ul>`;
}

/** A column in words. */
export function placeText({ endpoint, vantage, login }: Column, audit: Audit): string {
  const address = audit.vantages.find(({ name }) => name === vantage)?.address;
  const seen = address == null || vantage.endsWith(address) ? '' : ` (${address})`;
  const where = audit.endpoints.length > 1 ? `at ${endpoint} ` : '';
  return `${where}from ${vantage}${seen}, ${login === null ? 'no login' : `login ${login}`}`;
}

function rowMarkup({ title, controlled, cells }: Row, columns: number): Markup {
  const doubt = controlled ? NOTHING : markup` <span class="soft">(no valid control)</span>`;
  return markup`<tr><th scope="row">${title}${doubt}</th>${cells.slice(0, columns).map(cellMarkup)}</tr>
`;
}

function cellMarkup({ kind, count, asked }: Cell): Markup {
  const { glyph, short } = CELL_INFO[kind];
  const number = kind === 'unasked' ? '' : count === asked ? count : `${count}/${asked}`;
  return markup`<td class="cell-${kind}" title="${short}"><b>${glyph}</b> ${number}<span class="words"> ${short}</span></td>`;
}
