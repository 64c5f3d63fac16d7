import ipaddr from 'ipaddr.js';
import { canonicalDomain } from '../smtp/domain.ts';
import { compileOwnDomains } from '../policy/own-domains.ts';
import { isReservedDomain } from '../session/recipients.ts';
import type { AuditIdentities, AuditRequest } from './request.ts';

/** What a server calls itself, sorted by whether its mail may be asked for. */
export interface SortedNames {
  /** Own names, names of nobody, and names that the operator gave; as the server wrote them. */
  readonly used: readonly string[];
  /** Names that may be somebody else's: never asked for. */
  readonly unconfirmed: readonly string[];
}

/**
 * A banner and an EHLO reply are the server's own words, and a server may call itself by the name of a stranger. A name is
 * used only where something else says whose it is: the own domains, the operator, or RFC 2606.
 */
export function sortServerNames(
  names: readonly string[],
  identities: Pick<AuditIdentities, 'ownDomains' | 'hostNames'>,
  target: Pick<AuditRequest['target'], 'host' | 'address'>,
): SortedNames {
  const plain = identities.ownDomains.map((domain) => domain.replace(/^\*\./, ''));
  const own = compileOwnDomains([...plain, ...plain.map((domain) => `*.${domain}`)]);
  const told = new Set([target.host, ...(identities.hostNames ?? [])].map(canonicalDomain));
  const isUsed = (name: string): boolean =>
    own.includes(name) || told.has(canonicalDomain(name)) || isReservedDomain(name) || isAddress(name, target.address);
  const each = [...new Map(names.toReversed().map((name) => [canonicalDomain(name), name])).values()].toReversed();
  return { used: each.filter(isUsed), unconfirmed: each.filter((name) => !isUsed(name)) };
}

function isAddress(name: string, address: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(name) && name === address;
}
