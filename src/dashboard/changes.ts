import type { AuditView, CellView } from './audit-view.ts';

export type Change = 'opened' | 'closed';

/** What the server answers otherwise than in the run before, by cell key: where it leaks now, and where it leaked. */
export type Changes = ReadonlyMap<string, Change>;

export const NO_CHANGES: Changes = new Map();

/** A cell that could not be told, or was not asked, is no change: nobody knows. */
export function changesBetween(before: AuditView | null, after: AuditView): Changes {
  if (before === null) return NO_CHANGES;
  const changes = new Map<string, Change>();
  for (const [key, cell] of after.cells) {
    const old = before.cells.get(key);
    if (old === undefined) continue;
    if (isWrong(cell) && isRight(old)) changes.set(key, 'opened');
    if (isRight(cell) && isWrong(old)) changes.set(key, 'closed');
  }
  return changes;
}

export function countChanges(changes: Changes, change: Change): number {
  let count = 0;
  for (const one of changes.values()) if (one === change) count += 1;
  return count;
}

function isWrong(cell: CellView): boolean {
  return cell.agrees === false;
}

function isRight(cell: CellView): boolean {
  return cell.agrees === true;
}
