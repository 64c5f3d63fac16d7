import { z } from 'zod';
import { splitWords } from '../document/words.ts';
import { splitEnvelopeAddress } from '../smtp/envelope-address.ts';
import { parseAddressEntry } from './address-entry.ts';
import { domainFault } from './own-domains.ts';
import { passwordHashFault } from './password-hash.ts';
import { DEFAULT_SETTINGS } from './settings.ts';

function entryFault(entry: string): string | null {
  const parsed = parseAddressEntry(entry);
  return parsed.kind === 'invalid' ? parsed.message : null;
}

function userFault(user: string): string | null {
  const { localPart, domain } = splitEnvelopeAddress(user);
  if (localPart === '' || domain === null || domain === '')
    return `user \`${user}\`: write a full address such as alice@example.com`;
  const fault = domain.includes('*') ? 'a user has one domain, without wildcard' : domainFault(domain);
  return fault === null ? null : `user \`${user}\`: ${fault}`;
}

/** A text of which a function says what is wrong with it, if anything. */
function textWithout(faultOf: (text: string) => string | null, error?: z.core.$ZodErrorMap): z.ZodString {
  return z.string(error && { error }).superRefine((text, context) => {
    const fault = faultOf(text);
    if (fault !== null) context.addIssue({ code: 'custom', message: fault });
  });
}

/** YAML reads `10` and `10.1` as numbers: the entry is at fault, not its type. */
const addressEntry = textWithout(entryFault, ({ input }) =>
  typeof input === 'number' ? entryFault(String(input)) : undefined,
);

/** A password of digits alone is a number to YAML, and must not be shown either. */
const passwordHash = textWithout(passwordHashFault, ({ input }) =>
  typeof input === 'number' ? passwordHashFault('') : undefined,
);

const addressList = z.union([
  z.string().superRefine((text, context) => {
    for (const [index, entry] of splitWords(text).entries()) {
      const fault = entryFault(entry);
      if (fault !== null) context.addIssue({ code: 'custom', message: fault, path: [index] });
    }
  }),
  z.array(addressEntry),
]);

const restriction = (standard: { readonly toListedIps: boolean; readonly toAuthenticated: boolean }) =>
  z
    .strictObject({
      toListedIps: z
        .boolean()
        .default(standard.toListedIps)
        .describe('only client addresses that may relay by the two lists; a login lifts it'),
      toAuthenticated: z.boolean().default(standard.toAuthenticated).describe('only clients that have authenticated'),
    })
    .default({ ...standard });

const logins = z
  .array(
    z.strictObject({
      user: z.string().min(1),
      passwordHash: passwordHash.describe('scrypt$N$r$p$salt$hash, base64 without padding'),
    }),
  )
  .superRefine(
    (list, context) => {
      const seen = new Set<unknown>();
      for (const [index, login] of list.entries()) {
        // Runs beside other problems too, when an item may be anything.
        const user: unknown = (login as { readonly user?: unknown } | null)?.user;
        if (typeof user !== 'string') continue;
        if (seen.has(user))
          context.addIssue({
            code: 'custom',
            message: `login \`${user}\` is there already: each user once`,
            path: [index, 'user'],
          });
        seen.add(user);
      }
    },
    { when: ({ value }) => Array.isArray(value) },
  );

/** The policy file as a person writes it. */
export const policySchema = z.strictObject({
  domains: z
    .array(textWithout(domainFault))
    .min(1)
    .describe('domains the server receives mail for; *.example.com means every subdomain'),
  users: z
    .array(textWithout(userFault))
    .default([])
    .describe('full addresses that may send outward when userRestrictSend is on'),
  logins: logins.default([]).describe('who may authenticate'),
  allowRelayFrom: addressList
    .default([...DEFAULT_SETTINGS.allowRelayFrom])
    .describe('client addresses that may relay; blank means no restriction'),
  disallowRelayFrom: addressList
    .default([...DEFAULT_SETTINGS.disallowRelayFrom])
    .describe('client addresses that may not; the allow list wins'),
  restrictInternal: restriction(DEFAULT_SETTINGS.restrictInternal),
  restrictOutbound: restriction(DEFAULT_SETTINGS.restrictOutbound),
  restrictRelay: restriction(DEFAULT_SETTINGS.restrictRelay),
  domainRestrictSend: z
    .boolean()
    .default(DEFAULT_SETTINGS.domainRestrictSend)
    .describe('mail to elsewhere only from own senders'),
  userRestrictSend: z
    .boolean()
    .default(DEFAULT_SETTINGS.userRestrictSend)
    .describe('mail to elsewhere only from users'),
});

/** The JSON Schema (draft-07) of a policy file, for editors. */
export function policyJsonSchema(): object {
  return z.toJSONSchema(policySchema, { target: 'draft-7', io: 'input' });
}
