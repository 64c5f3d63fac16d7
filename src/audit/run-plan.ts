import { asksOutside } from '../judge/caught-meaning.ts';
import { FRESH_DESTINATION, SAME_TOP_LEVEL } from '../judge/known-destination.ts';
import { PLAIN_EQUIVALENT } from '../judge/plain-equivalent.ts';
import type { RunRecord } from '../judge/judge-audit.ts';
import type { RunPlan } from '../probe/audit-run.ts';
import { deferralOf } from '../probe/deferral.ts';
import { claimsProxy } from '../probe/proxy-header.ts';
import { allScenarios, type Scenario } from '../scenario/scenario.ts';
import type { Probe } from '../session/plan.ts';
import { wasTaken, type Transcript } from '../session/transcript.ts';
import { vantageLabel } from '../session/vantage.ts';
import type { AuditRequest } from './request.ts';

/**
 * How far the server let the survey come: `greeted` with a word of SMTP, `silent` where connections are taken and nobody
 * speaks, `none` without a connection.
 */
export type Contact = 'greeted' | 'silent' | 'none';

/** Questions that are asked of a server that is silent: it may wait for the PROXY header that each of them begins with. */
const MOST_ASKED_OF_SILENT = 3;

/** Controls and plain questions first; a positive control of each vantage serves as its sentinel. */
export function runPlanOf(
  probes: readonly Probe[],
  { catalogue, prove, isGuard, previous }: Pick<AuditRequest, 'catalogue' | 'prove' | 'isGuard' | 'previous'>,
  contact: Contact,
): RunPlan {
  const scenarios = new Map(allScenarios(catalogue).map((scenario) => [scenario.id, scenario]));
  const scenarioOf = (probe: Probe): Scenario | undefined => scenarios.get(probe.script.scenario);
  const isFirst = (probe: Probe): boolean => {
    const scenario = scenarioOf(probe);
    return scenario !== undefined && (scenario.role !== 'probe' || isPlain(scenario));
  };
  if (contact !== 'greeted')
    return {
      first: untilGreeted(probes, contact),
      rest: [],
      known: [],
      sentinels: new Map(),
      isPointless: () => false,
    };
  const controls = probes.filter((probe) => scenarioOf(probe)?.role === 'positive-control');
  const sentinels = new Map(controls.toReversed().map((probe) => [vantageLabel(probe.vantage), probe]));
  for (const probe of controls) if (probe.login === null) sentinels.set(vantageLabel(probe.vantage), probe);
  return {
    first: probes.filter(isFirst),
    rest: probes.filter((probe) => !isFirst(probe)),
    known: previous === null ? [] : conclusive(previous, scenarios),
    sentinels,
    // A guard is asked everything: there it is the guard that is tested. With messages every trick is worth its try: one may come out where the plain question is only swallowed.
    isPointless: (probe, first) => !prove && !isGuard && plainWasAccepted(probe, scenarioOf(probe), first),
  };
}

/** Where nobody answers, one probe tells as much as all. */
function untilGreeted(probes: readonly Probe[], contact: Contact): readonly Probe[] {
  const claims = contact === 'silent' ? probes.filter(({ script }) => claimsProxy(script)) : [];
  return claims.length > 0 ? claims.slice(0, MOST_ASKED_OF_SILENT) : probes.slice(0, 1);
}

/**
 * Sessions of an earlier run that came to an answer, and that nothing puts in doubt. Between two runs nobody watches what
 * comes out, so what was sent to the outside and not seen is no answer.
 */
function conclusive(
  { transcripts, turned, caught }: RunRecord,
  scenarios: ReadonlyMap<string, Scenario>,
): readonly Transcript[] {
  const doubted = new Set(turned.flatMap((turn) => turn.doubted));
  const seen = new Set(caught.map(({ canary }) => canary));
  return transcripts.filter((transcript) => {
    const { kind } = transcript.end;
    const cameToAnEnd = kind === 'completed' || kind === 'diverged' || kind === 'not-offered';
    const scenario = scenarios.get(transcript.scenario);
    const leftUnseen =
      wasTaken(transcript) && !seen.has(transcript.canary) && scenario !== undefined && asksOutside(scenario);
    return cameToAnEnd && !leftUnseen && deferralOf(transcript) === null && !doubted.has(transcript.id);
  });
}

/** What is asked without a trick; for relaying twice more, with fresh names that no list of destinations holds. */
function isPlain({ id, declares }: Scenario): boolean {
  return PLAIN_EQUIVALENT[declares.flow] === id || id === FRESH_DESTINATION || id === SAME_TOP_LEVEL;
}

function plainWasAccepted(probe: Probe, scenario: Scenario | undefined, first: readonly Transcript[]): boolean {
  const plain = scenario === undefined ? null : PLAIN_EQUIVALENT[scenario.declares.flow];
  return first.some((transcript) => {
    const isSamePlace =
      transcript.scenario === plain &&
      transcript.vantage === vantageLabel(probe.vantage) &&
      transcript.login === probe.login;
    const last = transcript.asked.at(-1);
    return isSamePlace && transcript.end.kind === 'completed' && last !== undefined && last.reply.code < 400;
  });
}
