import type { AddressSet, AddressSpace } from './address-set.ts';
import { flowOf } from './decide.ts';
import { envelopeClasses } from './envelope-classes.ts';
import type { EnvelopeClasses } from './envelope-classes.ts';
import type { Flow } from './flow.ts';
import type { Policy } from './policy.ts';
import { brokenRules } from './rules.ts';
import type { RuleSettings } from './rules.ts';

/** A flow, with delivery reports (the null sender to a recipient that is not own) told apart from other relaying. */
export type MailKind = Flow | 'bounce';

/** The kinds of mail that a policy can refuse. */
export const REACH_FLOWS = ['internal', 'outbound', 'relay', 'bounce'] as const;
export type ReachFlow = (typeof REACH_FLOWS)[number];

/** The parts of the address space that a policy tells apart; within one, every client is treated alike. */
export interface Regions {
  /** Addresses that match an entry of the allow list. */
  readonly byEntry: AddressSet;
  /** Addresses that are listed for another reason: a blank list, or being on neither list. */
  readonly otherwise: AddressSet;
  readonly unlisted: AddressSet;
}

export type RegionName = keyof Regions;

export const REGION_NAMES = ['byEntry', 'otherwise', 'unlisted'] as const satisfies readonly RegionName[];

const REGION_FACTS: Readonly<Record<RegionName, { readonly listed: boolean; readonly matchesAllow: boolean }>> = {
  byEntry: { listed: true, matchesAllow: true },
  otherwise: { listed: true, matchesAllow: false },
  unlisted: { listed: false, matchesAllow: false },
};

export interface Envelope {
  readonly from: string;
  readonly to: string;
}

export function regionsOf(space: AddressSpace, policy: Pick<Policy, 'allow' | 'disallow'>): Regions {
  const { allow, disallow } = policy;
  if (allow.isBlank) return { byEntry: space.none, otherwise: space.all, unlisted: space.none };
  const byEntry = space.ofEntries(allow.entries);
  if (disallow.isBlank) return { byEntry, otherwise: space.complement(byEntry), unlisted: space.none };
  const denied = space.ofEntries(disallow.entries);
  const unlisted = space.subtract(denied, byEntry);
  return { byEntry, otherwise: space.complement(space.union(denied, byEntry)), unlisted };
}

export function kindOfMail(policy: Pick<Policy, 'ownDomains'>, { from, to }: Envelope): MailKind {
  const flow = flowOf(policy, from, to);
  return flow === 'relay' && from === '' ? 'bounce' : flow;
}

/** Whether an envelope is accepted from the clients of a region. */
export function isAccepted(
  policy: RuleSettings & Pick<Policy, 'ownDomains'>,
  region: RegionName,
  envelope: Envelope,
  authenticated: boolean,
): boolean {
  const facts = {
    ...REGION_FACTS[region],
    authenticated,
    flow: flowOf(policy, envelope.from, envelope.to),
    nullSender: envelope.from === '',
    sender: envelope.from,
  };
  return brokenRules(policy, facts).length === 0;
}

/** Exactly the client addresses from which an envelope is accepted. */
export function reachOf(
  space: AddressSpace,
  policy: RuleSettings & Pick<Policy, 'ownDomains'>,
  regions: Regions,
  envelope: Envelope,
  authenticated: boolean,
): AddressSet {
  const accepting = REGION_NAMES.filter((region) => isAccepted(policy, region, envelope, authenticated));
  if (accepting.length === REGION_NAMES.length) return space.all;
  return accepting
    .map((region) => regions[region])
    .reduce((set, region) => (set === space.none ? region : space.union(set, region)), space.none);
}

/** A policy with all that is needed to read its meaning. */
export interface PolicyReading {
  readonly space: AddressSpace;
  readonly policy: Policy;
  readonly regions: Regions;
  readonly classes: EnvelopeClasses;
}

export function readPolicy(space: AddressSpace, policy: Policy): PolicyReading {
  return { space, policy, regions: regionsOf(space, policy), classes: envelopeClasses([policy]) };
}

/** Every pair of a sender and a recipient that stand for their classes. */
export function envelopesOf({ senders, recipients }: EnvelopeClasses): Envelope[] {
  return senders.flatMap((from) => recipients.map((to) => ({ from, to })));
}
