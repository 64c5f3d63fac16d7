import { createHash } from 'node:crypto';
import { canonicalDomain } from '../smtp/domain.ts';
import { formatAddressEntry } from './address-entry.ts';
import type { AddressEntry } from './address-entry.ts';
import { userKey } from './policy.ts';
import type { Policy } from './policy.ts';

function normalisedList(entries: readonly AddressEntry[]): string[] {
  return [...new Set(entries.map(formatAddressEntry))].sort();
}

function normalisedDomain(entry: string): string {
  return entry.startsWith('*.') ? `*.${canonicalDomain(entry.slice(2))}` : canonicalDomain(entry);
}

/**
 * `sha256:` and hex digits; equal for policies that differ only in spelling and order. Password hashes are no part of it.
 */
export function policyDigest({ settings, allow, disallow }: Policy): string {
  const normalised = {
    ...settings,
    domains: [...new Set(settings.domains.map(normalisedDomain))].sort(),
    users: [...new Set(settings.users.map(userKey))].sort(),
    logins: settings.logins.map(({ user }) => user).sort(),
    allowRelayFrom: normalisedList(allow.entries),
    disallowRelayFrom: normalisedList(disallow.entries),
  };
  const text = JSON.stringify(Object.entries(normalised).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
