import { isMap, isScalar, isSeq, parseDocument, YAMLSeq } from 'yaml';
import type { Document } from 'yaml';
import type { Checked } from '../document/problem.ts';
import { formatAddressEntry, parseAddressEntry } from './address-entry.ts';
import { parsePolicy } from './parse-policy.ts';
import type { Policy } from './policy.ts';

export interface ImportRequest {
  /** The file to import: fields separated by commas, tabs or newlines. */
  readonly text: string;
  readonly list: 'allow' | 'disallow';
  /** What a field must look like, `*` standing for any text; `*.*.*.*` by default, `*` admits IPv6 too. */
  readonly wildcard?: string;
  /** The policy to import into, and the name that its problems carry. */
  readonly policyText: string;
  readonly policyFile: string;
}

export interface ImportedField {
  /** From 1, in the imported file. */
  readonly line: number;
  readonly field: string;
}

export interface DiscardedField extends ImportedField {
  readonly reason: string;
}

export interface ImportResult {
  /** The policy file with the new entries; everything else in it stays, comments too. */
  readonly text: string;
  readonly imported: readonly ImportedField[];
  /** Fields that stand for the same addresses as one before them or as an entry that was there. */
  readonly duplicates: readonly ImportedField[];
  readonly discarded: readonly DiscardedField[];
}

type Sorted = Omit<ImportResult, 'text'>;

function wildcardPattern(wildcard: string): RegExp {
  const literal = wildcard.split('*').map((text) => text.replace(/[\\^$.|?+()[\]{}]/gu, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`, 'u');
}

/** Fields with the line each stands on; surrounding quotes and blanks are gone (`\s` holds the byte order mark, too), and so are empty fields. */
function fieldsOf(text: string): ImportedField[] {
  return text
    .split(/\r\n|\r|\n/u)
    .flatMap((line, at) =>
      line.split(/[,\t]/u).map((raw) => ({ line: at + 1, field: raw.replace(/^[\s"']+|[\s"']+$/gu, '') })),
    )
    .filter(({ field }) => field !== '');
}

function sortFields(request: ImportRequest, present: readonly string[]): Sorted {
  const wildcard = request.wildcard ?? '*.*.*.*';
  const pattern = wildcardPattern(wildcard);
  const seen = new Set(present);
  const sorted = {
    imported: new Array<ImportedField>(),
    duplicates: new Array<ImportedField>(),
    discarded: new Array<DiscardedField>(),
  };
  for (const { line, field } of fieldsOf(request.text)) {
    const parsed = parseAddressEntry(field);
    const key = parsed.kind === 'ok' ? formatAddressEntry(parsed.entry) : '';
    if (!pattern.test(field))
      sorted.discarded.push({ line, field, reason: `does not match the wildcard \`${wildcard}\`` });
    else if (parsed.kind === 'invalid') sorted.discarded.push({ line, field, reason: parsed.message });
    else if (seen.has(key)) sorted.duplicates.push({ line, field });
    else sorted.imported.push({ line, field });
    if (pattern.test(field) && parsed.kind === 'ok') seen.add(key);
  }
  return sorted;
}

/** Adds entries behind those that a document has under a key, in the form that they have there. */
function addEntries(document: Document, key: string, present: readonly string[], added: readonly string[]): void {
  if (!isMap(document.contents)) return;
  const node = document.contents.get(key, true) as unknown;
  if (isSeq(node)) {
    for (const entry of added) node.add(document.createNode(entry));
    return;
  }
  if (isScalar(node) && typeof node.value === 'string' && present.length > 0) {
    const separator = node.value.includes('\n') ? '\n' : ', ';
    node.value = `${node.value.trimEnd()}${separator}${added.join(separator)}${node.value.endsWith('\n') ? '\n' : ''}`;
    return;
  }
  // Left out or blank: a key of its own, with the entries that held by default.
  const list = new YAMLSeq();
  for (const entry of [...present, ...added]) list.add(document.createNode(entry));
  document.contents.set(document.createNode(key), list);
}

/**
 * Imports a list of addresses into a policy file, as a person would paste it: order is kept, existing entries stay, the
 * same addresses come in once, and what is discarded is told with its line. A policy with problems is left alone.
 */
export function importAddressList(request: ImportRequest): Checked<ImportResult> {
  const parsed: Checked<Policy> = parsePolicy(request.policyText, request.policyFile);
  if (parsed.kind === 'invalid') return parsed;
  const key = request.list === 'allow' ? 'allowRelayFrom' : 'disallowRelayFrom';
  const { entries } = request.list === 'allow' ? parsed.value.allow : parsed.value.disallow;
  const sorted = sortFields(request, entries.map(formatAddressEntry));
  if (sorted.imported.length === 0) return { kind: 'ok', value: { text: request.policyText, ...sorted } };
  const document = parseDocument(request.policyText);
  addEntries(
    document,
    key,
    parsed.value.settings[key],
    sorted.imported.map(({ field }) => field),
  );
  return { kind: 'ok', value: { text: document.toString({ lineWidth: 0 }), ...sorted } };
}
