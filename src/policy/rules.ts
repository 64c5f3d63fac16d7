import type { Flow } from './flow.ts';
import type { Policy, RuleName } from './policy.ts';
import type { PolicySettings, Restriction } from './settings.ts';

/** What a decision rests on, once addresses have been read. */
export interface Facts {
  readonly flow: Flow;
  readonly listed: boolean;
  readonly authenticated: boolean;
  readonly nullSender: boolean;
  readonly sender: string;
  /** Whether the client address matches an entry of a non-blank allow list. */
  readonly matchesAllow: boolean;
}

interface RestrictedFlow {
  readonly restriction: (settings: PolicySettings) => Restriction;
  readonly toListedIps: RuleName;
  readonly toAuthenticated: RuleName;
}

const RESTRICTED: Readonly<Record<Exclude<Flow, 'inbound'>, RestrictedFlow>> = {
  internal: {
    restriction: (settings) => settings.restrictInternal,
    toListedIps: 'restrictInternal.toListedIps',
    toAuthenticated: 'restrictInternal.toAuthenticated',
  },
  outbound: {
    restriction: (settings) => settings.restrictOutbound,
    toListedIps: 'restrictOutbound.toListedIps',
    toAuthenticated: 'restrictOutbound.toAuthenticated',
  },
  relay: {
    restriction: (settings) => settings.restrictRelay,
    toListedIps: 'restrictRelay.toListedIps',
    toAuthenticated: 'restrictRelay.toAuthenticated',
  },
};

/** What of a policy its rules look at. */
export type RuleSettings = Pick<Policy, 'settings' | 'isUser'>;

/** Every rule of the policy that is broken, in its order; none is an acceptance. */
export function brokenRules(policy: RuleSettings, facts: Facts): RuleName[] {
  const { settings } = policy;
  const { flow, authenticated } = facts;
  const broken: RuleName[] = [];
  if (flow === 'inbound') return broken;

  const { restriction, toListedIps, toAuthenticated } = RESTRICTED[flow];
  const restricted = restriction(settings);
  if (restricted.toListedIps && !facts.listed && !authenticated) broken.push(toListedIps);
  if (restricted.toAuthenticated && !authenticated) broken.push(toAuthenticated);
  if (flow === 'internal') return broken;

  // The real mail server behind a guard must be able to send its delivery reports (RFC 5321 section 4.5.5).
  const exemptBounce = facts.nullSender && (authenticated || facts.matchesAllow);
  if (exemptBounce) return broken;
  if (settings.domainRestrictSend && flow === 'relay') broken.push('domainRestrictSend');
  if (settings.userRestrictSend && !policy.isUser(facts.sender)) broken.push('userRestrictSend');
  return broken;
}
