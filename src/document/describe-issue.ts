import type { z } from 'zod';
import type { DocumentPath } from './document-tree.ts';

type Issue = z.core.$ZodIssue;

const TYPE_WORDS: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'a mapping of keys to values',
  record: 'a mapping of keys to values',
  string: 'a text',
};

/** `restrictRelay.toListedIps`, `users[0]`; the whole file for the empty path. */
export function formatPath(path: DocumentPath): string {
  if (path.length === 0) return 'the file';
  const text = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return `\`${text.replace(/^\./u, '')}\``;
}

function describeReceived(received: unknown, written: string | null): string {
  if (Array.isArray(received)) return 'a list';
  if (typeof received === 'object') return 'a mapping';
  const text = written ?? JSON.stringify(received);
  const shown = text.length > 60 ? `${text.slice(0, 60)}...` : text;
  return typeof received === 'string' ? `the text \`${shown}\`` : `\`${shown}\``;
}

/** One sentence for a place where something else belongs. */
export function describeMismatch(
  path: DocumentPath,
  expected: string,
  received: unknown,
  written: string | null,
): string {
  const name = formatPath(path);
  if (received === undefined) return `${name} is missing: it must be ${expected}`;
  if (received === null) {
    const blank = expected.endsWith(' or a list') ? ', `[]` where it is empty' : '';
    return `${name} ${path.length === 0 ? 'is empty' : 'has no value'}: it must be ${expected}${blank}`;
  }
  return `${name} must be ${expected}, not ${describeReceived(received, written)}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** What kind of value an issue would have accepted, where it is about the kind of value alone. */
export function expectedType(issue: Issue): string | null {
  return issue.code === 'invalid_type' ? (TYPE_WORDS[issue.expected] ?? issue.expected) : null;
}

/** One sentence for an issue: the place by name, what would be right, what stands there. */
export function describeIssue(issue: Issue, path: DocumentPath, received: unknown, written: string | null): string {
  const name = formatPath(path);
  switch (issue.code) {
    case 'invalid_type':
      // Other words than the library's own come from the schema, which knows better.
      if (issue.message !== '' && !issue.message.startsWith('Invalid input')) return issue.message;
      return describeMismatch(path, expectedType(issue) ?? issue.expected, received, written);
    case 'invalid_value': {
      const values = issue.values.map((value) => `\`${String(value)}\``).join(', ');
      return describeMismatch(path, issue.values.length === 1 ? values : `one of ${values}`, received, written);
    }
    case 'too_small':
      if (issue.origin === 'array' || issue.origin === 'string') {
        return issue.minimum === 1
          ? `${name} must not be empty`
          : `${name} must have at least ${String(issue.minimum)} items`;
      }
      return `${name} must be at least ${String(issue.minimum)}, not ${describeReceived(received, written)}`;
    case 'too_big':
      return `${name} must be at most ${String(issue.maximum)}${issue.origin === 'number' || issue.origin === 'int' ? '' : ' long'}`;
    case 'custom':
      return issue.message;
    default:
      return `${name}: ${lowerFirst(issue.message)}`;
  }
}
