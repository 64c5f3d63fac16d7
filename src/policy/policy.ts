import { createHash } from 'node:crypto';
import { canonicalDomain, isAscii } from '../smtp/domain.ts';
import { splitEnvelopeAddress } from '../smtp/envelope-address.ts';
import { addressEntry, formatAddressEntry } from './address-entry.ts';
import type { AddressEntry } from './address-entry.ts';
import { compileAddressList } from './address-matcher.ts';
import type { AddressMatcher } from './address-matcher.ts';
import { compileOwnDomains } from './own-domains.ts';
import type { OwnDomains } from './own-domains.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import type { PolicySettings } from './settings.ts';

/** The rules of a policy in the order in which a decision reports them; their names are those of the settings. */
export type RuleName =
  | 'restrictInternal.toListedIps'
  | 'restrictInternal.toAuthenticated'
  | 'restrictOutbound.toListedIps'
  | 'restrictOutbound.toAuthenticated'
  | 'restrictRelay.toListedIps'
  | 'restrictRelay.toAuthenticated'
  | 'domainRestrictSend'
  | 'userRestrictSend';

/** A policy ready to decide. */
export interface Policy {
  readonly settings: PolicySettings;
  readonly allow: AddressMatcher;
  readonly disallow: AddressMatcher;
  readonly ownDomains: OwnDomains;
  /** Whether an envelope address is one of `users`. */
  readonly isUser: (address: string) => boolean;
  /** `sha256:` and hex digits; equal for policies that differ only in spelling and order. Password hashes are no part of it. */
  readonly digest: string;
}

/** Lower case, except that no foreign letter becomes an ASCII one (U+212A is not `k`). */
function foldLocalPart(localPart: string): string {
  if (isAscii(localPart)) return localPart.toLowerCase();
  return Array.from(localPart, (letter) => {
    const lower = letter.toLowerCase();
    return isAscii(letter) || !/[\0-\x7f]/u.test(lower) ? lower : letter;
  }).join('');
}

/** The form in which users are compared: like domains on the right of `@`, without case on the left. */
function userKey(address: string): string {
  const { localPart, domain } = splitEnvelopeAddress(address);
  return domain === null ? foldLocalPart(localPart) : `${foldLocalPart(localPart)}@${canonicalDomain(domain)}`;
}

function normalisedList(entries: readonly AddressEntry[]): string[] {
  return [...new Set(entries.map(formatAddressEntry))].sort();
}

function normalisedDomain(entry: string): string {
  return entry.startsWith('*.') ? `*.${canonicalDomain(entry.slice(2))}` : canonicalDomain(entry);
}

/**
 * Compiles settings; keys left out have their defaults. Throws RangeError for an address entry that is none: settings from
 * a file have been checked by `parsePolicy` before.
 */
export function policyFromSettings(given: Pick<PolicySettings, 'domains'> & Partial<PolicySettings>): Policy {
  const settings: PolicySettings = { ...DEFAULT_SETTINGS, ...given };
  const allow = settings.allowRelayFrom.map(addressEntry);
  const disallow = settings.disallowRelayFrom.map(addressEntry);
  const users = new Set(settings.users.map(userKey));
  const normalised = {
    ...settings,
    domains: [...new Set(settings.domains.map(normalisedDomain))].sort(),
    users: [...users].sort(),
    logins: settings.logins.map(({ user }) => user).sort(),
    allowRelayFrom: normalisedList(allow),
    disallowRelayFrom: normalisedList(disallow),
  };
  const text = JSON.stringify(Object.entries(normalised).sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    settings,
    allow: compileAddressList(allow),
    disallow: compileAddressList(disallow),
    ownDomains: compileOwnDomains(settings.domains),
    isUser: (address) => users.size > 0 && users.has(userKey(address)),
    digest: `sha256:${createHash('sha256').update(text).digest('hex')}`,
  };
}
