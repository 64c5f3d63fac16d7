import { canonicalDomain } from '../smtp/domain.ts';
import { isLoopbackInEveryReading } from './literal-readings.ts';
import { domainsIn, partsOf } from './mailbox-words.ts';
import { readingsOf } from './readings.ts';

/** Whose mail may be asked for: no mailbox of anybody else is ever named on the wire. */
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
  /** Domains that may stand in a reverse-path and in a message, but not in a recipient: those of the audit's senders. */
  readonly senders?: readonly string[];
  /** Mailboxes that the operator named, beside `outside`: their local parts hide no other name. @default none */
  readonly mailboxes?: readonly string[];
  /** Who answers for the audit, in the operator's own words; a line of the message says so. @default nobody */
  readonly contact?: string;
}

/** Names that belong to nobody (RFC 2606, RFC 6761). */
const RESERVED_TOP: ReadonlySet<string> = new Set(['test', 'example', 'invalid', 'localhost']);
const RESERVED_DOMAINS = ['example.com', 'example.net', 'example.org'];

const HOST_NAME = /[\w.-]*/y;
/** Without any of these a line that holds no verb names no mailbox in any reading. */
const MAY_NAME = /[@%!&=+([{\x80-\xff]|[\s_]at[\s_]/i;
/** Sessions of an audit say much the same: what was read in a line is kept. */
const KNOWN_LINES = new WeakMap<RecipientScope, Map<string, readonly string[]>>();
const MOST_KNOWN_LINES = 5000;
const LONGEST_KNOWN_LINE = 500;
/** A verb may be cut by blanks, which lax servers drop. */
const RECIPIENT_VERB = verbs('rcpt', 'vrfy', 'expn', 'etrn', 'atrn');
const SENDER_VERB = verbs('mailfrom', 'sendfrom', 'samlfrom', 'somlfrom');

/**
 * The names in a command line that are outside of the scope; empty when the line may be sent. Every reading of a name has
 * to be in scope.
 */
export function recipientsOutOfScope(line: string, scope: RecipientScope): readonly string[] {
  return namesOutOfScope(Buffer.from(line, 'utf8').toString('latin1'), scope);
}

/**
 * The domains of mailboxes in a line that are outside of the scope, in the first reading that has any, whatever a server takes the line for: a command, a
 * part of one, or a line of a message. `senders` may stand everywhere but in a command for recipients.
 * @param line a character a byte (Latin-1)
 */
export function namesOutOfScope(line: string, scope: RecipientScope): readonly string[] {
  if (!MAY_NAME.test(line) && !RECIPIENT_VERB.test(line) && !SENDER_VERB.test(line)) return [];
  const known = KNOWN_LINES.get(scope) ?? new Map<string, readonly string[]>();
  KNOWN_LINES.set(scope, known);
  const names = known.get(line) ?? readNames(line, scope);
  if (known.size < MOST_KNOWN_LINES && line.length < LONGEST_KNOWN_LINE) known.set(line, names);
  return names;
}

function readNames(line: string, scope: RecipientScope): readonly string[] {
  const isRecipient = remembered((name) => isInScope(name, scope));
  const isNamed = remembered(
    (name) => isRecipient(name) || (scope.senders ?? []).some((own) => isWithin(comparable(name), comparable(own))),
  );
  const locals = new Set(ownMailboxes(scope).map((mailbox) => localPartOf(mailbox).toLowerCase()));
  const isKnown = (word: string): boolean => locals.has(word.toLowerCase());
  const known = {
    isName: (word: string): boolean => partsOf(word).every(isNamed),
    isNameAt: (text: string, index: number): boolean => isNamed(hostNameAt(text, index)),
  };
  for (const text of readingsOf(withDividers(line, scope), known)) {
    const recipientsFrom = indexOf(text, RECIPIENT_VERB);
    const sendersFrom = Math.min(recipientsFrom, indexOf(text, SENDER_VERB));
    const named = [
      ...domainsIn(text.slice(0, sendersFrom), 'text', isKnown),
      ...domainsIn(text.slice(sendersFrom, recipientsFrom), 'command', isKnown),
    ].filter((one) => !one.some(isNamed));
    const asked = domainsIn(text.slice(recipientsFrom), 'command', isKnown).filter((one) => !one.some(isRecipient));
    if (named.length > 0 || asked.length > 0) return [...new Set([...named, ...asked].map(([name]) => name))];
  }
  return [];
}

/** Reserved for documentation and tests: mail to it annoys nobody. */
export function isReservedDomain(domain: string): boolean {
  const name = canonicalDomain(domain);
  const top = name.slice(name.lastIndexOf('.') + 1);
  return RESERVED_TOP.has(top) || RESERVED_DOMAINS.some((reserved) => isWithin(name, reserved));
}

function verbs(...words: readonly string[]): RegExp {
  return new RegExp(words.map((word) => word.split('').join('[\\s\\p{Cc}\\p{Cf}]*')).join('|'), 'iu');
}

function indexOf(text: string, verb: RegExp): number {
  return verb.exec(text)?.index ?? text.length;
}

/** A control divides, and glues nothing to another name, right before a mailbox that the operator named or before a verb. */
function withDividers(line: string, scope: RecipientScope): string {
  if (!/[\0-\x08\x0a-\x1f]/.test(line)) return line;
  const divided = line.replace(/[\0\r\n](?=rcpt|mail)/giu, ' ');
  return ownMailboxes(scope).reduce((text, mailbox) => {
    const written = Buffer.from(mailbox, 'utf8').toString('latin1');
    const [first = '', ...others] = text.split(written);
    return others.reduce((before, after) => before.replace(/[\0-\x1f]$/, ' ') + written + after, first);
  }, divided);
}

function ownMailboxes({ outside, mailboxes }: RecipientScope): readonly string[] {
  return [outside, ...(mailboxes ?? [])].filter((mailbox) => mailbox.includes('@'));
}

function localPartOf(mailbox: string): string {
  return mailbox.slice(0, mailbox.lastIndexOf('@'));
}

function hostNameAt(text: string, index: number): string {
  HOST_NAME.lastIndex = index;
  return HOST_NAME.exec(text)?.[0] ?? '';
}

/** Names come again in every reading of a line. */
function remembered(decide: (name: string) => boolean): (name: string) => boolean {
  const decided = new Map<string, boolean>();
  return (name) => {
    const before = decided.get(name) ?? decide(name);
    decided.set(name, before);
    return before;
  };
}

export function isInScope(name: string, scope: RecipientScope): boolean {
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
