import type { Audit, AuditResult } from '../judge/audit.ts';

/** A place that questions came from: an endpoint, a vantage, and a login or none. */
export interface Column {
  /** `A`, `B` ... `Z`, `AA`: what tables call it. */
  readonly letter: string;
  readonly endpoint: string;
  readonly vantage: string;
  readonly login: string | null;
}

/** What a family came to in one column, worst first. */
export type CellKind = 'open' | 'strict' | 'untold' | 'expected' | 'unasked';

export interface CellInfo {
  /** One character; never the only sign. */
  readonly glyph: string;
  /** Words for a cell, and for the key. */
  readonly short: string;
  readonly title: string;
}

export const CELL_INFO: Readonly<Record<CellKind, CellInfo>> = {
  open: { glyph: '✗', short: 'let through', title: 'let through what it should refuse' },
  strict: { glyph: '⊘', short: 'too strict', title: 'refused what it must accept' },
  untold: { glyph: '?', short: 'not told', title: 'could not be told' },
  expected: { glyph: '✓', short: 'as expected', title: 'as expected' },
  unasked: { glyph: '·', short: 'not asked', title: 'not asked' },
};

export const CELL_KINDS: readonly CellKind[] = ['open', 'strict', 'untold', 'expected', 'unasked'];

export interface Cell {
  readonly kind: CellKind;
  /** Results of that kind, and all that were asked. */
  readonly count: number;
  readonly asked: number;
}

export interface Row {
  readonly family: string;
  readonly title: string;
  readonly controlled: boolean;
  /** One for each column. */
  readonly cells: readonly Cell[];
}

export interface Matrix {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** Families down, places across, as the audit has them. */
export function matrixOf({ results, families }: Audit): Matrix {
  const byColumn = Map.groupBy(results, columnKey);
  const columns = [...byColumn.values()].flatMap(([first], index) =>
    first === undefined
      ? []
      : [{ letter: letterOf(index), endpoint: first.endpoint, vantage: first.vantage, login: first.login }],
  );
  const groups = [...byColumn.values()];
  const rows = families.map(({ name, title, controlled }) => ({
    family: name,
    title,
    controlled,
    cells: groups.map((group) => cellOf(group.filter((result) => result.family === name))),
  }));
  return { columns, rows };
}

export function columnKey({ endpoint, vantage, login }: Pick<AuditResult, 'endpoint' | 'vantage' | 'login'>): string {
  return JSON.stringify([endpoint, vantage, login]);
}

export function resultKind({ verdict, agrees }: AuditResult): CellKind {
  if (verdict === 'skipped') return 'unasked';
  if (agrees === null) return 'untold';
  if (agrees) return 'expected';
  return verdict === 'refused' || verdict === 'masked' || verdict === 'deferred' ? 'strict' : 'open';
}

function cellOf(results: readonly AuditResult[]): Cell {
  const kinds = results.map(resultKind);
  const kind = CELL_KINDS.find((one) => kinds.includes(one)) ?? 'unasked';
  return {
    kind,
    count: kinds.filter((one) => one === kind).length,
    asked: kinds.filter((one) => one !== 'unasked').length,
  };
}

function letterOf(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : letterOf(Math.floor(index / 26) - 1) + letter;
}
