import { canonicalDomain, isAddressLiteral } from '../smtp/domain.ts';

/** The compiled `domains` of a policy. */
export interface OwnDomains {
  /** Whether a domain, in any spelling, is one that the server receives mail for. */
  readonly includes: (domain: string) => boolean;
}

const WILDCARD = '*.';

/** A sentence on what is wrong with an entry of `domains`, or null. */
export function domainFault(entry: string): string | null {
  const isWildcard = entry.startsWith(WILDCARD);
  const name = canonicalDomain(isWildcard ? entry.slice(WILDCARD.length) : entry);
  if (!isWildcard && isAddressLiteral(name)) return null;
  const labels = name.split('.');
  if (name.includes('*')) return `domain \`${entry}\`: a wildcard stands only in front, as in *.example.com`;
  if (name.includes('@')) return `domain \`${entry}\`: a domain has no \`@\`, write example.com`;
  const isName = name.length <= 253 && labels.every((label) => /^[a-z\d_-]{1,63}$/u.test(label));
  return isName
    ? null
    : `domain \`${entry}\`: no domain name, write one such as example.com, *.example.com or [192.0.2.1]`;
}

/** Compiles `domains`. `*.example.com` admits every name that ends in `.example.com` with something before it. */
export function compileOwnDomains(entries: readonly string[]): OwnDomains {
  const exact = new Set<string>();
  const parents = new Set<string>();
  for (const entry of entries) {
    if (entry.startsWith(WILDCARD)) parents.add(canonicalDomain(entry.slice(WILDCARD.length)));
    else exact.add(canonicalDomain(entry));
  }
  const hasParent = (name: string): boolean => {
    for (let dot = name.indexOf('.', 1); dot >= 0; dot = name.indexOf('.', dot + 1)) {
      if (parents.has(name.slice(dot + 1))) return true;
    }
    return false;
  };
  return {
    includes: (domain) => {
      const name = canonicalDomain(domain);
      return exact.has(name) || (parents.size > 0 && hasParent(name));
    },
  };
}
