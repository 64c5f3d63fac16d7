import ipaddr from 'ipaddr.js';
import { canonicalDomain } from '../smtp/domain.ts';
import { splitEnvelopeAddress } from '../smtp/envelope-address.ts';
import { plainResponse, type Credentials } from '../smtp/sasl.ts';
import { compileOwnDomains } from '../policy/own-domains.ts';
import type { Names, Placeholder } from '../scenario/placeholder.ts';
import type { RecipientScope } from '../session/recipients.ts';
import type { Namesakes } from '../session/variant.ts';
import { isLocalAddress } from '../target/endpoint.ts';
import type { AuditIdentities } from './request.ts';

export interface TargetNames {
  readonly address: string;
  /** The name that the server gives itself, or null; only where it may be asked for. */
  readonly name: string | null;
  /** What else it calls itself, where that may be asked for. @default none */
  readonly otherNames?: readonly string[];
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
    ...firstOf('outside-top-level', topLevelOf(outside.domain ?? '')),
    sender: identities.from,
    'sender-local': sender.localPart,
    'sender-domain': sender.domain ?? '',
    literal: addressLiteral(target.address),
    helo: identities.helo,
    random: freshLabel(randomLabel()),
    'wrong-plain': plainResponse({ user: login?.user ?? ownUser, password: `wrong-${randomLabel()}` }),
    ...firstOf('own-reverse-name', [identities.reverseName ?? []].flat()),
    ...(identities.partner === null ? {} : { partner: identities.partner }),
    ...firstOf('host', [...(target.name === null ? [] : [target.name]), ...(identities.hostNames ?? [])]),
    ...(weak1 === undefined ? {} : { 'weak-plain-1': plainResponse(weak1) }),
    ...(weak2 === undefined ? {} : { 'weak-plain-2': plainResponse(weak2) }),
    ...(login === null
      ? {}
      : {
          'login-plain': plainResponse(login),
          'login-plain-as-other': plainResponse(login, identities.ownUsers[1] ?? `postmaster@${own}`),
        }),
    ...firstOf('second-own', furtherDomains(identities)),
    ...firstOf('own-idn', identities.ownDomains.map(canonicalDomain).filter(isEncoded)),
    ...identities.fills,
  };
}

/** Further names of the server and further own domains: scenarios that use such a name are asked once for each. */
export function auditNamesakes(identities: AuditIdentities, target: TargetNames): Namesakes {
  const own = compileOwnDomains(identities.ownDomains);
  const first = canonicalDomain(target.name ?? identities.hostNames?.[0] ?? '');
  const names = [...(target.otherNames ?? []), ...(identities.hostNames ?? [])].map(canonicalDomain);
  // A host that is called like an own domain is asked for by the scenarios of that.
  const hosts = new Set(names.filter((name) => name !== first && !own.includes(name)));
  return { host: [...hosts], 'second-own': furtherDomains(identities).slice(1) };
}

function furtherDomains({ ownDomains }: AuditIdentities): readonly string[] {
  const own = plainDomainOf(ownDomains);
  const plain = ownDomains.filter((domain) => !domain.startsWith('*.')).map(canonicalDomain);
  return [...new Set(plain)].filter((domain) => domain !== own);
}

/** None of an address literal, which has no top-level domain. */
function topLevelOf(domain: string): readonly string[] {
  return domain.startsWith('[') ? [] : canonicalDomain(domain).split('.').slice(-1);
}

function isEncoded(domain: string): boolean {
  return !domain.startsWith('*') && domain.split('.').some((label) => label.startsWith('xn--'));
}

function firstOf(placeholder: Placeholder, [value]: readonly string[]): Names {
  return value === undefined ? {} : { [placeholder]: value };
}

/** Names that may be stored: none that holds a password. */
export function withoutSecrets(names: Names): Names {
  return Object.fromEntries(Object.entries(names).filter(([name]) => !name.includes('-plain')));
}

/** A mailbox that nobody has, with its domain. */
export const UNKNOWN_MAILBOX = /^no-such-user-[0-9a-f]{12}@([^@]+)$/;

/** Long enough that nobody has registered what begins with it. */
export const FRESH_LABEL = /^q\d{15}$/;

/**
 * A label of chance out of 48 bits in hexadecimal. Digits, because OpenSMTPD looks for the first letter of what follows a
 * `*` and never goes back: an `e` before `example.com` would hide a hole.
 */
function freshLabel(hexadecimal: string): string {
  return `q${BigInt(`0x${hexadecimal}`).toString().padStart(15, '0')}`;
}

/** @param random what stands for `{random}` in this audit, null before it is known */
export function recipientScope(
  identities: AuditIdentities,
  target: TargetNames,
  random: string | null,
): RecipientScope {
  return {
    ...(random !== null && FRESH_LABEL.test(random) ? { freshLabel: random } : {}),
    ownDomains: identities.ownDomains.map((domain) => domain.replace(/^\*\./, '')),
    outside: identities.outside,
    targetNames: [
      addressLiteral(target.address),
      ...(target.name === null ? [] : [target.name]),
      ...(target.otherNames ?? []),
      ...(identities.hostNames ?? []),
    ],
    senders: [splitEnvelopeAddress(identities.from).domain ?? [], identities.partner ?? []].flat(),
    mailboxes: [identities.from, ...identities.ownUsers],
    auditorNames: [identities.fills?.['outside-literal'] ?? [], identities.fills?.['mx-domain'] ?? []].flat(),
  };
}

/** Bits of an address that private hosts of one network share, at least: with fewer, a translation may stand between. */
const SAME_NETWORK = { ipv4: 24, ipv6: 64 };

/**
 * Identities with the auditor's own host for the literal elsewhere, where the operator names none. Not on loopback or one
 * link, and not where a translation of addresses may make it somebody else's address.
 */
export function withOwnHost(identities: AuditIdentities, ownAddress: string | null, target: string): AuditIdentities {
  if (ownAddress === null || ownAddress === target || !meansTheSameAt(target, ownAddress)) return identities;
  return { ...identities, fills: { 'outside-literal': addressLiteral(ownAddress), ...identities.fills } };
}

function meansTheSameAt(target: string, own: string): boolean {
  const [there, here] = [target, own].map((address) => ipaddr.process(address));
  if (there === undefined || here === undefined || ['loopback', 'linkLocal'].includes(here.range())) return false;
  if (!isLocalAddress(own)) return !isLocalAddress(target);
  return there.kind() === here.kind() && here.match(there, SAME_NETWORK[here.kind()]);
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
