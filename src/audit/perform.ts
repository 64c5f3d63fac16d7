import { runAudit, type RunResult } from '../probe/audit-run.ts';
import type { Deadlines } from '../probe/deadlines.ts';
import type { Canary, SessionOptions } from '../probe/session-options.ts';
import { runSession } from '../probe/session-runner.ts';
import { readSurvey, SURVEY_SCENARIO, surveyedNames, surveyScript, type Survey } from '../probe/survey.ts';
import type { Audit } from '../judge/audit.ts';
import { asksOutside, isOwnMailbox } from '../judge/caught-meaning.ts';
import { judgeAudit } from '../judge/judge-audit.ts';
import type { RunRecord } from '../judge/run-record.ts';
import { compileOwnDomains } from '../policy/own-domains.ts';
import { allScenarios } from '../scenario/scenario.ts';
import { canaryMessage } from '../session/canary-message.ts';
import { runPlanOf, type Contact } from './run-plan.ts';
import { planSessions, type Probe, type SkippedProbe, type SkipReason } from '../session/plan.ts';
import type { RecipientScope } from '../session/recipients.ts';
import { asksForUnregisteredName } from '../session/script-scope.ts';
import { smuggles } from '../session/script.ts';
import { vantageLabel, type Vantage } from '../session/vantage.ts';
import { auditNames, auditNamesakes, recipientScope, withoutSecrets, withOwnHost } from './names.ts';
import type { AuditRequest } from './request.ts';
import { catchingOf, ownCanaries, unreadMessages, watchForCanaries } from './catching.ts';
import { namesOfAgain, withoutRenamed } from './resumed-names.ts';
import { usesReverseName, withReverseName } from './reverse-name.ts';
import { sortServerNames } from './server-names.ts';
import { rfc5322Date } from './rfc5322-date.ts';
import { reachedTimeLimit } from './time-limit.ts';
import { toolVersion } from './version.ts';

/** A server that waited for a PROXY header greets behind it; some look the client up before that. */
const BANNER_BEHIND_SILENCE_MS = 15_000;

export interface PerformedAudit {
  readonly audit: Audit;
  /** What was run, so that it can be saved and judged again. */
  readonly record: RunRecord;
}

/** Runs and judges: one audit of one address. */
export async function performAudit(request: AuditRequest): Promise<PerformedAudit> {
  const record = await performRun(request);
  return { audit: judgeAudit(record, request.catalogue, request.policy), record };
}

/** Surveys the target, runs the scenarios from every vantage and waits for canaries; what that brought is judged later. */
export async function performRun(request: AuditRequest): Promise<RunRecord> {
  const { surroundings, target, login, signal } = request;
  const startedAt = surroundings.now();
  const begun = surroundings.monotonic();
  // Nothing secret is said in it; redacted, a password that is a word would black out the server's name.
  const unseen = { address: target.address, name: null };
  const scopeBefore = recipientScope(request.identities, unseen, null);
  const surveyed = await survey(request, {
    ...sessionOptions(request, scopeBefore),
    refusalMs: 0,
    secrets: [],
  });
  const { ownAddress } = surveyed;
  const local = withOwnHost(request.identities, ownAddress, target.address);
  const reverseNames = usesReverseName(request.catalogue) ? request.reverseNames : undefined;
  const identities = await withReverseName(local, ownAddress, reverseNames);
  const { used, unconfirmed } = sortServerNames(surveyed.names, identities, target);
  const seen = { address: target.address, name: used[0] ?? null, otherNames: used };
  const made = auditNames(identities, seen, login, surroundings.randomLabel);
  const names = namesOfAgain(made, request.previous?.names);
  const previous = request.previous === null ? null : withoutRenamed(request.previous, names, request.catalogue);
  const scope = recipientScope(identities, seen, names.random ?? null);
  const ownDomains = compileOwnDomains(identities.ownDomains);
  const plan = planSessions(allScenarios(request.catalogue), {
    vantages: request.vantages,
    login: login?.user ?? null,
    everyLogin: request.policy !== null,
    names,
    namesakes: auditNamesakes(identities, seen),
    unconfirmedHosts: unconfirmed,
    scope,
    isOwnMailbox: (mailbox) => isOwnMailbox(mailbox, ownDomains),
    prove: request.prove,
    intrusive: request.intrusive,
    mostRefusals: request.pace.refusals?.most ?? Infinity,
    port: target.port,
  });
  const recordOf = ({ transcripts, turned, pointless }: RunResult): RunRecord => {
    const unasked = new Set(turned.flatMap((turn) => turn.unasked));
    return {
      toolVersion: toolVersion(),
      startedAt: startedAt.toISOString(),
      durationMs: Math.round(surroundings.monotonic() - begun),
      target: { ...target, banner: surveyed.survey.banner },
      authorizedBy: request.authorizedBy,
      names: withoutSecrets(names),
      ownDomains: identities.ownDomains,
      vantageAddresses: Object.fromEntries(
        request.vantages.map((vantage) => [vantageLabel(vantage), claimedAddress(vantage)]),
      ),
      proved: request.prove,
      watched: request.prove && request.caught !== null,
      isGuard: request.isGuard,
      interrupted: signal.aborted,
      ...reachedTimeLimit(signal, plan.probes, { transcripts, turned, pointless }),
      transcripts,
      skipped: [
        ...plan.skipped,
        ...pointless.map((probe) => skippedBy(probe, { kind: 'pointless' })),
        ...plan.probes.filter((probe) => unasked.has(probe.id)).map((probe) => skippedBy(probe, { kind: 'turned' })),
      ],
      turned,
      caught: [...ownCanaries(request, transcripts), ...unreadMessages(request, names, startedAt)],
      catching: catchingOf(request, transcripts),
    };
  };
  const runPlan = runPlanOf(plan.probes, { ...request, previous }, surveyed.contact);
  const known = new Set(runPlan.known.map(({ id }) => id));
  request.onPlanned?.({
    probes: [...runPlan.first, ...runPlan.rest].filter(({ id }) => !known.has(id)),
    known: runPlan.known,
    recordOf,
  });
  const result = await runAudit(runPlan, {
    ...sessionOptions(request, scope),
    ...(surveyed.contact === 'silent' ? { deadlines: sooner(request.deadlines) } : {}),
    tls: request.tls === 'auto' && surveyed.survey.demandsTls ? 'starttls' : request.tls,
    pace: request.pace,
    patienceMs: request.patienceMs,
    reprieveMs: request.reprieveMs,
    onEvent: request.onEvent,
  });
  await watchForCanaries(request, result.transcripts, () => recordOf(result));
  return recordOf(result);
}

/** A banner that did not come to the survey in its time is not waited for as long again. */
function sooner(deadlines: Deadlines): Deadlines {
  return { ...deadlines, banner: Math.min(deadlines.banner, BANNER_BEHIND_SILENCE_MS) };
}

function skippedBy(probe: Probe, reason: SkipReason): SkippedProbe {
  return {
    id: probe.id,
    scenario: probe.script.scenario,
    vantage: vantageLabel(probe.vantage),
    login: probe.login,
    variant: probe.script.variant ?? null,
    reason,
  };
}

interface Surveyed {
  readonly survey: Survey;
  /** Every name that the server gave itself. */
  readonly names: readonly string[];
  /** Address that a session really came from, null where there was no connection. */
  readonly ownAddress: string | null;
  /** The furthest that any vantage came. */
  readonly contact: Contact;
}

/** Asks the server for its name before the scenarios that use it are filled. The first vantage that is let in serves. */
async function survey(request: AuditRequest, options: Omit<SessionOptions, 'onTurn'>): Promise<Surveyed> {
  const script = surveyScript(request.identities.helo, request.identities.from);
  let contact: Contact = 'none';
  let best: Survey = { banner: null, capabilities: [], demandsTls: false };
  let names: readonly string[] = [];
  let ownAddress: string | null = null;
  for (const vantage of request.vantages) {
    const probe: Probe = { id: `${SURVEY_SCENARIO} ${vantageLabel(vantage)}`, script, vantage, login: null };
    const transcript = await runSession(probe, { ...options, onTurn: () => undefined });
    if (transcript.turns.some(({ kind }) => kind === 'received')) contact = 'greeted';
    else if (contact === 'none' && transcript.localAddress !== null) contact = 'silent';
    const read = readSurvey(transcript);
    ownAddress ??= transcript.localAddress;
    if (best.banner === null) best = read;
    if (names.length === 0) names = surveyedNames(transcript);
    if (transcript.end.kind === 'completed')
      return { survey: read, names: surveyedNames(transcript), ownAddress, contact: 'greeted' };
  }
  return { survey: best, names, ownAddress, contact };
}

function sessionOptions(request: AuditRequest, scope: RecipientScope): Omit<SessionOptions, 'onTurn' | 'refusalMs'> {
  const { target, surroundings, identities } = request;
  // What is for an own user says so: a server that also delivers to whom the header names is none whose users forward.
  const ownControls = new Set(
    allScenarios(request.catalogue).flatMap((one) =>
      one.role === 'positive-control' && !asksOutside(one) ? [one.id] : [],
    ),
  );
  const canaryFor = (probe: Probe): Canary | null => {
    if (asksForUnregisteredName(probe.script, scope)) return null;
    const mint = (): Omit<Canary, 'smuggled'> => {
      const token = surroundings.mint.mint(probe.id);
      const note = {
        token,
        scenario: probe.script.scenario,
        target: `${target.host} port ${target.port}`,
        from: probe.script.author ?? identities.from,
        to: (ownControls.has(probe.script.scenario) ? identities.ownUsers[0] : undefined) ?? identities.outside,
        authorizedBy: request.authorizedBy,
        date: rfc5322Date(surroundings.now()),
      };
      return { token, lines: canaryMessage(note, probe.script.message) };
    };
    return smuggles(probe.script) ? { ...mint(), smuggled: mint() } : mint();
  };
  return {
    target: { address: target.address, port: target.port, name: target.host },
    tls: request.tls,
    tlsCa: request.tlsCa,
    credentials: request.login,
    secrets: [...(request.login === null ? [] : [request.login]), ...identities.weakLogins],
    insecureLogin: request.insecureLogin,
    canaryFor: request.prove ? canaryFor : () => null,
    scope: request.authorizedBy === null ? scope : { ...scope, contact: request.authorizedBy },
    deadlines: request.deadlines,
    signal: request.signal,
    monotonic: surroundings.monotonic,
    now: surroundings.now,
  };
}

function claimedAddress(vantage: Vantage): string | null {
  return vantage.kind === 'direct' ? null : vantage.address;
}
