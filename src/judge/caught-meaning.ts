import { canonicalDomain } from '../smtp/domain.ts';
import { splitEnvelopeAddress } from '../smtp/envelope-address.ts';
import type { OwnDomains } from '../policy/own-domains.ts';
import { fillText, type Names } from '../scenario/placeholder.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Caught } from '../session/caught.ts';
import { isLoopbackInEveryReading } from '../session/literal-readings.ts';
import type { CaughtMeaning } from './observe.ts';

/** Whether a scenario asks for mail to leave the server. */
export function asksOutside({ declares }: Pick<Scenario, 'declares'>): boolean {
  return declares.flow === 'outbound' || declares.flow === 'relay';
}

/** A mailbox without a domain is the server's own. */
export function isOwnMailbox(mailbox: string, ownDomains: OwnDomains): boolean {
  const { domain } = splitEnvelopeAddress(mailbox);
  return domain === null || ownDomains.includes(domain);
}

/**
 * What it means that a canary came out: a null reverse-path to the sender is a bounce (RFC 5321 §4.5.5). A gateway hands
 * its own mail on, too, and may write the recipient with the name or address of the host behind it: only a name that this
 * audit brought along tells of a leak.
 */
export function caughtMeaning(
  caught: Caught,
  scenario: Pick<Scenario, 'declares' | 'steps'>,
  names: Names,
  ownDomains: OwnDomains,
): CaughtMeaning {
  const sender = fillText(scenario.declares.sender, names);
  if (caught.from === '' && sender.kind === 'filled' && sameMailbox(caught.to, sender.text)) return 'bounced';
  if (isOwnMailbox(caught.to, ownDomains)) return 'delivered';
  // An at-sign with nothing behind it names no host.
  const domain = canonicalDomain(splitEnvelopeAddress(caught.to.replace(/@{1,8}$/, '')).domain ?? '');
  const outside = canonicalDomain(names['outside-domain'] ?? '');
  if (domain === outside || domain.endsWith(`.${outside}`)) return 'relayed';
  return asksOutside(scenario) && !isOfTarget(domain, names) && domainsNamedBy(scenario, names).has(domain)
    ? 'relayed'
    : 'delivered';
}

/** Names of the server itself, and of whatever host reads them as itself. */
function isOfTarget(domain: string, { host = '', literal = '' }: Names): boolean {
  return (
    [host, literal].map(canonicalDomain).includes(domain) || domain === 'localhost' || isLoopbackInEveryReading(domain)
  );
}

/** Every word of the session that may be a domain, in the form in which domains are compared. */
function domainsNamedBy({ steps }: Pick<Scenario, 'steps'>, names: Names): ReadonlySet<string> {
  const lines = steps
    .flatMap(({ send }) => send)
    .flatMap((sent) => ('text' in sent ? [fillText(sent.text, names)] : []))
    .flatMap((filled) => (filled.kind === 'filled' ? [filled.text] : []));
  return new Set(lines.flatMap((line) => line.match(/[^\s<>@%!,;:"'()=]+/gu) ?? []).map(canonicalDomain));
}

function sameMailbox(a: string, b: string): boolean {
  const [one, other] = [splitEnvelopeAddress(a), splitEnvelopeAddress(b)];
  return (
    one.localPart.toLowerCase() === other.localPart.toLowerCase() &&
    canonicalDomain(one.domain ?? '') === canonicalDomain(other.domain ?? '')
  );
}
