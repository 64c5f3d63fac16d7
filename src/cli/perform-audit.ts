import { runAudit, type RunResult } from '../probe/audit-run.ts';
import type { Canary, SessionOptions } from '../probe/session-options.ts';
import { runSession } from '../probe/session-runner.ts';
import { readSurvey, SURVEY_SCENARIO, surveyedNames, surveyScript, type Survey } from '../probe/survey.ts';
import type { Audit } from '../judge/audit.ts';
import { isOfOutside, isOwnMailbox } from '../judge/caught-meaning.ts';
import { judgeAudit, type RunRecord } from '../judge/judge-audit.ts';
import { compileOwnDomains } from '../policy/own-domains.ts';
import type { Names } from '../scenario/placeholder.ts';
import { allScenarios } from '../scenario/scenario.ts';
import { canaryMessage } from '../session/canary-message.ts';
import { runPlanOf } from './run-plan.ts';
import { planSessions, type Probe, type SkippedProbe, type SkipReason } from '../session/plan.ts';
import type { RecipientScope } from '../session/recipients.ts';
import { smuggles } from '../session/script.ts';
import type { Transcript } from '../session/transcript.ts';
import { vantageLabel, type Vantage } from '../session/vantage.ts';
import { auditNames, auditNamesakes, recipientScope, withoutSecrets, withOwnHost } from './audit-names.ts';
import type { AuditRequest } from './audit-request.ts';
import { waitForCanaries } from './caught-source.ts';
import { rfc5322Date } from './rfc5322-date.ts';
import { toolVersion } from './version.ts';

/** Messages without a canary that are kept: they raise a doubt, and hundreds raise no greater one. */
const MOST_UNREAD = 100;

export interface PerformedAudit {
  readonly audit: Audit;
  /** What was run, so that it can be saved and judged again. */
  readonly record: RunRecord;
}

/** Surveys the target, runs the scenarios from every vantage, waits for canaries and judges: one audit of one address. */
export async function performAudit(request: AuditRequest): Promise<PerformedAudit> {
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
  const identities = withOwnHost(request.identities, surveyed.ownAddress, target.address);
  const seen = { address: target.address, name: surveyed.survey.name, otherNames: surveyed.names };
  const names = { ...auditNames(identities, seen, login, surroundings.randomLabel), ...request.previous?.names };
  const scope = recipientScope(identities, seen, names.random ?? null);
  const ownDomains = compileOwnDomains(identities.ownDomains);
  const plan = planSessions(allScenarios(request.catalogue), {
    vantages: request.vantages,
    login: login?.user ?? null,
    everyLogin: request.policy !== null,
    names,
    namesakes: auditNamesakes(identities, seen),
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
      transcripts,
      skipped: [
        ...plan.skipped,
        ...pointless.map((probe) => skippedBy(probe, { kind: 'pointless' })),
        ...plan.probes.filter((probe) => unasked.has(probe.id)).map((probe) => skippedBy(probe, { kind: 'turned' })),
      ],
      turned,
      caught: [...ownCanaries(request, transcripts), ...unreadMessages(request, names, startedAt)],
    };
  };
  const runPlan = runPlanOf(plan.probes, request, surveyed.reached);
  const known = new Set(runPlan.known.map(({ id }) => id));
  request.onPlanned?.({ probes: [...runPlan.first, ...runPlan.rest].filter(({ id }) => !known.has(id)), recordOf });
  const result = await runAudit(runPlan, {
    ...sessionOptions(request, scope),
    tls: request.tls === 'auto' && surveyed.survey.demandsTls ? 'starttls' : request.tls,
    pace: request.pace,
    patienceMs: request.patienceMs,
    reprieveMs: request.reprieveMs,
    onEvent: request.onEvent,
  });
  if (request.caught !== null)
    await waitForCanaries(request.caught, canariesToCome(result.transcripts), request.waitMs, signal);
  const record = recordOf(result);
  return { audit: judgeAudit(record, request.catalogue, request.policy), record };
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
  /** False where no vantage got a word of SMTP: then one probe tells as much as all. */
  readonly reached: boolean;
}

/** Asks the server for its name before the scenarios that use it are filled. The first vantage that is let in serves. */
async function survey(request: AuditRequest, options: Omit<SessionOptions, 'onTurn'>): Promise<Surveyed> {
  const script = surveyScript(request.identities.helo, request.identities.from);
  let reached = false;
  let best: Survey = { banner: null, name: null, capabilities: [], demandsTls: false };
  let names: readonly string[] = [];
  let ownAddress: string | null = null;
  for (const vantage of request.vantages) {
    const probe: Probe = { id: `${SURVEY_SCENARIO} ${vantageLabel(vantage)}`, script, vantage, login: null };
    const transcript = await runSession(probe, { ...options, onTurn: () => undefined });
    reached ||= transcript.turns.some(({ kind }) => kind === 'received');
    const read = readSurvey(transcript);
    ownAddress ??= transcript.localAddress;
    if (best.banner === null) best = read;
    if (names.length === 0) names = surveyedNames(transcript);
    if (transcript.end.kind === 'completed')
      return { survey: read, names: surveyedNames(transcript), ownAddress, reached: true };
  }
  return { survey: best, names, ownAddress, reached };
}

function sessionOptions(request: AuditRequest, scope: RecipientScope): Omit<SessionOptions, 'onTurn' | 'refusalMs'> {
  const { target, surroundings, identities } = request;
  const canaryFor = (probe: Probe): Canary | null => {
    const mint = (): Omit<Canary, 'smuggled'> => {
      const token = surroundings.mint.mint(probe.id);
      const note = {
        token,
        scenario: probe.script.scenario,
        target: `${target.host} port ${target.port}`,
        from: identities.from,
        to: identities.outside,
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

/** Canaries that were taken at end of data and may still come out; a smuggled one where more than one reply was good. */
function canariesToCome(transcripts: readonly Transcript[]): readonly string[] {
  return transcripts.flatMap(({ message, canary, smuggled, turns }) => {
    const taken = message.kind === 'answered' && message.stage === 'end-of-data' && message.reply.code < 400;
    const good = turns.filter(
      (turn) => turn.kind === 'received' && turn.stage === 'end-of-data' && turn.reply.code < 400,
    );
    return [
      ...(canary !== null && (taken || message.kind === 'unanswered') ? [canary] : []),
      ...(smuggled !== null && good.length > 1 ? [smuggled] : []),
    ];
  });
}

/**
 * What was caught with a canary that this audit signed for the very probe that sent it, or that the run which is resumed
 * had sent; anything else proves nothing.
 */
function ownCanaries(
  { caught, surroundings, previous }: AuditRequest,
  transcripts: readonly Transcript[],
): RunRecord['caught'] {
  const probeOf = new Map(
    transcripts.flatMap(({ id, canary, smuggled }) => [canary, smuggled].map((token) => [token, id] as const)),
  );
  const before = new Set(
    previous?.transcripts.flatMap(({ canary, smuggled }) => [canary ?? [], smuggled ?? []].flat()),
  );
  const fresh = (caught?.all() ?? []).filter(({ canary }) => {
    const probe = probeOf.get(canary);
    return canary !== null && probe !== undefined && (before.has(canary) || surroundings.mint.isOwn(canary, probe));
  });
  const known = new Set(previous?.caught.map((one) => JSON.stringify(one)));
  return [...(previous?.caught ?? []), ...fresh.filter((one) => !known.has(JSON.stringify(one)))];
}

/** Messages for the auditor that tell no canary: what wrote them anew may have wrapped one of ours. */
function unreadMessages({ caught }: AuditRequest, names: Names, since: Date): RunRecord['caught'] {
  return (caught?.all() ?? [])
    .filter(({ canary, to, at }) => canary === null && isOfOutside(to, names) && new Date(at) >= since)
    .slice(0, MOST_UNREAD);
}

function claimedAddress(vantage: Vantage): string | null {
  return vantage.kind === 'direct' ? null : vantage.address;
}
