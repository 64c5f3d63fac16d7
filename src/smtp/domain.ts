import { toASCII } from 'tr46';
import { formatIpv6, parseIpv6 } from './client-address.ts';

/** No name in DNS is longer than 253 octets, so a longer one equals no own domain and is not worth mapping. */
const LONGEST_WORTH_MAPPING = 1000;

/** Lower-cases A to Z only: `toLowerCase` would fold letters such as U+212A (KELVIN SIGN) into ASCII ones. */
export function lowerCaseAscii(text: string): string {
  return text.replace(/[A-Z]+/gu, (letters) => letters.toLowerCase());
}

export function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/u.test(text);
}

/** `[192.0.2.1]` or `[IPv6:2001:db8::1]` (RFC 5321 section 4.1.3), by its brackets alone. */
export function isAddressLiteral(domain: string): boolean {
  return domain.startsWith('[') && domain.endsWith(']');
}

/** An IPv6 literal in RFC 5952 form, any other one in lower case. */
function canonicalLiteral(literal: string): string {
  const lower = lowerCaseAscii(literal);
  const words = lower.startsWith('[ipv6:') ? parseIpv6(lower.slice(6, -1)) : null;
  return words === null ? lower : `[ipv6:${formatIpv6(words)}]`;
}

/**
 * The form in which two domains are compared: lower-case A-labels (RFC 5890), one trailing dot removed,
 * address literals normalised. Text that is no domain at all comes back in lower case; nothing is ever thrown.
 */
export function canonicalDomain(domain: string): string {
  let name = domain;
  if (isAscii(domain)) {
    // Valid A-labels are their own canonical form, so plain ASCII needs no UTS #46.
    name = domain.toLowerCase();
  } else {
    // Without the checks on direction and joiners: they say which names may be registered, not which are the same.
    const worthMapping = domain.length <= LONGEST_WORTH_MAPPING && domain.isWellFormed();
    name = (worthMapping ? toASCII(domain) : null) ?? lowerCaseAscii(domain);
  }
  if (name.endsWith('.')) name = name.slice(0, -1);
  return isAddressLiteral(name) ? canonicalLiteral(name) : name;
}
