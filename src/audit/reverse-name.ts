import ipaddr from 'ipaddr.js';
import { mailboxForm } from '../smtp/mailbox-form.ts';
import { splitEnvelopeAddress } from '../smtp/envelope-address.ts';
import { referencesIn } from '../scenario/placeholder.ts';
import { allScenarios, type Catalogue } from '../scenario/scenario.ts';
import type { AuditIdentities } from './request.ts';
import type { ReverseNames } from '../target/reverse-lookup.ts';

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

/** DNS may hold any octets; a host name and nothing else goes into a command. */
function sayable(name: string): readonly string[] {
  const form = mailboxForm(`postmaster@${name}`);
  return form.kind === 'plain' ? [splitEnvelopeAddress(form.mailbox).domain ?? []].flat() : [];
}
