import { parse } from 'tldts';
import { canonicalDomain } from './domain.ts';

/**
 * Whether anybody may register a name right below a domain, such as `com` or `co.uk`. By the part of the public suffix list
 * that registries keep: what companies list of their own (`github.io`) may be one's own domain. Names that no registry has
 * are not in it.
 */
export function isPublicSuffix(domain: string): boolean {
  const name = canonicalDomain(domain);
  const { publicSuffix, isIcann } = parse(name, { allowPrivateDomains: false, extractHostname: false });
  return isIcann === true && publicSuffix === name;
}

/** What is wrong with a public suffix as an own domain, plain or behind `*.`; null for any other domain. */
export function suffixFault(entry: string): string | null {
  const domain = entry.replace(/^\*\./, '');
  return isPublicSuffix(domain)
    ? `\`${entry}\` holds domains of many owners (it is a public suffix): write the domain that you registered, such as example.${domain} or *.example.${domain}`
    : null;
}
