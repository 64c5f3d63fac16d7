import { DEFAULT_SETTINGS, type PolicySettings } from '../policy/settings.ts';
import type { Policy } from '../policy/policy.ts';
import type { AuditResult } from '../judge/audit.ts';
import { allScenarios, type Answer, type Catalogue, type Scenario } from '../scenario/scenario.ts';
import type { Vantage } from '../session/vantage.ts';
import type { ClientClass } from '../policy/client-classes.ts';

export function vantageOf({ address }: ClientClass): Vantage {
  return { kind: 'proxy', address, version: 1 };
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
  classes: readonly ClientClass[],
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

function authorComplaint(result: AuditResult, scenario: Scenario, classes: readonly ClientClass[]): string | null {
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
