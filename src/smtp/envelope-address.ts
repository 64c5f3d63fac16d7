/** An envelope address as any server might be handed it: taken apart, not judged. */
export interface EnvelopeAddress {
  /** As written, quotes and backslashes included. */
  readonly localPart: string;
  /** As written; null where there is no unquoted `@` at all (`postmaster`). */
  readonly domain: string | null;
}

/** The index of the last `@` that is neither inside quotes nor after a backslash, or -1. */
function lastUnquotedAt(address: string): number {
  if (!/["\\]/u.test(address)) return address.lastIndexOf('@');
  let quoted = false;
  let found = -1;
  for (let index = 0; index < address.length; index += 1) {
    const character = address[index];
    if (character === '\\') index += 1;
    else if (character === '"') quoted = !quoted;
    else if (character === '@' && !quoted) found = index;
  }
  return found;
}

/**
 * Splits at the last unquoted `@`. Never throws; an address without its closing quote is quoted to its end.
 */
export function splitEnvelopeAddress(address: string): EnvelopeAddress {
  const at = lastUnquotedAt(address);
  return at < 0
    ? { localPart: address, domain: null }
    : { localPart: address.slice(0, at), domain: address.slice(at + 1) };
}

/** A route up to its colon. A colon in quotes or inside a literal (`@[IPv6:::1]:user@c`) does not end it. */
const SOURCE_ROUTE = /^@(?:\[[^\]]*\]|"(?:[^"\\]|\\[^])*"|\\[^]|[^:"\\[])*:/u;

/** Removes one source route, `@a,@b:user@c` to `user@c` (RFC 5321 appendix F.2: servers ignore it). */
export function stripSourceRoute(address: string): string {
  return address.startsWith('@') ? address.replace(SOURCE_ROUTE, '') : address;
}

/**
 * Whether a local part asks the server to route the message on: `user%elsewhere`, `elsewhere!user`, `"user@elsewhere"`.
 * Quotes and backslashes do not hide an operator.
 */
export function asksToRouteOn(localPart: string): boolean {
  return /[%!@]/u.test(localPart);
}
