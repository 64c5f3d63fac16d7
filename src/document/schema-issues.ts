import type { z } from 'zod';
import { describeIssue, describeMismatch, expectedType, formatPath } from './describe-issue.ts';
import type { DocumentPath, DocumentTree, TreeProblem } from './document-tree.ts';
import { nearestWord } from './nearest-word.ts';

type Issue = z.core.$ZodIssue;

type JsonSchema = z.core.JSONSchema.BaseSchema;

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  const inner = [schema.anyOf, schema.oneOf, schema.allOf].flatMap((list) => list ?? []).filter(isSchema);
  return [schema, ...inner.flatMap(alternatives)];
}

/** The keys that a schema knows at a path, those of every alternative together. */
export function knownKeys(root: JsonSchema, path: DocumentPath): string[] {
  let here = alternatives(root);
  for (const step of path) {
    const next = here.flatMap((schema) => {
      if (typeof step === 'number') return [schema.items].flat().filter(isSchema);
      return [schema.properties?.[String(step)], schema.additionalProperties].filter(isSchema);
    });
    here = next.flatMap(alternatives);
  }
  return [...new Set(here.flatMap((schema) => Object.keys(schema.properties ?? {})))];
}

function valueAt(value: unknown, path: DocumentPath): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, step)) return undefined;
    here = Reflect.get(here, step);
  }
  return here;
}

function startsWith(path: DocumentPath, start: DocumentPath): boolean {
  return start.every((step, index) => path[index] === step);
}

/** Turns what a schema says of a document into problems, leaving out places that are already told of. */
export function problemsOfIssues(issues: readonly Issue[], tree: DocumentTree, jsonSchema: JsonSchema): TreeProblem[] {
  const isTold = (path: DocumentPath): boolean => tree.broken.some((broken) => startsWith(path, broken));

  const problemAt = (
    path: DocumentPath,
    describe: (received: unknown, written: string | null) => string,
  ): TreeProblem => {
    const received = valueAt(tree.value, path);
    const offset = received === null && path.length > 0 ? tree.offsetOf(path, 'key') : tree.offsetOf(path);
    return { offset, message: describe(received, tree.written(path)) };
  };

  const fromUnion = (branches: readonly (readonly Issue[])[], path: DocumentPath): TreeProblem[] => {
    const types: string[] = [];
    let best: TreeProblem[] | null = null;
    for (const branch of branches) {
      const [first] = branch;
      const type = first !== undefined && first.path.length === 0 ? expectedType(first) : null;
      if (type !== null) {
        types.push(type);
        continue;
      }
      // A branch of the right type whose troubles are fewest is the one the user meant.
      const problems = branch.flatMap((issue) => fromIssue(issue, path));
      if (best === null || problems.length < best.length) best = problems;
    }
    return (
      best ?? [problemAt(path, (received, written) => describeMismatch(path, types.join(' or '), received, written))]
    );
  };

  const fromIssue = (issue: Issue, above: DocumentPath): TreeProblem[] => {
    const path = [...above, ...issue.path];
    if (isTold(path)) return [];
    if (issue.code === 'unrecognized_keys') {
      const known = knownKeys(jsonSchema, path);
      return issue.keys.map((key) => {
        const nearest = nearestWord(key, known);
        const hint = nearest === null ? `known here: ${known.join(', ')}` : `did you mean \`${nearest}\`?`;
        const where = path.length === 0 ? '' : ` in ${formatPath(path)}`;
        return { offset: tree.offsetOf([...path, key], 'key'), message: `unknown key \`${key}\`${where}: ${hint}` };
      });
    }
    if (issue.code === 'invalid_union') {
      if (issue.errors.length > 0) return fromUnion(issue.errors, path);
      const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
      const expected = `one of ${options.map((option) => `\`${String(option)}\``).join(', ')}`;
      return [problemAt(path, (received, written) => describeMismatch(path, expected, received, written))];
    }
    return [problemAt(path, (received, written) => describeIssue(issue, path, received, written))];
  };

  return issues.flatMap((issue) => fromIssue(issue, []));
}
