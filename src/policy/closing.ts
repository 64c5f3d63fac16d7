import { isDeepStrictEqual } from 'node:util';
import { decide } from './decide.ts';
import { isForStrangers, openings } from './open-relay.ts';
import type { OpenReason } from './open-relay.ts';
import { regionsOf } from './policy-reach.ts';
import type { PolicyReading } from './policy-reach.ts';
import { changedPolicy } from './policy.ts';
import type { Policy } from './policy.ts';
import { hasManyPublic, isMany, publicAddresses, publicCountOf } from './public-addresses.ts';
import { DEFAULT_SETTINGS } from './settings.ts';
import type { PolicySettings } from './settings.ts';

/** One setting and what it should be. */
export interface SettingChange {
  readonly setting: string;
  readonly to: boolean | readonly string[];
}

/** Changes that together close an open relay. */
export interface ClosingChange {
  readonly changes: readonly SettingChange[];
  /** The same in words. */
  readonly text: string;
}

interface Candidate {
  readonly change: SettingChange;
  readonly text: string;
  readonly apply: (settings: PolicySettings) => PolicySettings;
}

const DENY_ALL = ['*.*.*.*'];
/** More settings than this at once are no small change. */
const MOST_CHANGES = 4;
const MOST_SUGGESTIONS = 5;

function switchOn(setting: 'restrictOutbound' | 'restrictRelay', key: 'toListedIps' | 'toAuthenticated'): Candidate {
  return {
    change: { setting: `${setting}.${key}`, to: true },
    text: `turn on ${setting}.${key}`,
    apply: (settings) => ({ ...settings, [setting]: { ...settings[setting], [key]: true } }),
  };
}

/** The allow list without its widest public entries, if that is enough to make it a narrow one. */
function narrowedAllow(policy: Policy): Candidate | null {
  const { entries } = policy.allow;
  const counts = entries.map(publicCountOf);
  for (const most of [65_536, 4096, 256, 16, 0]) {
    const isKept = counts.map(({ ipv4, ipv6 }) => ipv4 <= most && ipv6 <= BigInt(most) << 64n);
    // Entries that overlap are counted twice, which errs on the safe side.
    let [ipv4, ipv6] = [0, 0n];
    for (const [at, count] of counts.entries()) {
      if (isKept[at] === true) [ipv4, ipv6] = [ipv4 + count.ipv4, ipv6 + count.ipv6];
    }
    if (isMany({ ipv4, ipv6 })) continue;
    const kept = policy.settings.allowRelayFrom.filter((_, at) => isKept[at]);
    if (kept.length === 0) break;
    return {
      change: { setting: 'allowRelayFrom', to: kept },
      text: 'take the widest public entries out of allowRelayFrom',
      apply: (settings) => ({ ...settings, allowRelayFrom: kept }),
    };
  }
  return null;
}

/** Single settings that could close a policy, those that stop the least legitimate mail first. */
function candidatesFor(policy: Policy): Candidate[] {
  const { settings } = policy;
  const privateAllow: Candidate = {
    change: { setting: 'allowRelayFrom', to: DEFAULT_SETTINGS.allowRelayFrom },
    text: 'set allowRelayFrom to private addresses',
    apply: (changed) => ({ ...changed, allowRelayFrom: DEFAULT_SETTINGS.allowRelayFrom }),
  };
  const denyAll: Candidate = {
    change: { setting: 'disallowRelayFrom', to: DENY_ALL },
    text: 'set disallowRelayFrom to "*.*.*.*"',
    apply: (changed) => ({ ...changed, disallowRelayFrom: DENY_ALL }),
  };
  const domainRestrict: Candidate = {
    change: { setting: 'domainRestrictSend', to: true },
    text: 'turn on domainRestrictSend',
    apply: (changed) => ({ ...changed, domainRestrictSend: true }),
  };
  const narrowed = policy.allow.isBlank ? null : narrowedAllow(policy);
  return [
    denyAll,
    switchOn('restrictRelay', 'toListedIps'),
    switchOn('restrictOutbound', 'toListedIps'),
    domainRestrict,
    narrowed ?? privateAllow,
    switchOn('restrictRelay', 'toAuthenticated'),
    switchOn('restrictOutbound', 'toAuthenticated'),
  ].filter(({ apply }) => !isDeepStrictEqual(apply(settings), settings));
}

/** Choices of `size` items, in the order of the list. */
function choicesOf<T>(items: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, at) => choicesOf(items.slice(at + 1), size - 1).map((rest) => [item, ...rest]));
}

/**
 * The smallest changes that close an open relay: single settings are tried first, then two at a time, and so on. Each is
 * checked by reading the changed policy anew, and by deciding again on the witness of every reason.
 */
export function closingChanges(reading: PolicyReading, reasons: readonly OpenReason[]): ClosingChange[] {
  const { space, policy } = reading;
  const known = publicAddresses(space);
  const readings = new Map<string, PolicyReading>();
  // Switches change nothing about the regions: they are made anew only for lists that differ.
  const readWith = (settings: PolicySettings): PolicyReading => {
    const sameAllow = settings.allowRelayFrom === policy.settings.allowRelayFrom;
    const sameDisallow = settings.disallowRelayFrom === policy.settings.disallowRelayFrom;
    if (sameAllow && sameDisallow) return reading;
    const key = `${sameAllow} ${sameDisallow}`;
    const before = readings.get(key);
    if (before !== undefined) return before;
    const changed = changedPolicy(policy, settings);
    const read = { ...reading, policy: changed, regions: regionsOf(space, changed) };
    readings.set(key, read);
    return read;
  };
  const isClosedBy = (chosen: readonly Candidate[]): boolean => {
    const settings = chosen.reduce((changed, { apply }) => apply(changed), policy.settings);
    const read = readWith(settings);
    const changed = { ...read, policy: changedPolicy(read.policy, settings) };
    const isWide = hasManyPublic(space, space.intersect(read.regions.byEntry, known));
    const stillOpen = openings(changed).some((opening) => isForStrangers(opening, isWide));
    return !stillOpen && reasons.every(({ witness }) => decide(changed.policy, witness).action === 'refuse');
  };

  const candidates = candidatesFor(policy);
  for (let size = 1; size <= Math.min(MOST_CHANGES, candidates.length); size += 1) {
    const closing = choicesOf(candidates, size).filter(isClosedBy);
    if (closing.length > 0) {
      return closing.slice(0, MOST_SUGGESTIONS).map((chosen) => ({
        changes: chosen.map(({ change }) => change),
        text: chosen.map(({ text }) => text).join(', and '),
      }));
    }
  }
  return [];
}
