import { parseClientAddress } from '../smtp/client-address.ts';
import type { ClientAddress } from '../smtp/client-address.ts';
import { asksToRouteOn, splitEnvelopeAddress, stripSourceRoute } from '../smtp/envelope-address.ts';
import type { Flow } from './flow.ts';
import type { Policy, RuleName } from './policy.ts';
import { brokenRules } from './rules.ts';
import type { Facts } from './rules.ts';

/** One recipient of one transaction. Envelope addresses are without angle brackets; '' is the null sender. */
export interface RelayRequest {
  readonly ip: string;
  /** The login that the client proved; null and '' are none. */
  readonly login: string | null;
  readonly from: string;
  readonly to: string;
}

/** A request whose flow is known beforehand, as a scenario declares it. */
export interface DeclaredRequest {
  readonly ip: string;
  readonly login: string | null;
  readonly flow: Flow;
  /** A plain mailbox, or '' for the null sender. */
  readonly sender: string;
}

export interface Decision {
  readonly action: 'accept' | 'refuse';
  readonly flow: Flow;
  /** Whether the client address may relay by the two address lists. */
  readonly listed: boolean;
  /** Every broken rule, in the order of the policy; empty exactly when the action is accept. */
  readonly violated: readonly RuleName[];
  /** 530 where proving a login would be enough, else 550; only with a refusal (RFC 4954 section 6). */
  readonly code?: 530 | 550;
}

function decideOn(policy: Policy, facts: Facts): Decision {
  const violated = brokenRules(policy, facts);
  const { flow, listed } = facts;
  if (violated.length === 0) return { action: 'accept', flow, listed, violated };
  const loginIsEnough =
    policy.settings.logins.length > 0 && brokenRules(policy, { ...facts, authenticated: true }).length === 0;
  return { action: 'refuse', flow, listed, violated, code: loginIsEnough ? 530 : 550 };
}

function readAddress(ip: string): ClientAddress {
  const address = parseClientAddress(ip);
  if (address === null) throw new RangeError(`\`${ip}\` is no client address`);
  return address;
}

function factsOfClient(policy: Policy, ip: string): { readonly listed: boolean; readonly matchesAllow: boolean } {
  const address = readAddress(ip);
  const { allow, disallow } = policy;
  const matchesAllow = !allow.isBlank && allow.matches(address);
  return { matchesAllow, listed: allow.isBlank || disallow.isBlank || matchesAllow || !disallow.matches(address) };
}

/** Whether a recipient is the server's own to deliver. */
export function isOwnRecipient(policy: Pick<Policy, 'ownDomains'>, to: string): boolean {
  const { localPart, domain } = splitEnvelopeAddress(stripSourceRoute(to));
  return (domain === null || policy.ownDomains.includes(domain)) && !asksToRouteOn(localPart);
}

/** Whether a sender claims an own domain. */
export function isOwnSender(policy: Pick<Policy, 'ownDomains'>, from: string): boolean {
  const { domain } = splitEnvelopeAddress(from);
  return domain !== null && policy.ownDomains.includes(domain);
}

/** What a (sender, recipient) pair is to a server under a policy. */
export function flowOf(policy: Pick<Policy, 'ownDomains'>, from: string, to: string): Flow {
  const ownSender = isOwnSender(policy, from);
  if (isOwnRecipient(policy, to)) return ownSender ? 'internal' : 'inbound';
  return ownSender ? 'outbound' : 'relay';
}

/**
 * What the policy says to one recipient. Envelope addresses are classified, never rejected for their syntax; throws
 * RangeError only for an `ip` that is no address.
 */
export function decide(policy: Policy, request: RelayRequest): Decision {
  return decideOn(policy, {
    ...factsOfClient(policy, request.ip),
    flow: flowOf(policy, request.from, request.to),
    authenticated: request.login !== null && request.login !== '',
    nullSender: request.from === '',
    sender: request.from,
  });
}

/** The same rules on a flow that is declared, without a look at any recipient. Throws like `decide`. */
export function decideDeclared(policy: Policy, request: DeclaredRequest): Decision {
  return decideOn(policy, {
    ...factsOfClient(policy, request.ip),
    flow: request.flow,
    authenticated: request.login !== null && request.login !== '',
    nullSender: request.sender === '',
    sender: request.sender,
  });
}
