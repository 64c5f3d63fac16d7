import { canonicalDomain } from './domain.ts';
import { splitEnvelopeAddress, stripSourceRoute } from './envelope-address.ts';

/** Ways in which an address asks the server it is given to for another recipient than the one it names last. */
export type RoutingOperator =
  /** `@own:user@elsewhere` */
  | 'source-route'
  /** `"user@elsewhere"@own` or `user\@elsewhere@own` */
  | 'quoted-address'
  /** `user@elsewhere@own` */
  | 'double-at'
  /** `elsewhere!user@own` */
  | 'bang-path'
  /** `user%elsewhere@own` */
  | 'percent-hack';

export interface FinalRecipient {
  /** The mailbox that finally gets the message: `user@domain`, or a local part alone. */
  readonly mailbox: string;
  /** The operators undone on the way, outermost first. */
  readonly undone: readonly RoutingOperator[];
}

/** A local part without its quotes, each quoted pair reduced to the character it stands for. */
function withoutQuotes(localPart: string): string {
  return localPart.replace(/\\([^])|["\\]/gu, '$1');
}

/** One step of rewriting a local part of the server's own: the address it stands for, or null where it is a plain one. */
function routeOn(localPart: string): { readonly address: string; readonly operator: RoutingOperator } | null {
  const bare = withoutQuotes(localPart);
  if (bare.includes('@')) return { address: bare, operator: bare === localPart ? 'double-at' : 'quoted-address' };
  // A bang path is read before a percent sign, as in `own!user%elsewhere`, where both readings end elsewhere.
  const bang = bare.indexOf('!');
  if (bang >= 0) return { address: `${bare.slice(bang + 1)}@${bare.slice(0, bang)}`, operator: 'bang-path' };
  const percent = bare.lastIndexOf('%');
  if (percent >= 0)
    return { address: `${bare.slice(0, percent)}@${bare.slice(percent + 1)}`, operator: 'percent-hack' };
  return null;
}

/**
 * Who really gets a message that a server is asked to deliver to `address`, if it obeys every routing operator
 * (RFC 5321 section 4.1.2 and appendix F.2 for source routes; the others are older custom).
 * `ownNames` are the names for which the server looks at local parts: its domains, host names and address literals.
 */
export function finalRecipient(address: string, ownNames: Iterable<string>): FinalRecipient {
  const own = new Set(Array.from(ownNames, canonicalDomain));
  const undone: RoutingOperator[] = [];
  let current = address;
  for (;;) {
    for (let stripped = stripSourceRoute(current); stripped !== current; stripped = stripSourceRoute(current)) {
      undone.push('source-route');
      current = stripped;
    }
    const { localPart, domain } = splitEnvelopeAddress(current);
    const isLocal = domain === null || domain === '' || own.has(canonicalDomain(domain));
    const next = isLocal ? routeOn(localPart) : null;
    if (next === null) return { mailbox: domain === '' ? localPart : current, undone };
    undone.push(next.operator);
    current = next.address;
  }
}
