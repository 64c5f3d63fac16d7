import { canonicalDomain } from '../smtp/domain.ts';
import { splitEnvelopeAddress } from '../smtp/envelope-address.ts';
import type { OwnDomains } from '../policy/own-domains.ts';
import { fillText, type Names } from '../scenario/placeholder.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Caught } from '../session/caught.ts';
import { isLoopbackInEveryReading } from '../session/literal-readings.ts';
import type { CaughtMeaning } from './observed-by.ts';

/** Whether a scenario asks for mail to leave the server. */
export function asksOutside({ declares }: Pick<Scenario, 'declares'>): boolean {
  return declares.flow === 'outbound' || declares.flow === 'relay';
}

/** A mailbox without a domain is the server's own. */
export function isOwnMailbox(mailbox: string, ownDomains: OwnDomains): boolean {
  const { domain } = splitEnvelopeAddress(mailbox);
  return domain === null || ownDomains.includes(domain);
}

/** Where mail for the server's own users belongs. */
export interface OwnPlaces {
  readonly ownDomains: OwnDomains;
  /** Mailboxes for which the canaries of positive controls came out: a user forwards, or a host behind has its mail. */
  readonly controlsWentTo: readonly string[];
}

/**
 * What it means that a canary came out: a null reverse-path to a sender of the session is a bounce (RFC 5321 §4.5.5). A
 * gateway hands its own mail on, too, and may write the recipient with the name or address of the host behind it: only a
 * name that this audit brought along tells of a leak, and one that neither it nor a control knows leaves a doubt.
 */
export function caughtMeaning(
  caught: Caught,
  scenario: Pick<Scenario, 'declares' | 'steps'>,
  names: Names,
  { ownDomains, controlsWentTo }: OwnPlaces,
): CaughtMeaning {
  if (caught.from === '' && isSenderOf(caught.to, scenario, names)) return 'bounced';
  if (isOwnMailbox(caught.to, ownDomains)) return 'delivered';
  if (controlsWentTo.some((one) => sameMailbox(one, caught.to))) {
    const isPlainOwn = !asksOutside(scenario) && scenario.declares.form === 'plain';
    // Where own mail goes to the very mailbox that the audit asks for, the two cannot be told apart.
    return isPlainOwn || !sameMailbox(caught.to, names.outside ?? '') ? 'delivered' : 'forwarded';
  }
  // An at-sign with nothing behind it names no host.
  const domain = domainOf(caught.to.replace(/@{1,8}$/, ''));
  if (isWithinOutside(domain, names)) return 'relayed';
  if (!asksOutside(scenario) || isOfTarget(domain, names)) return 'delivered';
  if (domainsNamedBy(scenario, names).has(domain)) return 'relayed';
  return controlsWentTo.some((one) => domainOf(one) === domain) ? 'delivered' : 'elsewhere';
}

/** Whether the session names the mailbox as a sender, and as no recipient; a route before it (RFC 5321 §4.1.1.3) is passed over. */
function isSenderOf(mailbox: string, scenario: Pick<Scenario, 'declares' | 'steps'>, names: Names): boolean {
  const declared = fillText(scenario.declares.sender, names);
  if (declared.kind === 'filled' && sameMailbox(mailbox, declared.text)) return true;
  const commands = linesOf(scenario, names).map((line) => line.toLowerCase());
  const namesIt = (verb: string): boolean =>
    commands.some((line) => line.startsWith(verb) && line.includes(mailbox.toLowerCase()));
  return namesIt('mail') && !namesIt('rcpt');
}

function domainOf(mailbox: string): string {
  return canonicalDomain(splitEnvelopeAddress(mailbox).domain ?? '');
}

/** Whether a mailbox is in the auditor's domain elsewhere. */
export function isOfOutside(mailbox: string, names: Names): boolean {
  return isWithinOutside(domainOf(mailbox), names);
}

function isWithinOutside(domain: string, names: Names): boolean {
  const outside = canonicalDomain(names['outside-domain'] ?? '');
  return domain === outside || domain.endsWith(`.${outside}`);
}

/** Names of the server itself, and of whatever host reads them as itself. */
function isOfTarget(domain: string, { host = '', literal = '' }: Names): boolean {
  return (
    [host, literal].map(canonicalDomain).includes(domain) || domain === 'localhost' || isLoopbackInEveryReading(domain)
  );
}

/** Every word of the session that may be a domain, in the form in which domains are compared. */
function domainsNamedBy(scenario: Pick<Scenario, 'steps'>, names: Names): ReadonlySet<string> {
  const words = linesOf(scenario, names).flatMap((line) => line.match(/[^\s<>@%!,;:"'()=]+/gu) ?? []);
  return new Set(words.map(canonicalDomain));
}

/** What the session sends, filled; several lines in one text are taken apart at their written line ends. */
function linesOf({ steps }: Pick<Scenario, 'steps'>, names: Names): readonly string[] {
  return steps
    .flatMap(({ send }) => send)
    .flatMap((sent) => ('text' in sent ? [fillText(sent.text, names)] : []))
    .flatMap((filled) => (filled.kind === 'filled' ? filled.text.split(/\\[rn]/) : []));
}

function sameMailbox(a: string, b: string): boolean {
  const [one, other] = [splitEnvelopeAddress(a), splitEnvelopeAddress(b)];
  return (
    one.localPart.toLowerCase() === other.localPart.toLowerCase() &&
    canonicalDomain(one.domain ?? '') === canonicalDomain(other.domain ?? '')
  );
}
