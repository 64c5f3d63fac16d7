import type { AddressSet, AddressSpace } from './address-set.ts';
import { addressEntry } from './address-entry.ts';
import { envelopesOf, isAccepted, kindOfMail, REGION_NAMES } from './policy-reach.ts';
import type { Envelope, MailKind, PolicyReading, RegionName } from './policy-reach.ts';
import type { Policy } from './policy.ts';
import { hasManyPublic, publicAddresses } from './public-addresses.ts';

/** A request that `decide` accepts: proof of what an explanation says. */
export interface Witness {
  readonly ip: string;
  readonly login: string | null;
  readonly from: string;
  readonly to: string;
}

export interface OpenReason {
  /** The key of the policy file that lets strangers through. */
  readonly setting: string;
  readonly text: string;
  readonly witness: Witness;
}

type OpenKind = Extract<MailKind, 'relay' | 'outbound' | 'bounce'>;

interface OpenKindInfo {
  readonly does: string;
  readonly restriction: 'restrictRelay' | 'restrictOutbound';
}

const OPEN_KINDS: Readonly<Record<OpenKind, OpenKindInfo>> = {
  relay: { does: 'send from a foreign address to a foreign address', restriction: 'restrictRelay' },
  outbound: { does: 'send to a foreign address in the name of an own one', restriction: 'restrictOutbound' },
  bounce: { does: 'send to a foreign address with the null sender', restriction: 'restrictRelay' },
};

function isOpenKind(kind: MailKind): kind is OpenKind {
  return kind in OPEN_KINDS;
}

/** A way in that anonymous clients of a region have. */
interface Opening {
  readonly kind: OpenKind;
  readonly region: RegionName;
  readonly envelope: Envelope;
}

/** Every kind of mail that anonymous clients can send outward, with the regions that they can come from. */
export function openings({ space, policy, regions, classes }: PolicyReading): Opening[] {
  const found = new Map<string, Opening>();
  const inhabited = REGION_NAMES.filter((region) => !space.isEmpty(regions[region]));
  for (const envelope of envelopesOf(classes)) {
    const kind = kindOfMail(policy, envelope);
    if (!isOpenKind(kind)) continue;
    for (const region of inhabited) {
      const key = `${kind} ${region}`;
      if (!found.has(key) && isAccepted(policy, region, envelope, false)) found.set(key, { kind, region, envelope });
    }
  }
  return [...found.values()];
}

/** Whether a way in is one for strangers: through no entry of the allow list, or through entries far too wide. */
export function isForStrangers(opening: Opening, isWide: boolean): boolean {
  return opening.region !== 'byEntry' || isWide;
}

/** An address of a set as a stranger would have it: a documentation address, else a public one, else any. */
function strangerIn(space: AddressSpace, set: AddressSet): string {
  const examples = space.ofEntries(['203.0.113.9', '2001:db8::9'].map(addressEntry));
  const example = space.intersect(set, examples);
  return space.pick(space.isEmpty(example) ? set : example, publicAddresses(space)) ?? '';
}

interface Cause {
  readonly setting: string;
  readonly why: string;
}

/** The settings that let an opening be, each of which has to change or has another beside it that must. */
function causesOf(policy: Policy, opening: Opening, many: string): Cause[] {
  const { settings, allow, disallow } = policy;
  const { restriction } = OPEN_KINDS[opening.kind];
  if (opening.region === 'byEntry') return [{ setting: 'allowRelayFrom', why: `its entries admit ${many}` }];
  const blank = 'it is blank, which lists every client address';
  const partial = 'it leaves out addresses, and an address on neither list is listed';
  const isOtherwise = opening.region === 'otherwise';
  const causes: readonly (Cause & { readonly holds: boolean })[] = [
    {
      setting: `${restriction}.toListedIps`,
      why: 'it is off, so the address lists are not asked',
      holds: !settings[restriction].toListedIps,
    },
    { setting: 'allowRelayFrom', why: blank, holds: isOtherwise && allow.isBlank },
    { setting: 'disallowRelayFrom', why: blank, holds: isOtherwise && disallow.isBlank },
    { setting: 'disallowRelayFrom', why: partial, holds: isOtherwise && !allow.isBlank && !disallow.isBlank },
    {
      setting: 'domainRestrictSend',
      why: 'it is off, so the sender need not be an own one',
      holds: opening.kind !== 'outbound' && !settings.domainRestrictSend,
    },
  ];
  return causes.filter(({ holds }) => holds);
}

/** Why strangers can send outward through a policy, a reason for each setting and kind of mail; none if they cannot. */
export function openReasons(reading: PolicyReading): OpenReason[] {
  const { space, policy, regions } = reading;
  const publicByEntry = space.intersect(regions.byEntry, publicAddresses(space));
  const isWide = hasManyPublic(space, publicByEntry);
  const { ipv4, ipv6 } = space.count(publicByEntry);
  const many = `${ipv4} public IPv4 and ${ipv6} public IPv6 addresses`;
  const reasons = new Map<string, OpenReason>();
  for (const opening of openings(reading).filter((one) => isForStrangers(one, isWide))) {
    const set = opening.region === 'byEntry' ? publicByEntry : regions[opening.region];
    const witness = { ip: strangerIn(space, set), login: null, ...opening.envelope };
    for (const { setting, why } of causesOf(policy, opening, many)) {
      const text = `strangers can ${OPEN_KINDS[opening.kind].does}: ${setting}: ${why}`;
      if (!reasons.has(text)) reasons.set(text, { setting, text, witness });
    }
  }
  return [...reasons.values()];
}
