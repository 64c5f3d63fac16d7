import { parseClientAddress } from '../smtp/client-address.ts';
import { decide } from '../policy/decide.ts';
import { DEFAULT_SETTINGS, type PolicySettings } from '../policy/settings.ts';
import type { Policy } from '../policy/policy.ts';
import type { AuditResult } from '../judge/audit.ts';
import { allScenarios, type Answer, type Catalogue, type Scenario } from '../scenario/scenario.ts';
import type { Vantage } from '../session/vantage.ts';

/** A client address that stands for all that a policy treats alike. */
export interface VantageClass {
  readonly title: string;
  readonly address: string;
  readonly listed: boolean;
}

const LOOKED_AT_ENTRIES = 1000;

/** Addresses to try first, of every kind that a policy may tell apart. */
const CANDIDATES = [
  '10.0.0.10',
  '198.51.100.7',
  '127.0.0.1',
  '192.168.1.1',
  '172.16.0.1',
  '203.0.113.9',
  '8.8.8.8',
  '::1',
  '2001:db8::7',
  'fd00::7',
  'fe80::7',
  '2a00::7',
];

/**
 * One address for each combination of family, listed or not, and named by the allow list or not, as far as the policy has
 * such addresses among the candidates and its own entries.
 */
export function vantageClasses(policy: Policy): readonly VantageClass[] {
  const classes = new Map<string, VantageClass>();
  for (const address of [...CANDIDATES, ...entryAddresses(policy.settings)]) {
    const one = vantageClassOf(policy, address);
    if (one !== null && !classes.has(one.title)) classes.set(one.title, one);
  }
  return [...classes.values()];
}

/** The class of an address under a policy; null for text that is no address. */
export function vantageClassOf(policy: Policy, address: string): VantageClass | null {
  const client = parseClientAddress(address);
  if (client === null) return null;
  const { listed } = decide(policy, { ip: address, login: null, from: '', to: '' });
  const family = client.family === 4 ? 'IPv4' : 'IPv6';
  const named = policy.allow.matches(client) ? ', named' : '';
  return { title: `${family}, ${listed ? 'listed' : 'unlisted'}${named}`, address, listed };
}

export function vantageOf({ address }: VantageClass): Vantage {
  return { kind: 'proxy', address, version: 1 };
}

/** An address out of each entry, so that a class that only an entry opens is found. What is no address in the end is passed over. */
function entryAddresses({ allowRelayFrom, disallowRelayFrom }: PolicySettings): readonly string[] {
  const firstOf = (part: string): string => (part === '*' ? '7' : (part.split('-')[0] ?? part));
  return [...allowRelayFrom, ...disallowRelayFrom].slice(0, LOOKED_AT_ENTRIES).map((entry) => {
    const base = entry.replace(/\/\d+$/, '');
    return base.includes(':') ? base : base.split('.').map(firstOf).join('.');
  });
}

/** A place where the guard, the computed expectation and the author's word are not of one mind. */
export interface Disagreement {
  readonly scenario: string;
  readonly vantage: string;
  readonly login: string | null;
  readonly message: string;
}

/** Compares behaviour with expectation and, under the default policy, with what the scenario's author wrote by hand. */
export function disagreements(
  results: readonly AuditResult[],
  catalogue: Catalogue,
  policy: Policy,
  classes: readonly VantageClass[],
): readonly Disagreement[] {
  const scenarios = new Map(allScenarios(catalogue).map((scenario) => [scenario.id, scenario]));
  const isDefault = hasDefaultRules(policy.settings);
  return results.flatMap((result) => {
    const scenario = scenarios.get(result.scenario);
    if (scenario === undefined || result.verdict === 'skipped') return [];
    const { vantage, login } = result;
    const complaints = [behaviourComplaint(result), ...(isDefault ? [authorComplaint(result, scenario, classes)] : [])];
    return complaints.flatMap((message) =>
      message === null ? [] : [{ scenario: scenario.id, vantage, login, message }],
    );
  });
}

function behaviourComplaint(result: AuditResult): string | null {
  if (result.agrees === true) return null;
  return `expected ${result.expected.answer} (${result.expected.basis}), the guard: ${result.verdict}: ${result.reason}`;
}

function authorComplaint(result: AuditResult, scenario: Scenario, classes: readonly VantageClass[]): string | null {
  const listed =
    result.login !== null || classes.some(({ address, listed: is }) => is && result.vantage.endsWith(`=${address}`));
  const word: Answer = listed ? scenario.default.listed : scenario.default.unlisted;
  const did: Answer | null =
    result.verdict === 'refused'
      ? 'refuse'
      : result.verdict === 'accepted' || result.verdict === 'relayed'
        ? 'accept'
        : null;
  return did === word ? null : `the author says ${word}, the guard: ${result.verdict}: ${result.reason}`;
}

/** Whether all that decides is as the defaults have it; domains, users and logins may be any. */
export function hasDefaultRules(settings: PolicySettings): boolean {
  const { logins: _l, users: _u, ...rules } = DEFAULT_SETTINGS;
  return Object.entries(rules).every(
    ([key, value]) =>
      key in settings &&
      JSON.stringify(Object.entries(settings).find(([name]) => name === key)?.[1]) === JSON.stringify(value),
  );
}
