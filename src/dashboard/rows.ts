import {
  cellKey,
  type AuditView,
  type CellView,
  type ColumnView,
  type FamilyView,
  type ScenarioView,
} from './audit-view.ts';
import { shownOf, type DashboardState, type Shown } from './state.ts';

/** A row of the list. */
export type Row =
  | { readonly kind: 'family'; readonly key: string; readonly family: FamilyView; readonly folded: boolean }
  | { readonly kind: 'scenario'; readonly key: string; readonly family: FamilyView; readonly scenario: ScenarioView };

/** What a scenario comes to over all columns, the worst first. */
export type Mark = 'differs' | 'running' | 'unclear' | 'pending' | 'fine' | 'skipped';

const MARKS: readonly Mark[] = ['differs', 'running', 'unclear', 'pending', 'fine', 'skipped'];

export interface ShownCell {
  readonly cell: CellView | null;
  readonly running: boolean;
  /** From the run before: not asked again yet. */
  readonly stale: boolean;
}

export function columnsOf({ audit, before }: Shown): readonly ColumnView[] {
  return audit?.columns ?? before?.columns ?? [];
}

export function chosenColumn(state: DashboardState): ColumnView | null {
  return columnsOf(shownOf(state))[state.column] ?? null;
}

export function cellAt(shown: Shown, scenario: string, column: ColumnView): ShownCell {
  const key = cellKey(scenario, column);
  const fresh = shown.audit?.cells.get(key) ?? null;
  const running = shown.progress.running.size > 0 && [...shown.progress.running.values()].includes(key);
  return fresh === null
    ? { cell: shown.before?.cells.get(key) ?? null, running, stale: true }
    : { cell: fresh, running, stale: false };
}

export function markOf(shown: Shown, scenario: string): Mark {
  const marks = new Set(columnsOf(shown).map((column) => cellMark(cellAt(shown, scenario, column))));
  return MARKS.find((mark) => marks.has(mark)) ?? 'pending';
}

export function familyMark(shown: Shown, family: FamilyView): Mark {
  const marks = new Set(family.scenarios.map(({ id }) => markOf(shown, id)));
  return MARKS.find((mark) => marks.has(mark)) ?? 'skipped';
}

function cellMark({ cell, running, stale }: ShownCell): Mark {
  if (running) return 'running';
  if (cell === null || stale) return 'pending';
  if (cell.verdict === 'skipped') return 'skipped';
  if (cell.agrees === null) return 'unclear';
  return cell.agrees ? 'fine' : 'differs';
}

/** What the audit that is drawn found about a scenario: its own finding, or the one that it is only a trick on top of. */
export function findingFor(audit: AuditView | null, scenario: string): AuditView['findings'][number] | null {
  return (
    audit?.findings.find((finding) => finding.scenario === scenario) ??
    audit?.findings.find((finding) => finding.also.includes(scenario)) ??
    null
  );
}

/** The rows that filter, folds and `failures only` leave. */
export function visibleRows(state: DashboardState): readonly Row[] {
  const { catalogue, failuresOnly, folded } = state;
  const shown = shownOf(state);
  const filter = state.filter.toLowerCase();
  const narrowed = filter !== '' || failuresOnly;
  return catalogue.flatMap((family) => {
    const scenarios = family.scenarios.filter(
      (scenario) => matches(filter, family, scenario) && (!failuresOnly || needsLook(markOf(shown, scenario.id))),
    );
    if (scenarios.length === 0) return [];
    const isFolded = !narrowed && folded.has(family.name);
    const head: Row = { kind: 'family', key: `family:${family.name}`, family, folded: isFolded };
    if (isFolded) return [head];
    return [head, ...scenarios.map((scenario): Row => ({ kind: 'scenario', key: scenario.id, family, scenario }))];
  });
}

function matches(filter: string, family: FamilyView, { id, title }: ScenarioView): boolean {
  return filter === '' || [id, title, family.name, family.title].some((text) => text.toLowerCase().includes(filter));
}

function needsLook(mark: Mark): boolean {
  return mark === 'differs' || mark === 'unclear';
}

/** Where the chosen row stands; the row that took its place where it is gone. */
export function chosenIndexIn(rows: readonly Row[], { chosen, chosenIndex }: DashboardState): number {
  const index = chosen === null ? 0 : rows.findIndex(({ key }) => key === chosen);
  return index >= 0 ? index : Math.max(0, Math.min(chosenIndex, rows.length - 1));
}

export function chosenRow(state: DashboardState): Row | null {
  const rows = visibleRows(state);
  return rows[chosenIndexIn(rows, state)] ?? null;
}
