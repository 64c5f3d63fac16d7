import type { Audit, AuditResult } from '../judge/audit.ts';
import { VERDICT_INFO, type VerdictKind } from '../judge/verdict.ts';

export interface MatrixColumn {
  readonly vantage: string;
  readonly login: string | null;
}

export interface MatrixRow {
  readonly family: string;
  readonly title: string;
  /** Results of each column, in the order of the columns. */
  readonly cells: readonly (readonly AuditResult[])[];
}

/** Families down, vantages and logins across: where does it leak? */
export interface Matrix {
  readonly columns: readonly MatrixColumn[];
  readonly rows: readonly MatrixRow[];
}

export function matrixOf(audit: Audit): Matrix {
  const columns = [
    ...new Map(audit.results.map(({ vantage, login }) => [`${vantage} ${login ?? ''}`, { vantage, login }])).values(),
  ];
  const rows = audit.families.map(({ name, title }) => ({
    family: name,
    title,
    cells: columns.map((column) =>
      audit.results.filter(
        (result) => result.family === name && result.vantage === column.vantage && result.login === column.login,
      ),
    ),
  }));
  return { columns, rows };
}

const ORDER = Object.keys(VERDICT_INFO);

/** A cell as words, such as `12 refused, 1 masked`; skipped sessions are left out. */
export function cellText(cell: readonly AuditResult[]): string {
  const counts = new Map<VerdictKind, number>();
  for (const { verdict } of cell) if (verdict !== 'skipped') counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  if (counts.size === 0) return '';
  const sorted = [...counts].sort(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b));
  return sorted.map(([kind, count]) => `${count} ${kind}`).join(', ');
}
