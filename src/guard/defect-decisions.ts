import { decide } from '../policy/decide.ts';
import type { Decision, RelayRequest } from '../policy/decide.ts';
import type { Policy } from '../policy/policy.ts';
import { canonicalDomain } from '../smtp/domain.ts';
import { splitEnvelopeAddress } from '../smtp/envelope-address.ts';
import type { SessionFacts } from './session-facts.ts';
import type { GuardSteps } from './steps.ts';

type Decide = GuardSteps['decide'];
type Exemption = (request: RelayRequest, facts: SessionFacts, policy: Policy, sound: Decision) => boolean;

/** A decision that waves some requests through and leaves the rest to the policy. */
export function exempting(isExempt: Exemption): Decide {
  return (policy, request, facts) => {
    const sound = decide(policy, request);
    const { flow, listed } = sound;
    return isExempt(request, facts, policy, sound) ? { action: 'accept', flow, listed, violated: [] } : sound;
  };
}

/** Names by which a host calls itself. */
export const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', 'localhost.localdomain', '[127.0.0.1]']);

/** A decision that turns some requests away that the policy admits. */
export function refusing(isRefused: (request: RelayRequest) => boolean): Decide {
  return (policy, request) => {
    const sound = decide(policy, request);
    return isRefused(request) ? { ...sound, action: 'refuse', code: 550 } : sound;
  };
}

/** A decision for which every mailbox is one of `users`. */
export const withoutUserCheck: Decide = (policy, request) =>
  decide({ ...policy, settings: { ...policy.settings, userRestrictSend: false } }, request);

/** A decision for which more domains are own ones than the policy says. @param alike compares a domain with an own one */
export function countingAsOwn(alike: (domain: string, own: string) => boolean): Decide {
  return (policy, request) => {
    const asOwn = (address: string): string => {
      const domain = canonicalDomain(domainOf(address) ?? '');
      const own = ownNames(policy).find((name) => alike(domain, name));
      return own === undefined || policy.ownDomains.includes(domain) ? address : `user@${own}`;
    };
    return decide(policy, { ...request, from: asOwn(request.from), to: asOwn(request.to) });
  };
}

/** A decision on another recipient than the one that gets the message. */
export function decidingOn(recipient: (request: RelayRequest, facts: SessionFacts) => string): Decide {
  return (policy, request, facts) => decide(policy, { ...request, to: recipient(request, facts) });
}

/** A decision for which some clients are listed that the lists do not name. */
export function mistakingForListed(mistaken: (ip: string) => boolean): Decide {
  return (policy, request) => decide(mistaken(request.ip) ? withoutAddressChecks(policy) : policy, request);
}

function withoutAddressChecks(policy: Policy): Policy {
  const { settings } = policy;
  return {
    ...policy,
    settings: {
      ...settings,
      restrictInternal: { ...settings.restrictInternal, toListedIps: false },
      restrictOutbound: { ...settings.restrictOutbound, toListedIps: false },
      restrictRelay: { ...settings.restrictRelay, toListedIps: false },
    },
  };
}

export function domainOf(address: string): string | null {
  return splitEnvelopeAddress(address).domain;
}

export function localPartOf(address: string): string {
  return splitEnvelopeAddress(address).localPart;
}

/** The own domains of a policy by name; those that stand for subdomains only are left out. */
function ownNames(policy: Policy): readonly string[] {
  return policy.settings.domains.filter((name) => !name.startsWith('*.')).map(canonicalDomain);
}
