import { policyDigest } from '../policy/policy-digest.ts';
import type { Policy } from '../policy/policy.ts';
import type { SkipReason } from '../session/plan.ts';
import type { Transcript } from '../session/transcript.ts';
import { OPERATOR_NAMES, type OperatorName } from '../scenario/placeholder.ts';
import { allScenarios, type Catalogue } from '../scenario/scenario.ts';
import { AUDIT_SCHEMA, type Audit, type AuditControl, type AuditEndpoint, type AuditFamily } from './audit.ts';
import {
  acceptsAnyMailbox,
  believe,
  positiveControlFor,
  toControl,
  type Control,
  type Observation,
} from './control.ts';
import { skippedResult, toResult, unknownResult } from './audit-result.ts';
import { brokenRun } from './broken-run.ts';
import { asksOutside } from './caught-meaning.ts';
import { agrees } from './expectation.ts';
import { findings, worstFirst } from './finding.ts';
import { lostAddresses } from './lost-address.ts';
import type { JudgedSession } from './hole.ts';
import { KnownDestinations } from './known-destination.ts';
import { observeRun, settleIfUnseen, watchOf, type ObservedSession } from './observe-run.ts';
import { withoutRecipientOnly } from './recipient-only.ts';
import type { RunRecord } from './run-record.ts';
import { guessSoftware, SOFTWARE_NAMES } from './software.ts';
import { summarize } from './summary.ts';
import { replyText, type Verdict } from './verdict.ts';

export type { RunRecord } from './run-record.ts';

/** Judges a run: pure, so saved transcripts can be judged again by another policy. */
export function judgeAudit(record: RunRecord, catalogue: Catalogue, policy: Policy | null): Audit {
  const scenarios = new Map(allScenarios(catalogue).map((scenario) => [scenario.id, scenario]));
  const endpoint = endpointName(record.target);
  const observed = withoutRecipientOnly(observeRun(record, catalogue, policy));
  const destinations = new KnownDestinations(observed);
  const watch = watchOf(record, observed);
  const controls = observed.flatMap((one) => {
    const { scenario, transcript, verdict } = one;
    const { role } = scenario;
    return role === 'probe' ? [] : [toControl(observationOf(transcript, settleIfUnseen(one, verdict, watch)), role)];
  });
  const broken = brokenRun(observed);
  const sessions = observed.map((one): JudgedSession => {
    const { scenario, transcript, caught, expected } = one;
    const verdict = settleIfUnseen(one, destinations.settle(one, record.names['outside-domain'] ?? ''), watch);
    const settled = proofOnly(one, settle(one, verdict, controls, record), broken);
    return {
      scenario,
      transcript,
      caught,
      clientAddress: record.vantageAddresses[transcript.vantage] ?? transcript.localAddress,
      result: toResult(endpoint, scenario, transcript, settled, expected, caught),
    };
  });
  const replies = record.transcripts.flatMap((transcript) => transcript.asked.map((asked) => replyText(asked.reply)));
  const software = guessSoftware(record.target.banner, replies);
  const results = [
    ...sessions.map((session) => session.result),
    ...record.transcripts.flatMap((transcript) =>
      scenarios.has(transcript.scenario) ? [] : [unknownResult(endpoint, transcript)],
    ),
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
    catcherFaults: record.catching.faults,
    ...(record.timeLimit === undefined ? {} : { timeLimit: record.timeLimit }),
    turned: record.turned.map(({ vantage, reason, doubted, unasked }) => ({
      endpoint,
      vantage,
      reason,
      doubted: doubted.length,
      unasked: unasked.length,
    })),
    unfilled: OPERATOR_NAMES.filter((name) => record.skipped.some(({ reason }) => isFor(reason, name))),
    families: families(catalogue, sessions, controls),
    controls: controls.map((control) => toAuditControl(endpoint, control)),
    results,
    findings: [
      ...findings(sessions, record.target, software),
      ...lostAddresses(sessions, record.target, software),
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

/** The verdict after the controls were asked. */
function settle(
  { scenario, transcript, expected }: ObservedSession,
  verdict: Verdict,
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

function isFor(reason: SkipReason, name: OperatorName): boolean {
  return reason.kind === 'missing-name' && reason.placeholder === name;
}

/** Takes back what would have been wrong and is not proven, where that is not enough. */
function proofOnly({ scenario, expected }: ObservedSession, verdict: Verdict, why: string | null): Verdict {
  const isFinding = verdict.kind === 'accepted' && agrees(expected, verdict, asksOutside(scenario)) === false;
  return why !== null && isFinding ? { ...verdict, kind: 'inconclusive', reason: why } : verdict;
}

function observationOf({ scenario, vantage, login }: Transcript, verdict: Verdict): Observation {
  return { scenario, vantage, login, verdict };
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
