import { z } from 'zod';
import { readDocumentTree } from './document-tree.ts';
import type { DocumentPath, DocumentTree, Position } from './document-tree.ts';
import type { Checked, Problem } from './problem.ts';
import { problemsOfIssues } from './schema-issues.ts';

export type { DocumentPath, Position } from './document-tree.ts';

/** A document that fits its schema, with the place of everything in it. */
export interface ReadDocument<T> {
  readonly value: T;
  /** Where a value begins; a number below a text counts the words of that text. */
  readonly positionOf: (path: DocumentPath) => Position;
}

/** Reads a text without ever throwing for what it holds: nesting can be deeper than any stack. */
function readTree(source: string): DocumentTree | string {
  try {
    return readDocumentTree(source);
  } catch (error) {
    if (error instanceof RangeError) return 'nested too deeply';
    throw error;
  }
}

/**
 * Reads YAML or JSON by a schema. Every error comes at once, in the order of the file: syntax, repeated keys, unknown keys
 * with the nearest known one, wrong types, keys without a value. Messages of the schema's own checks are taken as they are.
 */
export function readDocument<T>(text: string, file: string, schema: z.ZodType<T>): Checked<ReadDocument<T>> {
  const source = text.replace(/^\u{feff}/u, '');
  const tree = readTree(source);
  if (typeof tree === 'string') return { kind: 'invalid', problems: [{ file, line: 1, column: 1, message: tree }] };

  const parsed = tree.readable ? schema.safeParse(tree.value) : null;
  const issues = parsed === null || parsed.success ? [] : parsed.error.issues;
  const found =
    issues.length === 0
      ? tree.problems
      : [
          ...tree.problems,
          ...problemsOfIssues(
            issues,
            tree,
            z.toJSONSchema(schema, { target: 'draft-7', io: 'input', unrepresentable: 'any', reused: 'inline' }),
          ),
        ];
  if (parsed?.success === true && found.length === 0) {
    return {
      kind: 'ok',
      value: { value: parsed.data, positionOf: (path) => tree.positionAt(tree.offsetOf(path)) },
    };
  }
  // A parser that is lost says the same of the same place over and over.
  const problems = new Map<string, Problem>();
  for (const { offset, message } of found.toSorted((a, b) => a.offset - b.offset)) {
    const { line, column } = tree.positionAt(offset);
    problems.set(`${offset} ${message}`, { file, line, column, message });
  }
  return { kind: 'invalid', problems: [...problems.values()] };
}
