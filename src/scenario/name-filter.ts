import { splitEnvelopeAddress } from '../smtp/envelope-address.ts';
import { aLabels, foldingLetters, fullWidth, mixedCase, uLabels } from '../smtp/domain-spelling.ts';

type Filter = (value: string) => string;

/** What may stand behind a placeholder, as in `{own|u-label}`: another way to write what it stands for. */
export const NAME_FILTERS = {
  'mixed-case': { title: 'every other letter of the domain a capital', apply: onDomain(mixedCase) },
  'a-label': { title: 'the domain in its encoded form', apply: onDomain(aLabels) },
  'u-label': { title: 'the domain in its own script', apply: onDomain(uLabels) },
  'full-width': { title: 'the domain in full-width letters', apply: onDomain(fullWidth) },
  fold: { title: 'k and s of the domain as letters that fold to them', apply: onDomain(foldingLetters) },
  'upper-case': { title: 'a login whose user is in capitals', apply: onUser((user) => user.toUpperCase()) },
  'without-domain': {
    title: 'a login whose user is without its domain',
    apply: onUser((user) => user.replace(/@.*$/s, '')),
  },
  'with-space': { title: 'a login whose user ends in a space', apply: onUser((user) => `${user} `) },
} as const satisfies Readonly<Record<string, { readonly title: string; readonly apply: Filter }>>;

export type NameFilter = keyof typeof NAME_FILTERS;

export function isNameFilter(name: string): name is NameFilter {
  return Object.hasOwn(NAME_FILTERS, name);
}

/** A mailbox keeps its local part; a domain alone is changed as a whole. */
function onDomain(change: Filter): Filter {
  return (value) => {
    const { localPart, domain } = splitEnvelopeAddress(value);
    return domain === null ? change(value) : `${localPart}@${change(domain)}`;
  };
}

/** On a SASL PLAIN response (RFC 4616): authorization identity, user and password with NUL between them. */
function onUser(change: Filter): Filter {
  return (response) => {
    const [actAs = '', user = '', password = ''] = Buffer.from(response, 'base64').toString('utf8').split('\0');
    return Buffer.from([actAs, change(user), password].join('\0'), 'utf8').toString('base64');
  };
}
