import { canonicalDomain } from '../smtp/domain.ts';
import { isLoopbackInEveryReading } from './literal-readings.ts';

/** Whose mail may be asked for: nothing else is ever named in a RCPT command. */
export interface RecipientScope {
  /** Own domains of the target, without `*.`; their subdomains are theirs, too. */
  readonly ownDomains: readonly string[];
  /** The auditor's mailbox elsewhere; names below its domain are the auditor's, too. */
  readonly outside: string;
  /** Names of the target itself: what it calls itself, and its addresses as literals. */
  readonly targetNames: readonly string[];
  /** A label of chance: glued to an own domain it makes a name that nobody has. @default none */
  readonly freshLabel?: string;
  /** More names of the auditor: address literals, and domains whose mail the target is told to take. */
  readonly auditorNames?: readonly string[];
}

/** Names that belong to nobody (RFC 2606, RFC 6761). */
const RESERVED_TOP: ReadonlySet<string> = new Set(['test', 'example', 'invalid', 'localhost']);
const RESERVED_DOMAINS = ['example.com', 'example.net', 'example.org'];

/** Everything in a forward-path that could be read as a domain: what stands behind @ or %, before !, or holds a dot. */
const DOMAIN_LIKE = /\[[^\]]*\]|[^\s<>@%!,:;"'()\\|[\]=]+/gu;
const PASSED_OVER = /[\s"'\\()]/u;
const DOT = /[.\u3002\uff0e\uff61]/u;
/** Where some parser ends a name: at a control, an invisible character, or a dot that is none in ASCII (RFC 3490 §3.1). */
const ODD_DIVIDER = /[\p{Cc}\p{Cf}\u3002\uff0e\uff61]+/u;

/**
 * The names in a RCPT line that are outside of the scope; empty when the line may be sent. The one place that decides it:
 * the prober asks here right before it writes, whatever the scenario says. Every reading of a name has to be in scope.
 */
export function recipientsOutOfScope(line: string, scope: RecipientScope): readonly string[] {
  // +40 is an at-sign in the encapsulated addresses of gateways.
  const path = line.replace(/^\s*RCPT\s+TO\s*:/i, '').replaceAll('+40', '@');
  const names = [...path.matchAll(DOMAIN_LIKE)]
    .map((match) => ({
      text: match[0],
      before: lastTelling(path.slice(0, match.index)),
      after: firstTelling(path.slice(match.index + match[0].length)),
    }))
    .filter(isDomainLike)
    .map(({ text }) => text);
  return names.filter((name) => !readingsOf(name).every((reading) => isInScope(reading, scope)));
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
  // A domain packed into a local part stands behind an equals sign: user=elsewhere@own.
  return DOT.test(text) && ((after !== '@' && after !== '%') || before === '=');
}

/** The character before a name that some parser goes by: blanks, quotes and comments (RFC 5322 §3.2.2) are passed over. */
function lastTelling(text: string): string {
  let end = text.length;
  while (end > 0) {
    const character = text.charAt(end - 1);
    const comment = character === ')' ? text.lastIndexOf('(', end - 1) : -1;
    if (comment >= 0) end = comment;
    else if (PASSED_OVER.test(character)) end -= 1;
    else return character;
  }
  return '';
}

function firstTelling(text: string): string {
  let start = 0;
  while (start < text.length) {
    const character = text.charAt(start);
    const comment = character === '(' ? text.indexOf(')', start) : -1;
    if (comment >= 0) start = comment + 1;
    else if (PASSED_OVER.test(character)) start += 1;
    else return character;
  }
  return '';
}

/** The name as a whole, and the parts that a parser sees which stops at an odd character. */
function readingsOf(name: string): readonly string[] {
  return [name, ...name.split(ODD_DIVIDER)].filter((part) => /[^.]/u.test(part));
}

function isInScope(name: string, scope: RecipientScope): boolean {
  const domain = comparable(name);
  if (isLoopbackInEveryReading(domain)) return true;
  const exact = [...scope.targetNames, ...(scope.auditorNames ?? [])].map(comparable);
  if (exact.includes(domain) || isReservedDomain(domain)) return true;
  const { freshLabel } = scope;
  if (freshLabel !== undefined && scope.ownDomains.some((own) => domain === freshLabel + comparable(own))) return true;
  if (domain === freshNeighbour(scope)) return true;
  return [outsideDomainOf(scope), ...scope.ownDomains].some((own) => isWithin(domain, comparable(own)));
}

/** The one name beside the auditor's domain that may be asked for: the label of chance in the same top-level domain. */
export function freshNeighbour(scope: RecipientScope): string | null {
  const domain = comparable(outsideDomainOf(scope));
  return scope.freshLabel === undefined ? null : `${scope.freshLabel}.${domain.slice(domain.lastIndexOf('.') + 1)}`;
}

function outsideDomainOf({ outside }: RecipientScope): string {
  return outside.slice(outside.lastIndexOf('@') + 1);
}

/** Empty labels at either end name nobody else: looked up, they are dropped or refused. */
function comparable(name: string): string {
  let start = 0;
  let end = name.length;
  while (name.charAt(start) === '.') start += 1;
  while (end > start && name.charAt(end - 1) === '.') end -= 1;
  return canonicalDomain(name.slice(start, end));
}

function isWithin(name: string, domain: string): boolean {
  return name === domain || name.endsWith(`.${domain}`);
}
