import ipaddr from 'ipaddr.js';
import { canonicalDomain } from '../smtp/domain.ts';
import { splitEnvelopeAddress } from '../smtp/envelope-address.ts';
import { plainResponse, type Credentials } from '../smtp/sasl.ts';
import type { Names } from '../scenario/placeholder.ts';
import type { RecipientScope } from '../session/recipients.ts';
import type { AuditIdentities } from './audit-request.ts';

export interface TargetNames {
  readonly address: string;
  /** The name that the server gives itself, or null. */
  readonly name: string | null;
}

/** What stands for each placeholder in this audit. */
export function auditNames(
  identities: AuditIdentities,
  target: TargetNames,
  login: Credentials | null,
  randomLabel: () => string,
): Names {
  const own = plainDomainOf(identities.ownDomains);
  const ownUser = identities.ownUsers[0] ?? `postmaster@${own}`;
  const outside = splitEnvelopeAddress(identities.outside);
  const sender = splitEnvelopeAddress(identities.from);
  const [weak1, weak2] = identities.weakLogins;
  return {
    own,
    'own-user': ownUser,
    'own-user-local': splitEnvelopeAddress(ownUser).localPart,
    'other-own-user': identities.ownUsers[1] ?? `postmaster@${own}`,
    nobody: `no-such-user-${randomLabel()}@${own}`,
    outside: identities.outside,
    'outside-local': outside.localPart,
    'outside-domain': outside.domain ?? '',
    sender: identities.from,
    'sender-local': sender.localPart,
    'sender-domain': sender.domain ?? '',
    literal: addressLiteral(target.address),
    helo: identities.helo,
    random: `r${randomLabel()}`,
    'wrong-plain': plainResponse({ user: login?.user ?? ownUser, password: `wrong-${randomLabel()}` }),
    ...(identities.partner === null ? {} : { partner: identities.partner }),
    ...(target.name === null ? {} : { host: target.name }),
    ...(weak1 === undefined ? {} : { 'weak-plain-1': plainResponse(weak1) }),
    ...(weak2 === undefined ? {} : { 'weak-plain-2': plainResponse(weak2) }),
    ...(login === null ? {} : { 'login-plain': plainResponse(login) }),
  };
}

/** Names that may be stored: none that holds a password. */
export function withoutSecrets(names: Names): Names {
  return Object.fromEntries(Object.entries(names).filter(([name]) => !name.includes('-plain')));
}

export function recipientScope(identities: AuditIdentities, target: TargetNames): RecipientScope {
  return {
    ownDomains: identities.ownDomains.map((domain) => domain.replace(/^\*\./, '')),
    outside: identities.outside,
    targetNames: [addressLiteral(target.address), ...(target.name === null ? [] : [target.name])],
  };
}

/** An address as a domain of a mailbox (RFC 5321 §4.1.3). */
export function addressLiteral(address: string): string {
  return ipaddr.IPv6.isValid(address) ? `[IPv6:${canonicalAddress(address)}]` : `[${address}]`;
}

function canonicalAddress(address: string): string {
  return ipaddr.IPv6.parse(address).toString();
}

/** The own domain that scenarios are filled with: the first that is no wildcard, else a subdomain of the first wildcard. */
export function plainDomainOf(domains: readonly string[]): string {
  const plain = domains.find((domain) => !domain.startsWith('*.'));
  return plain === undefined ? `mail.${(domains[0] ?? '').replace(/^\*\./, '')}` : canonicalDomain(plain);
}
