import type { Scenario } from '../scenario/scenario.ts';
import type { Caught } from '../session/caught.ts';
import type { SkippedProbe } from '../session/plan.ts';
import type { Transcript } from '../session/transcript.ts';
import type { AuditResult } from './audit.ts';
import { asksOutside } from './caught-meaning.ts';
import { agrees, type Expectation } from './expectation.ts';
import { skipText } from './skip-text.ts';
import { replyText, type Verdict } from './verdict.ts';

const EITHER: Expectation = { answer: 'either', basis: 'safe-answer', violated: [] };
/** Stands for the family of a scenario that no catalogue tells. */
const UNKNOWN_FAMILY = 'unknown';

/** What one session came to, held against what was expected. */
export function toResult(
  endpoint: string,
  scenario: Scenario,
  transcript: Transcript,
  verdict: Verdict,
  expected: Expectation,
  caught: readonly Caught[],
): AuditResult {
  return {
    endpoint,
    scenario: scenario.id,
    family: scenario.family,
    vantage: transcript.vantage,
    login: transcript.login,
    variant: transcript.variant,
    verdict: verdict.kind,
    stage: verdict.stage,
    reply: verdict.reply === null ? null : replyText(verdict.reply),
    reason: verdict.reason,
    expected,
    agrees: isSmuggled(transcript, verdict)
      ? scenario.safe === 'policy'
      : cameOutAsAsked(expected, verdict, caught) || agrees(expected, verdict, asksOutside(scenario)),
    transcript: transcript.id,
    ms: transcript.durationMs,
  };
}

/** A message that was to go out, and went to a name of the target's own host: no leak, and not lost either. */
function cameOutAsAsked({ answer }: Expectation, { kind }: Verdict, caught: readonly Caught[]): boolean {
  return answer === 'accept' && kind === 'swallowed' && caught.some(({ from }) => from !== '');
}

/** No policy lets a part of a message become a message of its own. */
function isSmuggled({ smuggled }: Transcript, { kind }: Verdict): boolean {
  return typeof smuggled === 'string' && kind === 'relayed';
}

/**
 * A session that nobody can judge, since the catalogue does not hold its scenario: what it found would be lost in silence, and
 * the audit be called closed, where a run is judged by another catalogue than it was run with.
 */
export function unknownResult(
  endpoint: string,
  { id, scenario, vantage, login, variant, durationMs }: Transcript,
): AuditResult {
  return {
    endpoint,
    scenario,
    family: UNKNOWN_FAMILY,
    vantage,
    login,
    variant,
    verdict: 'inconclusive',
    stage: null,
    reply: null,
    reason: 'the catalogue does not hold this scenario: judge with the --scenarios that it was run with',
    expected: EITHER,
    agrees: null,
    transcript: id,
    ms: durationMs,
  };
}

/** A session that was not run; nothing for a scenario that the catalogue does not know. */
export function skippedResult(
  endpoint: string,
  skipped: SkippedProbe,
  scenarios: ReadonlyMap<string, Scenario>,
): readonly AuditResult[] {
  const scenario = scenarios.get(skipped.scenario);
  if (scenario === undefined) return [];
  const { vantage, login, variant } = skipped;
  return [
    {
      endpoint,
      scenario: scenario.id,
      family: scenario.family,
      vantage,
      login,
      variant,
      verdict: 'skipped',
      stage: null,
      reply: null,
      reason: skipText(skipped.reason),
      expected: EITHER,
      agrees: null,
      transcript: null,
      ms: 0,
    },
  ];
}
