import { isNameFilter, NAME_FILTERS } from './name-filter.ts';

/** Every name that a scenario may leave open, and what it stands for. */
export const PLACEHOLDERS = {
  own: 'an own domain',
  'own-user': 'a mailbox that exists in the own domain',
  'own-user-local': 'the local part of that mailbox',
  'other-own-user': 'a second mailbox of the own domain (postmaster where none was named)',
  nobody: 'a mailbox of the own domain that does not exist',
  outside: "the auditor's mailbox outside (third party)",
  'outside-local': 'the local part of that mailbox',
  'outside-domain': 'the domain of that mailbox',
  'outside-top-level': 'the top-level domain of that mailbox',
  sender: 'a sender outside of the own domains',
  'sender-local': 'the local part of that sender',
  'sender-domain': 'the domain of that sender',
  partner: 'a domain whose senders the server is told to trust',
  host: 'the name that the server gives itself',
  literal: "the server's address as a literal, such as [198.51.100.1]",
  helo: 'the name that the client gives itself',
  'own-reverse-name': 'the name that DNS gives for the address of this host',
  random: 'a label that was never used before',
  'wrong-plain': 'a SASL PLAIN response with a random wrong password',
  'weak-plain-1': "the first login of the operator's own file as a SASL PLAIN response",
  'weak-plain-2': 'the second login of that file',
  'login-plain': 'the proved login as a SASL PLAIN response',
  'login-plain-as-other': 'the same, to act as the second mailbox of the own domain',
  'second-own': 'every further own domain',
  'own-idn': 'an own domain with letters outside ASCII, in its encoded form',
  'outside-literal': "the address of the auditor's own mail host as a literal",
  'mx-domain': "a domain of the auditor's whose MX record names the server",
  'listed-address': 'an address that the server is told to trust',
  autoresponder: 'a mailbox of the own domain that answers by itself',
  'expanding-alias': 'a mailbox of the own domain that forwards to the outside',
} as const;

/** Names that only the operator can tell: `--fill NAME=VALUE`. */
export const OPERATOR_NAMES = [
  'outside-literal',
  'mx-domain',
  'listed-address',
  'autoresponder',
  'expanding-alias',
] as const satisfies readonly (keyof typeof PLACEHOLDERS)[];

export type OperatorName = (typeof OPERATOR_NAMES)[number];

export type Placeholder = keyof typeof PLACEHOLDERS;

/** What stands for the placeholders in one audit; one that is missing makes a scenario `skipped`. */
export type Names = Readonly<Partial<Record<Placeholder, string>>>;

const REFERENCE = /\{([a-z][a-z0-9-]*)(?:\|([a-z-]+))?\}/g;

/** A name in braces, with or without a filter: `{own}`, `{own|u-label}`. */
export interface Reference {
  /** As it is written, braces and all. */
  readonly text: string;
  readonly name: string;
  readonly filter: string | null;
}

/** The names in braces that a text refers to, known or not. */
export function referencesIn(text: string): readonly Reference[] {
  return [...text.matchAll(REFERENCE)].map(([written, name = '', filter]) => ({
    text: written,
    name,
    filter: filter ?? null,
  }));
}

export function isPlaceholder(name: string): name is Placeholder {
  return Object.hasOwn(PLACEHOLDERS, name);
}

/** What is wrong with a reference, or null. */
export function referenceFault({ name, filter }: Reference): string | null {
  if (!isPlaceholder(name)) {
    const known = Object.keys(PLACEHOLDERS).map((one) => `{${one}}`);
    return `unknown placeholder {${name}}; known are ${known.join(' ')}`;
  }
  return filter === null || isNameFilter(filter)
    ? null
    : `unknown filter \`${filter}\`; known are ${Object.keys(NAME_FILTERS).join(', ')}`;
}

export type Filled =
  | { readonly kind: 'filled'; readonly text: string }
  | { readonly kind: 'missing'; readonly placeholder: Placeholder }
  /** The filter has nothing to change, so the text would repeat another scenario. */
  | { readonly kind: 'unchanged'; readonly reference: string };

/** Puts the names in. Throws for a placeholder that does not exist: the catalogue was checked when it was read. */
export function fillText(text: string, names: Names): Filled {
  const values = new Map<string, string>();
  for (const reference of referencesIn(text)) {
    const filled = valueOf(reference, names);
    if (filled.kind !== 'filled') return filled;
    values.set(reference.text, filled.text);
  }
  return { kind: 'filled', text: text.replace(REFERENCE, (written) => values.get(written) ?? '') };
}

function valueOf(reference: Reference, names: Names): Filled {
  const { name, filter, text } = reference;
  const fault = referenceFault(reference);
  if (fault !== null || !isPlaceholder(name)) throw new Error(fault ?? text);
  const value = names[name];
  if (value === undefined) return { kind: 'missing', placeholder: name };
  if (filter === null || !isNameFilter(filter)) return { kind: 'filled', text: value };
  const changed = NAME_FILTERS[filter].apply(value);
  return changed === value ? { kind: 'unchanged', reference: text } : { kind: 'filled', text: changed };
}
