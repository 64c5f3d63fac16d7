/** Something a person must put right in a file of theirs. Lines and columns count from 1. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Lower case, no full stop, what the user wrote in backticks, and what would be right. */
  readonly message: string;
}

/** The outcome of reading a file: a value, or every problem of it at once. */
export type Checked<T> =
  { readonly kind: 'ok'; readonly value: T } | { readonly kind: 'invalid'; readonly problems: readonly Problem[] };

/** `file:line:column: message`, the form that editors and terminals make clickable. */
export function formatProblem(problem: Problem): string {
  return `${problem.file}:${problem.line}:${problem.column}: ${problem.message}`;
}
