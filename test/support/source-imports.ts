import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One import (or re-export) of a source file. */
export interface SourceImport {
  /** As it is written: a path, or the name of a package. */
  readonly specifier: string;
  /** `type`: nothing of it is there at run time. */
  readonly kind: 'type' | 'value';
  /** Names that are imported as values; `*` for all, none for an import for its side effects. */
  readonly values: readonly string[];
}

/** A file of the sources with what it imports. `path` is relative to `src`, with slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly SourceImport[];
}

const STATIC = /^(?:import|export)\s+(type\s+)?(?:([^'";]*?)\s*from\s+)?['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

/** What a text imports. A dynamic import counts as one of everything. */
export function importsOf(text: string): readonly SourceImport[] {
  const code = withoutComments(text);
  const fixed = [...code.matchAll(STATIC)].map(([, type, clause = '', specifier = '']): SourceImport => {
    const values = type === undefined ? valueNames(clause) : [];
    const sideEffects = clause === '';
    return { specifier, kind: values.length > 0 || sideEffects ? 'value' : 'type', values };
  });
  const dynamic = [...code.matchAll(DYNAMIC)].map(([, specifier = '']): SourceImport => ({
    specifier,
    kind: 'value',
    values: ['*'],
  }));
  return [...fixed, ...dynamic];
}

function valueNames(clause: string): readonly string[] {
  const [, braced] = /\{([^}]*)\}/s.exec(clause) ?? [];
  const named = (braced ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && !name.startsWith('type '))
    .map((name) => name.split(/\s+as\s+/)[0] ?? name);
  const rest = clause.replace(/\{[^}]*\}/s, '').replace(/[\s,]+/g, ' ');
  return [...named, ...(rest.trim() === '' ? [] : [rest.includes('*') ? '*' : rest.trim()])];
}

/** Comments are blanked, line ends kept, so that an example in a docstring is no import. */
function withoutComments(text: string): string {
  return text
    .replace(/\/\*.*?\*\//gs, (comment) => comment.replace(/[^\n]/g, ' '))
    .replace(/^\s*\/\/.*$/gm, (comment) => ' '.repeat(comment.length));
}

/** Every TypeScript file below a folder, declarations of foreign modules left out. */
export function readSources(root: string): readonly SourceFile[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'))
    .sort()
    .map((path) => sourceFile(path, readFileSync(join(root, path), 'utf8')));
}

export function sourceFile(path: string, text: string): SourceFile {
  return { path, text, imports: importsOf(text) };
}
