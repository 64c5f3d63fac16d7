import { formatAddressEntry } from './address-entry.ts';
import type { AddressEntry } from './address-entry.ts';
import type { AddressSet, AddressSpace } from './address-set.ts';
import { openings } from './open-relay.ts';
import type { PolicyReading } from './policy-reach.ts';
import { publicAddresses, publicCountOf } from './public-addresses.ts';

/** Something in a policy that is probably not what its author meant. */
export interface Lint {
  readonly setting: string;
  readonly text: string;
  /** The entries of a list that it is about. */
  readonly entries?: readonly string[];
}

/** An allow entry with more public addresses than this is worth a second look: a /24, a /64. */
const WIDE_IPV4 = 256;
const WIDE_IPV6 = 1n << 64n;

type ListName = 'allowRelayFrom' | 'disallowRelayFrom';

function lintEffects(
  space: AddressSpace,
  setting: ListName,
  entries: readonly AddressEntry[],
  texts: readonly string[],
  allowed: AddressSet,
): Lint[] {
  const seen = new Set<string>();
  const repeated: string[] = [];
  const distinct: { readonly entry: AddressEntry; readonly text: string }[] = [];
  for (const [at, entry] of entries.entries()) {
    const key = formatAddressEntry(entry);
    const text = texts[at] ?? key;
    if (seen.has(key)) repeated.push(text);
    else distinct.push({ entry, text });
    seen.add(key);
  }
  const twice = space.ofEntries(
    distinct.map(({ entry }) => entry),
    2,
  );
  const covered = distinct.filter(({ entry }) => space.holds(twice, entry)).map(({ text }) => text);
  const beaten =
    setting === 'allowRelayFrom'
      ? []
      : distinct.filter(({ entry }) => space.holds(allowed, entry)).map(({ text }) => text);
  return [
    { setting, text: 'entries that repeat another one', entries: repeated },
    { setting, text: 'entries without effect: other entries cover every address of each', entries: covered },
    { setting, text: 'entries without effect: the allow list has every address of each, and it wins', entries: beaten },
  ].filter((lint) => lint.entries.length > 0);
}

function lintLists({ space, policy, regions }: PolicyReading): Lint[] {
  const { allow, disallow, settings } = policy;
  const lints: Lint[] = [];
  if (allow.isBlank)
    lints.push({
      setting: 'allowRelayFrom',
      text: 'is blank, which is no restriction: every client address is listed',
    });
  if (disallow.isBlank)
    lints.push({
      setting: 'disallowRelayFrom',
      text: 'is blank, which is no restriction: every client address is listed',
    });
  const open = space.count(regions.otherwise);
  if (!allow.isBlank && !disallow.isBlank && !space.isEmpty(regions.otherwise)) {
    const text =
      open.ipv4 === 0
        ? `leaves IPv6 open: ${open.ipv6} IPv6 addresses are on neither list, and so are listed; "*.*.*.*" covers both families`
        : `is not everything: ${open.ipv4} IPv4 and ${open.ipv6} IPv6 addresses are on neither list, and so are listed`;
    lints.push({ setting: 'disallowRelayFrom', text });
  }
  const known = publicAddresses(space);
  const { ipv4, ipv6 } = space.count(space.intersect(regions.byEntry, known));
  if (ipv4 > 0 || ipv6 > 0n) {
    lints.push({
      setting: 'allowRelayFrom',
      text: `is wider than private space: ${ipv4} public IPv4 and ${ipv6} public IPv6 addresses`,
    });
    const wide = settings.allowRelayFrom.filter((_, at) => {
      const entry = allow.entries[at];
      const count = entry && publicCountOf(entry);
      return count !== undefined && (count.ipv4 > WIDE_IPV4 || count.ipv6 > WIDE_IPV6);
    });
    if (wide.length > 0)
      lints.push({
        setting: 'allowRelayFrom',
        text: 'entries with more public addresses than a /24 or a /64',
        entries: wide,
      });
  }
  return [
    ...lints,
    ...lintEffects(space, 'allowRelayFrom', allow.entries, settings.allowRelayFrom, regions.byEntry),
    ...lintEffects(space, 'disallowRelayFrom', disallow.entries, settings.disallowRelayFrom, regions.byEntry),
  ];
}

function lintSwitches(reading: PolicyReading): Lint[] {
  const { settings } = reading.policy;
  const lints: Lint[] = [];
  for (const name of ['restrictInternal', 'restrictOutbound', 'restrictRelay'] as const) {
    const { toListedIps, toAuthenticated } = settings[name];
    if (toListedIps && toAuthenticated) {
      lints.push({
        setting: `${name}.toListedIps`,
        text: `is useless beside ${name}.toAuthenticated: a login lifts the address check, and without one nobody may`,
      });
    }
    if (toAuthenticated && settings.logins.length === 0) {
      lints.push({ setting: `${name}.toAuthenticated`, text: 'is on, but the policy has no login: nobody may' });
    }
  }
  if (settings.userRestrictSend && settings.users.length === 0) {
    lints.push({
      setting: 'userRestrictSend',
      text: 'is on, but the policy has no user: nobody can send to a foreign address',
    });
  }
  const byStrangers = openings(reading).filter(({ region }) => region !== 'byEntry');
  if (settings.domainRestrictSend && byStrangers.some(({ kind }) => kind === 'outbound')) {
    lints.push({
      setting: 'domainRestrictSend',
      text: 'stands alone: a sender is only a claim, and anybody may claim an own one',
    });
  }
  return lints;
}

/** Looks for what is probably not meant: blank and wide lists, entries and switches without effect. */
export function lintPolicy(reading: PolicyReading): Lint[] {
  return [...lintLists(reading), ...lintSwitches(reading)];
}
