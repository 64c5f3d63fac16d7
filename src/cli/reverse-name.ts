import ipaddr from 'ipaddr.js';
import { mailboxForm } from '../smtp/mailbox-form.ts';
import { splitEnvelopeAddress } from '../smtp/envelope-address.ts';
import { referencesIn } from '../scenario/placeholder.ts';
import { allScenarios, type Catalogue } from '../scenario/scenario.ts';
import type { AuditIdentities } from './audit-request.ts';

/** The names of an address in DNS; empty where there are none, or where none came in time. */
export type ReverseNames = (address: string) => Promise<readonly string[]>;

/**
 * Identities with the name that DNS gives for the address that sessions come from, where it gives one. On loopback and on
 * one link no other host knows the address, so nobody is asked.
 */
export async function withReverseName(
  identities: AuditIdentities,
  ownAddress: string | null,
  reverseNames: ReverseNames | undefined,
): Promise<AuditIdentities> {
  if (ownAddress === null || reverseNames === undefined) return identities;
  if (['loopback', 'linkLocal', 'unspecified'].includes(ipaddr.process(ownAddress).range())) return identities;
  const [reverseName] = (await reverseNames(ownAddress)).flatMap(sayable);
  return reverseName === undefined ? identities : { ...identities, reverseName };
}

/** Whether a scenario greets with that name: otherwise DNS need not be asked. */
export function usesReverseName(catalogue: Catalogue): boolean {
  return allScenarios(catalogue).some(({ helo }) =>
    referencesIn(helo ?? '').some(({ name }) => name === 'own-reverse-name'),
  );
}

/** Where the PTR record of an address stands (RFC 1035 §3.5; RFC 3596 §2.5). */
export function reverseLookupName(address: string): string {
  const parsed = ipaddr.process(address);
  const bytes = parsed.toByteArray().reverse();
  return parsed.kind() === 'ipv4'
    ? `${bytes.join('.')}.in-addr.arpa`
    : `${bytes.map((byte) => `${(byte & 15).toString(16)}.${(byte >> 4).toString(16)}`).join('.')}.ip6.arpa`;
}

/** DNS may hold any octets; a host name and nothing else goes into a command. */
function sayable(name: string): readonly string[] {
  const form = mailboxForm(`postmaster@${name}`);
  return form.kind === 'plain' ? [splitEnvelopeAddress(form.mailbox).domain ?? []].flat() : [];
}
