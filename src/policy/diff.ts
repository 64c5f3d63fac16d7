import { createAddressSpace } from './address-set.ts';
import type { AddressSet, AddressSpace, FamilyReach } from './address-set.ts';
import { decide } from './decide.ts';
import { envelopeClasses } from './envelope-classes.ts';
import type { Witness } from './open-relay.ts';
import { envelopesOf, kindOfMail, reachOf, regionsOf } from './policy-reach.ts';
import type { Envelope, MailKind, Regions } from './policy-reach.ts';
import type { Policy } from './policy.ts';
import { publicAddresses } from './public-addresses.ts';

/** Client addresses for which a change of policy decides otherwise on some mail of one kind. */
export interface Change {
  /** The kind of mail, as the policy that accepts it sees it. */
  readonly flow: MailKind;
  readonly login: 'anonymous' | 'authenticated';
  readonly ipv4: FamilyReach;
  readonly ipv6: FamilyReach;
  /** A request that one policy accepts and the other refuses. */
  readonly witness: Witness;
  /** The fewest settings that, changed alone, decide so on the witness. */
  readonly because: readonly string[];
}

export interface PolicyDiff {
  /** What the new policy accepts and the old one refused. */
  readonly opens: readonly Change[];
  readonly closes: readonly Change[];
}

interface Side {
  readonly policy: Policy;
  readonly regions: Regions;
}

interface Difference {
  readonly flow: MailKind;
  readonly authenticated: boolean;
  readonly set: AddressSet;
  /** An envelope for which the policies differ, and where. */
  readonly envelope: Envelope;
  readonly where: AddressSet;
}

/** A setting with a way to take it over from another policy. */
const TAKEN_OVER: Readonly<Record<string, (from: Policy, to: Policy) => Policy>> = {
  domains: (from, to) => ({ ...to, ownDomains: from.ownDomains }),
  users: (from, to) => ({ ...to, isUser: from.isUser }),
  allowRelayFrom: (from, to) => ({ ...to, allow: from.allow }),
  disallowRelayFrom: (from, to) => ({ ...to, disallow: from.disallow }),
  'restrictInternal.toListedIps': takeSwitch('restrictInternal', 'toListedIps'),
  'restrictInternal.toAuthenticated': takeSwitch('restrictInternal', 'toAuthenticated'),
  'restrictOutbound.toListedIps': takeSwitch('restrictOutbound', 'toListedIps'),
  'restrictOutbound.toAuthenticated': takeSwitch('restrictOutbound', 'toAuthenticated'),
  'restrictRelay.toListedIps': takeSwitch('restrictRelay', 'toListedIps'),
  'restrictRelay.toAuthenticated': takeSwitch('restrictRelay', 'toAuthenticated'),
  domainRestrictSend: (from, to) => ({
    ...to,
    settings: { ...to.settings, domainRestrictSend: from.settings.domainRestrictSend },
  }),
  userRestrictSend: (from, to) => ({
    ...to,
    settings: { ...to.settings, userRestrictSend: from.settings.userRestrictSend },
  }),
};

function takeSwitch(
  name: 'restrictInternal' | 'restrictOutbound' | 'restrictRelay',
  key: 'toListedIps' | 'toAuthenticated',
): (from: Policy, to: Policy) => Policy {
  return (from, to) => {
    const restriction = { ...to.settings[name], [key]: from.settings[name][key] };
    return { ...to, settings: { ...to.settings, [name]: restriction } };
  };
}

/** The fewest settings of `accepting` with which `refusing` accepts the witness too. */
function causesOf(accepting: Policy, refusing: Policy, witness: Witness): string[] {
  const names = Object.keys(TAKEN_OVER);
  const isEnough = (chosen: readonly string[]): boolean => {
    const mixed = chosen.reduce((policy, name) => TAKEN_OVER[name]?.(accepting, policy) ?? policy, refusing);
    return decide(mixed, witness).action === 'accept';
  };
  const search = (from: number, size: number, chosen: readonly string[]): readonly string[] | null => {
    if (size === 0) return isEnough(chosen) ? chosen : null;
    for (let at = from; at <= names.length - size; at += 1) {
      const found = search(at + 1, size - 1, [...chosen, names[at] ?? '']);
      if (found !== null) return found;
    }
    return null;
  };
  for (let size = 1; size <= names.length; size += 1) {
    const found = search(0, size, []);
    if (found !== null) return [...found];
  }
  return [];
}

/** Where `accepting` accepts and `refusing` does not, one difference for each kind of mail and login. */
function differences(space: AddressSpace, accepting: Side, refusing: Side): Difference[] {
  const found = new Map<string, Difference>();
  for (const envelope of envelopesOf(envelopeClasses([accepting.policy, refusing.policy]))) {
    const flow = kindOfMail(accepting.policy, envelope);
    for (const authenticated of [false, true]) {
      const where = space.subtract(
        reachOf(space, accepting.policy, accepting.regions, envelope, authenticated),
        reachOf(space, refusing.policy, refusing.regions, envelope, authenticated),
      );
      if (space.isEmpty(where)) continue;
      const key = `${flow} ${authenticated}`;
      const before = found.get(key);
      if (before === undefined) found.set(key, { flow, authenticated, set: where, envelope, where });
      else found.set(key, { ...before, set: space.union(before.set, where) });
    }
  }
  return [...found.values()];
}

function describe(space: AddressSpace, accepting: Policy, refusing: Policy, difference: Difference): Change {
  const { flow, authenticated, set, envelope, where } = difference;
  const ip = space.pick(where, publicAddresses(space)) ?? '';
  // Any proven login counts: its name is not looked up.
  const [known] = accepting.settings.logins;
  const login = authenticated ? (known?.user ?? 'relayproof') : null;
  const witness = { ip, login, ...envelope };
  const { ipv4, ipv6 } = space.reach(set);
  const because = causesOf(accepting, refusing, witness);
  return { flow, login: authenticated ? 'authenticated' : 'anonymous', ipv4, ipv6, witness, because };
}

/**
 * What a change of policy opens and closes, exactly: empty on both sides if and only if the two policies accept the same
 * requests. Policies that are the same but for their spelling show no difference.
 */
export function diffPolicies(older: Policy, newer: Policy): PolicyDiff {
  const space = createAddressSpace();
  const before: Side = { policy: older, regions: regionsOf(space, older) };
  const after: Side = { policy: newer, regions: regionsOf(space, newer) };
  return {
    opens: differences(space, after, before).map((one) => describe(space, newer, older, one)),
    closes: differences(space, before, after).map((one) => describe(space, older, newer, one)),
  };
}
