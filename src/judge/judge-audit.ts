import { compileOwnDomains } from '../policy/own-domains.ts';
import { policyDigest } from '../policy/policy-digest.ts';
import type { Policy } from '../policy/policy.ts';
import type { Caught } from '../session/caught.ts';
import type { SkippedProbe } from '../session/plan.ts';
import type { Transcript } from '../session/transcript.ts';
import { namesOfVariant } from '../session/variant.ts';
import { fillText, type Names } from '../scenario/placeholder.ts';
import { allScenarios, type Catalogue, type Scenario } from '../scenario/scenario.ts';
import {
  AUDIT_SCHEMA,
  type Audit,
  type AuditControl,
  type AuditEndpoint,
  type AuditFamily,
  type AuditTarget,
} from './audit.ts';
import {
  acceptsAnyMailbox,
  believe,
  positiveControlFor,
  toControl,
  type Control,
  type Observation,
} from './control.ts';
import { skippedResult, toResult } from './audit-result.ts';
import { expectationFor, type Expectation } from './expectation.ts';
import { findings, worstFirst } from './finding.ts';
import { lostAddresses } from './lost-address.ts';
import type { JudgedSession } from './hole.ts';
import { KnownDestinations } from './known-destination.ts';
import { asksOutside, caughtMeaning, isOfOutside, type OwnPlaces } from './caught-meaning.ts';
import { observe } from './observe.ts';
import { withoutRecipientOnly } from './recipient-only.ts';
import { guessSoftware, SOFTWARE_NAMES } from './software.ts';
import { summarize } from './summary.ts';
import { replyText, type Verdict } from './verdict.ts';

/** Everything that a run left behind; JSON-serialisable but for the policy, so that it can be judged again. */
export interface RunRecord {
  readonly toolVersion: string;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly target: Omit<AuditTarget, 'software'>;
  readonly authorizedBy: string | null;
  readonly names: Names;
  readonly ownDomains: readonly string[];
  /** Client address that each vantage claims or binds, by its name. */
  readonly vantageAddresses: Readonly<Record<string, string | null>>;
  readonly proved: boolean;
  /** Whether somebody watched what came out. */
  readonly watched: boolean;
  readonly isGuard: boolean;
  readonly interrupted: boolean;
  readonly transcripts: readonly Transcript[];
  readonly skipped: readonly SkippedProbe[];
  /** Vantages from which the server began to answer otherwise, with the ids of the sessions that this puts in doubt. */
  readonly turned: readonly {
    readonly vantage: string;
    readonly doubted: readonly string[];
    readonly unasked: readonly string[];
    readonly reason: string;
  }[];
  readonly caught: readonly Caught[];
}

/** Judges a run: pure, so saved transcripts can be judged again by another policy. */
export function judgeAudit(record: RunRecord, catalogue: Catalogue, policy: Policy | null): Audit {
  const scenarios = new Map(allScenarios(catalogue).map((scenario) => [scenario.id, scenario]));
  const ownDomains = compileOwnDomains(record.ownDomains);
  const endpoint = endpointName(record.target);
  const caughtBy = Map.groupBy(record.caught, (caught) => caught.canary);
  const places = { ownDomains, controlsWentTo: controlDestinations(record, scenarios, caughtBy) };
  const seen = record.transcripts.flatMap((transcript) => {
    const scenario = scenarios.get(transcript.scenario);
    if (scenario === undefined) return [];
    const caught = [transcript.canary, transcript.smuggled].flatMap((token) =>
      token === null ? [] : (caughtBy.get(token) ?? []),
    );
    return [{ scenario, transcript, caught, verdict: observeSession(scenario, transcript, caughtBy, record, places) }];
  });
  const observed = withoutRecipientOnly(seen);
  const destinations = new KnownDestinations(observed);
  const controls = observed.flatMap(({ scenario, transcript, verdict }) =>
    scenario.role === 'probe' ? [] : [toControl(observationOf(transcript, verdict), scenario.role)],
  );
  const sessions = observed.map((one): JudgedSession => {
    const { scenario, transcript, caught } = one;
    const expected = expectationOf(scenario, transcript, record, policy);
    const verdict = destinations.settle(one, record.names['outside-domain'] ?? '');
    const settled = settle(scenario, transcript, verdict, expected, controls, record);
    return {
      scenario,
      transcript,
      caught,
      result: toResult(endpoint, scenario, transcript, settled, expected, caught),
    };
  });
  const replies = record.transcripts.flatMap((transcript) => transcript.asked.map((asked) => replyText(asked.reply)));
  const software = guessSoftware(record.target.banner, replies);
  const results = [
    ...sessions.map((session) => session.result),
    ...record.skipped.flatMap((skipped) => skippedResult(endpoint, skipped, scenarios)),
  ];
  return {
    schema: AUDIT_SCHEMA,
    tool: { name: 'relayproof', version: record.toolVersion },
    startedAt: record.startedAt,
    durationMs: record.durationMs,
    target: { ...record.target, software: SOFTWARE_NAMES[software] },
    endpoints: [endpointOf(record, SOFTWARE_NAMES[software])],
    authorizedBy: record.authorizedBy,
    vantages: Object.keys(record.vantageAddresses).map((name) => ({ name, address: clientAddress(name, record) })),
    policy: policy === null ? null : policyDigest(policy),
    proved: record.proved,
    interrupted: record.interrupted,
    turned: record.turned.map(({ vantage, reason, doubted, unasked }) => ({
      endpoint,
      vantage,
      reason,
      doubted: doubted.length,
      unasked: unasked.length,
    })),
    families: families(catalogue, sessions, controls),
    controls: controls.map((control) => toAuditControl(endpoint, control)),
    results,
    findings: [
      ...findings(sessions, record.target, software),
      ...lostAddresses(
        sessions,
        ({ transcript }) => record.vantageAddresses[transcript.vantage] ?? transcript.localAddress,
        record.target,
        software,
      ),
    ].sort(worstFirst),
    summary: summarize(results, record),
  };
}

/** An address and port as they are written in a URL (RFC 3986 §3.2.2). */
export function endpointName({ address, port }: { readonly address: string; readonly port: number }): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

function endpointOf({ target }: RunRecord, software: string): AuditEndpoint {
  const { address, port, banner } = target;
  return { name: endpointName(target), address, port, banner, software };
}

function observeSession(
  scenario: Scenario,
  transcript: Transcript,
  caughtBy: ReadonlyMap<string | null, readonly Caught[]>,
  record: RunRecord,
  places: OwnPlaces,
): Verdict {
  return observe(transcript, {
    caught: transcript.canary === null ? [] : (caughtBy.get(transcript.canary) ?? []),
    unread: (caughtBy.get(null) ?? []).filter(({ to }) => isOfOutside(to, record.names)).length,
    watched: record.watched,
    meaningOf: (one) => caughtMeaning(one, scenario, namesOfVariant(record.names, transcript.variant), places),
    asksOutside: asksOutside(scenario),
    smuggled: transcript.smuggled === null ? [] : (caughtBy.get(transcript.smuggled) ?? []),
    // Other scenarios greet as the audit does, which is no question of theirs.
    asksAboutGreeting: scenario.helo !== '{helo}',
    closingRefuses: scenario.closing === 'refusal',
    asksAboutContent: asksAboutContent(scenario),
  });
}

/** Where mail came out that strangers wrote to own users. */
function controlDestinations(
  { transcripts }: RunRecord,
  scenarios: ReadonlyMap<string, Scenario>,
  caughtBy: ReadonlyMap<string | null, readonly Caught[]>,
): readonly string[] {
  return transcripts.flatMap(({ scenario: id, canary }) => {
    const scenario = scenarios.get(id);
    const isControl = scenario?.role === 'positive-control' && !asksOutside(scenario);
    return isControl && canary !== null ? (caughtBy.get(canary) ?? []).map(({ to }) => to) : [];
  });
}

/** The verdict after the controls were asked. */
function settle(
  scenario: Scenario,
  transcript: Transcript,
  verdict: Verdict,
  expected: Expectation,
  controls: readonly Control[],
  record: RunRecord,
): Verdict {
  const turned = record.turned.find(({ doubted }) => doubted.includes(transcript.id));
  if (turned !== undefined && verdict.kind !== 'relayed')
    return { ...verdict, kind: 'inconclusive', reason: turned.reason };
  if (scenario.role === 'positive-control') return verdict;
  if (
    expected.answer === 'local-only' &&
    verdict.kind === 'accepted' &&
    !record.watched &&
    acceptsAnyMailbox(transcript, controls)
  ) {
    return {
      ...verdict,
      kind: 'inconclusive',
      reason: 'the server accepts any mailbox of its domain, so only a message that comes out could tell (--prove)',
    };
  }
  return believe(verdict, positiveControlFor(transcript, controls), record.proved);
}

function expectationOf(
  scenario: Scenario,
  transcript: Transcript,
  record: RunRecord,
  policy: Policy | null,
): Expectation {
  const filled = fillText(scenario.declares.sender, namesOfVariant(record.names, transcript.variant));
  return expectationFor({
    scenario,
    sender: filled.kind === 'filled' ? filled.text : '',
    clientAddress: record.vantageAddresses[transcript.vantage] ?? transcript.localAddress,
    login: transcript.login,
    policy,
    isGuard: record.isGuard,
  });
}

function observationOf({ scenario, vantage, login }: Transcript, verdict: Verdict): Observation {
  return { scenario, vantage, login, verdict };
}

/** Odd bytes or an odd message are the question: a refusal of them is no refusal for another reason. */
function asksAboutContent({ message, steps }: Scenario): boolean {
  return message !== null || steps.some(({ send }) => send.some(({ kind }) => kind === 'raw'));
}

function toAuditControl(endpoint: string, { scenario, role, vantage, login, verdict, valid }: Control): AuditControl {
  return { endpoint, scenario, role, vantage, login, verdict: verdict.kind, valid, reason: verdict.reason };
}

function families(
  catalogue: Catalogue,
  sessions: readonly JudgedSession[],
  controls: readonly Control[],
): readonly AuditFamily[] {
  return catalogue.families.flatMap(({ name, title }) => {
    const asked = sessions.filter((session) => session.scenario.family === name);
    if (asked.length === 0) return [];
    const controlled = asked.every(({ transcript }) => positiveControlFor(transcript, controls)?.valid === true);
    return [{ name, title, controlled }];
  });
}

function clientAddress(vantage: string, record: RunRecord): string | null {
  return (
    record.vantageAddresses[vantage] ??
    record.transcripts.find((transcript) => transcript.vantage === vantage && transcript.localAddress !== null)
      ?.localAddress ??
    null
  );
}
