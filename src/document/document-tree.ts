import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Alias, Document, Node } from 'yaml';
import { wordOffsets } from './words.ts';

/** A way into a document: keys and indexes; a number below a text counts the words of that text. */
export type DocumentPath = readonly PropertyKey[];

export interface Position {
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 code units. */
  readonly column: number;
}

export interface TreeProblem {
  readonly offset: number;
  readonly message: string;
}

/** A YAML or JSON text as plain values, with the place of each. */
export interface DocumentTree {
  readonly value: unknown;
  readonly problems: readonly TreeProblem[];
  /** False where the syntax is so broken that the values mean nothing. */
  readonly readable: boolean;
  /** Paths whose value could not be read; a problem tells of each. */
  readonly broken: readonly DocumentPath[];
  /** The text of a scalar as it stands in the file, for messages; null for anything else. */
  readonly written: (path: DocumentPath) => string | null;
  /** Offset of the value, or of the nearest thing around it that exists. `key` asks for the key instead. */
  readonly offsetOf: (path: DocumentPath, key?: 'key') => number;
  readonly positionAt: (offset: number) => Position;
}

/** More than any file needs; a few lines of aliases to aliases would otherwise fill the memory. */
const MOST_ALIASED_NODES = 100_000;

const RECOVERABLE = new Set(['DUPLICATE_KEY', 'BAD_ALIAS', 'TAG_RESOLVE_FAILED']);

interface Building {
  readonly document: Document;
  readonly source: string;
  readonly problems: TreeProblem[];
  readonly broken: DocumentPath[];
  aliased: number;
}

function breakAt(state: Building, path: DocumentPath, offset: number, message: string): undefined {
  state.problems.push({ offset, message });
  state.broken.push(path);
  return undefined;
}

function buildAlias(state: Building, alias: Alias, path: DocumentPath, above: readonly Node[]): unknown {
  const offset = alias.range?.[0] ?? 0;
  const target = alias.resolve(state.document);
  if (target === undefined) {
    const entry = `*${alias.source}`;
    return breakAt(
      state,
      path,
      offset,
      `YAML reads \`${entry}\` as an alias, which it does not know: an entry that begins with \`*\` must be quoted, "${entry}"`,
    );
  }
  if (above.includes(target)) return breakAt(state, path, offset, `alias \`*${alias.source}\` contains itself`);
  if (state.aliased > MOST_ALIASED_NODES) return breakAt(state, path, offset, 'aliases repeat too much: write it out');
  return build(state, target, path, [...above, target]);
}

function build(state: Building, node: unknown, path: DocumentPath, above: readonly Node[]): unknown {
  if (above.length > 0) state.aliased += 1;
  if (isAlias(node)) return buildAlias(state, node, path, above);
  if (isSeq(node)) {
    if (state.aliased > MOST_ALIASED_NODES)
      return breakAt(state, path, node.range?.[0] ?? 0, 'aliases repeat too much: write it out');
    return node.items.map((item, index) => build(state, item, [...path, index], above));
  }
  if (isMap(node)) {
    const entries: [string, unknown][] = [];
    for (const { key, value } of node.items) {
      if (isScalar(key)) {
        const name = String(key.value);
        entries.push([name, build(state, value, [...path, name], above)]);
      } else {
        state.problems.push({ offset: node.range?.[0] ?? 0, message: 'a key must be a plain text' });
      }
    }
    // Not by assignment: a key named __proto__ must become an ordinary property.
    return Object.fromEntries(entries);
  }
  return isScalar(node) ? node.value : null;
}

/** The value node at a path and the key before it; stops at the deepest one that exists. */
function walk(document: Document, path: DocumentPath): { value: unknown; key: unknown; rest: DocumentPath } {
  let value: unknown = document.contents;
  let key: unknown = null;
  for (const [depth, step] of path.entries()) {
    if (isAlias(value)) value = value.resolve(document);
    let next: unknown;
    if (isMap(value)) {
      // The last of repeated keys is the one whose value counts.
      const pair = value.items.findLast((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (pair === undefined) return { value, key, rest: path.slice(depth) };
      key = pair.key;
      next = pair.value;
    } else if (isSeq(value) && typeof step === 'number' && step < value.items.length) {
      key = null;
      next = value.items[step];
    } else {
      return { value, key, rest: path.slice(depth) };
    }
    value = next;
  }
  return { value, key, rest: [] };
}

function rangeOf(node: unknown): readonly [number, number] | null {
  const range = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : null;
  return range ? [range[0], range[1]] : null;
}

/** Reads YAML 1.2 (of which JSON is a part) and never throws for what the text holds. */
export function readDocumentTree(source: string): DocumentTree {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, uniqueKeys: true, strict: true, prettyErrors: false });
  const state: Building = { document, source, problems: [], broken: [], aliased: 0 };
  const value = build(state, document.contents, [], []);
  const positionAt = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  const aliasLines = new Set(state.problems.map((problem) => positionAt(problem.offset).line));
  let readable = true;
  for (const error of [...document.errors, ...document.warnings]) {
    // Behind a key without a value the parser gives the end of that line as the place of the next key.
    const gap =
      error.code === 'DUPLICATE_KEY' ? (/^(?:\s|#.*)*/u.exec(source.slice(error.pos[0]))?.[0].length ?? 0) : 0;
    const offset = error.pos[0] + gap;
    // After an unquoted `*.*.*.*, 10.*.*.*` the parser stumbles on the rest of the line: one cause, one problem.
    if (aliasLines.has(positionAt(offset).line) && error.code !== 'DUPLICATE_KEY') continue;
    readable &&= RECOVERABLE.has(error.code);
    const repeated = error.code === 'DUPLICATE_KEY' ? /^[^\s:]*/u.exec(source.slice(offset))?.[0] : undefined;
    const message =
      repeated === undefined
        ? error.message.charAt(0).toLowerCase() + error.message.slice(1)
        : `repeated key \`${repeated}\``;
    state.problems.push({ offset, message });
  }
  const words = new Map<unknown, number[]>();
  const offsetOf = (path: DocumentPath, wanted?: 'key'): number => {
    const found = walk(document, path);
    const range = rangeOf(found.value) ?? rangeOf(found.key) ?? [0, 0];
    if (wanted === 'key' && found.rest.length === 0) return rangeOf(found.key)?.[0] ?? range[0];
    const [step] = found.rest;
    if (isScalar(found.value) && typeof found.value.value === 'string' && typeof step === 'number') {
      const known = words.get(found.value) ?? wordOffsets(found.value.value, source, ...range);
      words.set(found.value, known);
      return known[step] ?? range[0];
    }
    return found.rest.length > 0 ? (rangeOf(found.key)?.[0] ?? range[0]) : range[0];
  };
  const written = (path: DocumentPath): string | null => {
    const found = walk(document, path);
    return found.rest.length === 0 && isScalar(found.value) ? (found.value.source ?? null) : null;
  };
  return { value, problems: state.problems, readable, broken: state.broken, written, offsetOf, positionAt };
}
