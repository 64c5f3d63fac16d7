import { canonicalDomain, isAscii } from '../smtp/domain.ts';
import { splitEnvelopeAddress } from '../smtp/envelope-address.ts';
import { addressEntry } from './address-entry.ts';
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
export function userKey(address: string): string {
  const { localPart, domain } = splitEnvelopeAddress(address);
  return domain === null ? foldLocalPart(localPart) : `${foldLocalPart(localPart)}@${canonicalDomain(domain)}`;
}

/**
 * Compiles settings; keys left out have their defaults. Throws RangeError for an address entry that is none: settings from
 * a file have been checked by `parsePolicy` before.
 */
export function policyFromSettings(given: Pick<PolicySettings, 'domains'> & Partial<PolicySettings>): Policy {
  const settings: PolicySettings = { ...DEFAULT_SETTINGS, ...given };
  const users = new Set(settings.users.map(userKey));
  return {
    settings,
    allow: compiledList(settings.allowRelayFrom),
    disallow: compiledList(settings.disallowRelayFrom),
    ownDomains: compileOwnDomains(settings.domains),
    isUser: (address) => users.size > 0 && users.has(userKey(address)),
  };
}

/** A policy with other address lists or switches, its domains and users as they were; a list that stays is not compiled anew. */
export function changedPolicy(policy: Policy, settings: PolicySettings): Policy {
  const { allowRelayFrom, disallowRelayFrom } = policy.settings;
  return {
    ...policy,
    settings,
    allow: settings.allowRelayFrom === allowRelayFrom ? policy.allow : compiledList(settings.allowRelayFrom),
    disallow:
      settings.disallowRelayFrom === disallowRelayFrom ? policy.disallow : compiledList(settings.disallowRelayFrom),
  };
}

function compiledList(list: readonly string[]): AddressMatcher {
  return compileAddressList(list.map(addressEntry));
}
