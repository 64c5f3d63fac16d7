import { canonicalDomain } from '../smtp/domain.ts';

/** Whose mail may be asked for: nothing else is ever named in a RCPT command. */
export interface RecipientScope {
  /** Own domains of the target, without `*.`; their subdomains are theirs, too. */
  readonly ownDomains: readonly string[];
  /** The auditor's mailbox elsewhere. */
  readonly outside: string;
  /** Names of the target itself: what it calls itself, and its addresses as literals. */
  readonly targetNames: readonly string[];
}

/** Names that belong to nobody (RFC 2606, RFC 6761). */
const RESERVED_TOP: ReadonlySet<string> = new Set(['test', 'example', 'invalid', 'localhost', 'local']);
const RESERVED_DOMAINS = ['example.com', 'example.net', 'example.org'];
const LOOPBACK_LITERALS: ReadonlySet<string> = new Set(['[127.0.0.1]', '[ipv6:::1]']);

/** Everything in a forward-path that could be read as a domain: what stands behind @ or %, before !, or holds a dot. */
const DOMAIN_LIKE = /\[[^\]]*\]|[^\s<>@%!,:;"'()\\|[\]=]+/gu;

/**
 * The names in a RCPT line that are outside of the scope; empty when the line may be sent. The one place that decides it:
 * the prober asks here right before it writes, whatever the scenario says.
 */
export function recipientsOutOfScope(line: string, scope: RecipientScope): readonly string[] {
  const path = line.replace(/^\s*RCPT\s+TO\s*:/i, '');
  const names = [...path.matchAll(DOMAIN_LIKE)]
    .map((match) => ({
      text: match[0],
      before: path.charAt(match.index - 1),
      after: path.charAt(match.index + match[0].length),
    }))
    .filter(isDomainLike)
    .map(({ text }) => text);
  return names.filter((name) => !isInScope(name, scope));
}

/** Reserved for documentation and tests: mail to it annoys nobody. */
export function isReservedDomain(domain: string): boolean {
  const name = canonicalDomain(domain);
  const top = name.slice(name.lastIndexOf('.') + 1);
  return RESERVED_TOP.has(top) || RESERVED_DOMAINS.some((reserved) => isWithin(name, reserved));
}

interface Word {
  readonly text: string;
  readonly before: string;
  readonly after: string;
}

function isDomainLike({ text, before, after }: Word): boolean {
  if (text.startsWith('[') || before === '@' || before === '%' || after === '!') return true;
  return text.includes('.') && after !== '@' && after !== '%';
}

function isInScope(name: string, scope: RecipientScope): boolean {
  const domain = canonicalDomain(name);
  if (LOOPBACK_LITERALS.has(domain)) return true;
  const outsideDomain = canonicalDomain(scope.outside.slice(scope.outside.lastIndexOf('@') + 1));
  if (domain === outsideDomain || scope.targetNames.some((own) => canonicalDomain(own) === domain)) return true;
  return scope.ownDomains.some((own) => isWithin(domain, canonicalDomain(own))) || isReservedDomain(domain);
}

function isWithin(name: string, domain: string): boolean {
  return name === domain || name.endsWith(`.${domain}`);
}
