import { canonicalDomain } from '../smtp/domain.ts';
import { mailboxForm } from '../smtp/mailbox-form.ts';
import { isOwnRecipient, isOwnSender } from './decide.ts';
import type { Policy } from './policy.ts';

/**
 * Envelope addresses that stand for all others: to the policies they were made for, every sender is like one of the senders
 * and every recipient like one of the recipients. Plain mailboxes wherever a class has one, so that a guard takes them too.
 */
export interface EnvelopeClasses {
  /** '' is the null sender. */
  readonly senders: readonly string[];
  readonly recipients: readonly string[];
}

type Classified = Pick<Policy, 'settings' | 'ownDomains' | 'isUser'>;

/** Names reserved for examples and tests (RFC 2606, RFC 6761), then anything. */
const FOREIGN_NAMES = ['elsewhere.test', 'elsewhere.invalid', 'elsewhere.example', 'test', 'invalid'] as const;

function isForeign(policies: readonly Classified[], domain: string): boolean {
  return !policies.some(({ ownDomains }) => ownDomains.includes(domain));
}

function foreignDomain(policies: readonly Classified[]): string {
  const reserved = FOREIGN_NAMES.find((name) => isForeign(policies, name));
  if (reserved !== undefined) return reserved;
  let number = 1;
  while (!isForeign(policies, `elsewhere.relayproof${number}`)) number += 1;
  return `elsewhere.relayproof${number}`;
}

/**
 * Domains of every kind that the policies tell apart. A name that no policy lists is like a fresh name below the longest
 * wildcard that covers it, because a wildcard covers whatever a longer one does.
 */
function domainsOf(policies: readonly Classified[]): string[] {
  const entries = [...new Set(policies.flatMap(({ settings }) => settings.domains))];
  const exact = new Set(entries.filter((entry) => !entry.startsWith('*.')).map(canonicalDomain));
  const fresh = entries
    .filter((entry) => entry.startsWith('*.'))
    .map((entry) => {
      const parent = canonicalDomain(entry.slice(2));
      let label = 'host';
      for (let number = 1; exact.has(`${label}.${parent}`); number += 1) label = `host${number}`;
      return `${label}.${parent}`;
    });
  return [...exact, ...fresh, foreignDomain(policies)];
}

/** A mailbox in a domain that is no user of any policy. */
function nobodyAt(policies: readonly Classified[], name: string, domain: string): string {
  let local = name;
  for (let number = 1; policies.some(({ isUser }) => isUser(`${local}@${domain}`)); number += 1)
    local = `${name}${number}`;
  return `${local}@${domain}`;
}

/** The first address of each class, a plain one where there is any. */
function oneOfEach(addresses: readonly string[], classOf: (address: string) => string): string[] {
  const chosen = new Map<string, string>();
  for (const plainOnly of [true, false]) {
    for (const address of addresses) {
      if (plainOnly && mailboxForm(address).kind !== 'plain') continue;
      const key = classOf(address);
      if (!chosen.has(key)) chosen.set(key, address);
    }
  }
  return [...chosen.values()];
}

/** Finds the classes that the domains and users of some policies make. */
export function envelopeClasses(policies: readonly Classified[]): EnvelopeClasses {
  const domains = domainsOf(policies);
  const mailboxes = (name: string): string[] => domains.map((domain) => nobodyAt(policies, name, domain));
  const users = policies.flatMap(({ settings }) => settings.users);
  const senders = oneOfEach([...mailboxes('sender'), ...users], (address) =>
    policies.map((policy) => `${isOwnSender(policy, address)} ${policy.isUser(address)}`).join(),
  );
  // A recipient without a domain is everybody's own.
  const recipients = oneOfEach([...mailboxes('recipient'), 'postmaster'], (address) =>
    policies.map((policy) => isOwnRecipient(policy, address)).join(),
  );
  return { senders: ['', ...senders], recipients };
}
