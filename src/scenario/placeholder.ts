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
  sender: 'a sender outside of the own domains',
  'sender-local': 'the local part of that sender',
  'sender-domain': 'the domain of that sender',
  partner: 'a domain whose senders the server is told to trust',
  host: 'the name that the server gives itself',
  literal: "the server's address as a literal, such as [198.51.100.1]",
  helo: 'the name that the client gives itself',
  random: 'a label that was never used before',
  'wrong-plain': 'a SASL PLAIN response with a random wrong password',
  'weak-plain-1': "the first login of the operator's own file as a SASL PLAIN response",
  'weak-plain-2': 'the second login of that file',
  'login-plain': 'the proved login as a SASL PLAIN response',
} as const;

export type Placeholder = keyof typeof PLACEHOLDERS;

/** What stands for the placeholders in one audit; one that is missing makes a scenario `skipped`. */
export type Names = Readonly<Partial<Record<Placeholder, string>>>;

const REFERENCE = /\{([a-z][a-z0-9-]*)\}/g;

/** The names in braces that a text refers to, known or not. `{message}` is a turn of the dialogue and no placeholder. */
export function placeholdersIn(text: string): readonly string[] {
  return [...text.matchAll(REFERENCE)].map((match) => match[1] ?? '');
}

export function isPlaceholder(name: string): name is Placeholder {
  return Object.hasOwn(PLACEHOLDERS, name);
}

export type Filled =
  { readonly kind: 'filled'; readonly text: string } | { readonly kind: 'missing'; readonly placeholder: Placeholder };

/** Puts the names in. Throws for a placeholder that does not exist: the catalogue was checked when it was read. */
export function fillText(text: string, names: Names): Filled {
  for (const name of placeholdersIn(text)) {
    if (!isPlaceholder(name)) throw new Error(`unknown placeholder {${name}}`);
    if (names[name] === undefined) return { kind: 'missing', placeholder: name };
  }
  return { kind: 'filled', text: text.replace(REFERENCE, (_, name: Placeholder) => names[name] ?? '') };
}
