import { canonicalDomain } from '../smtp/domain.ts';
import { splitEnvelopeAddress } from '../smtp/envelope-address.ts';
import type { OwnDomains } from '../policy/own-domains.ts';
import { fillText, type Names } from '../scenario/placeholder.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Caught } from '../session/caught.ts';
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
 * What it means that a canary came out: a null reverse-path to the sender is a bounce (RFC 5321 §4.5.5). A message for the
 * server's own mailbox may be forwarded to wherever its owner likes; only names of the audit itself tell of a leak then.
 */
export function caughtMeaning(
  caught: Caught,
  scenario: Pick<Scenario, 'declares'>,
  names: Names,
  ownDomains: OwnDomains,
): CaughtMeaning {
  if (isOwnMailbox(caught.to, ownDomains)) return 'delivered';
  const sender = fillText(scenario.declares.sender, names);
  if (caught.from === '' && sender.kind === 'filled' && sameMailbox(caught.to, sender.text)) return 'bounced';
  if (asksOutside(scenario)) return 'relayed';
  const domain = canonicalDomain(splitEnvelopeAddress(caught.to).domain ?? '');
  return domain === canonicalDomain(names['outside-domain'] ?? '') ? 'relayed' : 'delivered';
}

function sameMailbox(a: string, b: string): boolean {
  const [one, other] = [splitEnvelopeAddress(a), splitEnvelopeAddress(b)];
  return (
    one.localPart.toLowerCase() === other.localPart.toLowerCase() &&
    canonicalDomain(one.domain ?? '') === canonicalDomain(other.domain ?? '')
  );
}
