import { createAddressSpace } from './address-set.ts';
import type { AddressSet, Reach } from './address-set.ts';
import { closingChanges } from './closing.ts';
import type { ClosingChange } from './closing.ts';
import { lintPolicy } from './lint.ts';
import type { Lint } from './lint.ts';
import { openReasons } from './open-relay.ts';
import type { OpenReason } from './open-relay.ts';
import { envelopesOf, kindOfMail, REACH_FLOWS, reachOf, readPolicy } from './policy-reach.ts';
import type { PolicyReading, ReachFlow } from './policy-reach.ts';
import type { Policy } from './policy.ts';
import { publicAddresses } from './public-addresses.ts';

export interface LoginReach {
  readonly anonymous: Reach;
  readonly authenticated: Reach;
}

/** A policy read by its meaning; serialisable. */
export interface Explanation {
  /** For each kind of mail, the exact set of client addresses from which some sender of it is accepted. */
  readonly flows: Readonly<Record<ReachFlow, LoginReach>>;
  readonly openRelay: boolean;
  /** Why it is an open relay; empty if it is none. */
  readonly reasons: readonly OpenReason[];
  /** The public addresses that entries of the allow list match, open relay or not. */
  readonly publicAllowed: Reach;
  /** The smallest changes that close it, each on its own enough, the mildest first. */
  readonly closing: readonly ClosingChange[];
  readonly lints: readonly Lint[];
}

function flowReach({ space, policy, regions, classes }: PolicyReading): Record<ReachFlow, LoginReach> {
  const envelopes = envelopesOf(classes);
  const reach = (flow: ReachFlow, authenticated: boolean): Reach => {
    const sets = envelopes
      .filter((envelope) => kindOfMail(policy, envelope) === flow)
      .map((envelope) => reachOf(space, policy, regions, envelope, authenticated));
    return space.reach(
      sets.reduce<AddressSet>((all, set) => (all === space.none ? set : space.union(all, set)), space.none),
    );
  };
  const both = (flow: ReachFlow): LoginReach => ({ anonymous: reach(flow, false), authenticated: reach(flow, true) });
  const [internal, outbound, relay, bounce] = REACH_FLOWS;
  return { internal: both(internal), outbound: both(outbound), relay: both(relay), bounce: both(bounce) };
}

/** Says of a policy exactly who may send what, whether that makes an open relay, and what would close it. */
export function explainPolicy(policy: Policy): Explanation {
  const reading = readPolicy(createAddressSpace(), policy);
  const { space, regions } = reading;
  const reasons = openReasons(reading);
  return {
    flows: flowReach(reading),
    openRelay: reasons.length > 0,
    reasons,
    publicAllowed: space.reach(space.intersect(regions.byEntry, publicAddresses(space))),
    closing: reasons.length > 0 ? closingChanges(reading, reasons) : [],
    lints: lintPolicy(reading),
  };
}
