import type { Audit } from '../judge/audit.ts';
import { DEFAULT_DEADLINES } from '../probe/deadlines.ts';
import { outcomeOf, findingsThatCount, type FailOn } from '../judge/outcome.ts';
import { auditHosts } from '../audit/audit-hosts.ts';
import type { Config, FileLine } from '../config/config-file.ts';
import type { ServerSettings } from '../config/config-schema.ts';
import { parseEndpoint } from '../target/endpoint.ts';
import type { GateNote, GateStep, StepOutcome } from './step.ts';
import { culpritsOf } from '../lab/culprit.ts';
import type { LabRequest } from '../lab/lab-request.ts';
import { runLab } from '../lab/run-lab.ts';
import { vantages } from '../config/option-values.ts';
import type { AskingOptions } from '../audit/prepare.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../document/usage-error.ts';

/** What one part of the gate audited, before anybody looks which findings count. */
export interface AuditedPart {
  readonly name: string;
  /** Where the configuration asks for it. */
  readonly place: FileLine;
  readonly audits: readonly Audit[];
  /** Closer places of findings, by fingerprint. */
  readonly places: ReadonlyMap<string, FileLine>;
  /** What could not be audited at all, a sentence each. */
  readonly unknown: readonly string[];
  /** Why it could not be done, where the user's files are at fault. */
  readonly broken: readonly string[];
}

/** Audits the running servers that the configuration lists. */
export async function auditTargets(config: Config, terminal: Terminal): Promise<AuditedPart> {
  const { targets } = config.settings;
  const options = { ...askingOptions(config), format: 'json' } as const;
  const { audits, unknown, broken } = await auditHosts(targets, options, terminal);
  if (broken.length > 0) throw broken[0];
  const places = new Map(
    audits.flatMap((audit) => {
      const index = targets.findIndex((target) => parseEndpoint(target).host === audit.target.host);
      const place = config.placeOf(index === -1 ? ['targets'] : ['targets', index]);
      return audit.findings.map(({ fingerprint }) => [fingerprint, place] as const);
    }),
  );
  return { name: 'targets', place: config.placeOf(['targets']), audits, places, unknown, broken: [] };
}

/** Tries one of the configured servers in the lab; `index` is its place in `servers`. */
export async function auditServer(
  config: Config,
  index: number,
  server: ServerSettings,
  terminal: Terminal,
): Promise<AuditedPart> {
  const part = { name: `lab ${server.path}`, place: config.placeOf(['servers', index]), unknown: [] };
  try {
    const path = config.pathOf(server.path);
    const audit = await runLab({ ...labRequest(config, server), path }, index + 1, terminal);
    return { ...part, audits: [audit], places: culpritsOf(server.recipe, path, audit), broken: [] };
  } catch (error) {
    if (error instanceof UsageError)
      return { ...part, audits: [], places: new Map(), broken: error.message.split('\n') };
    throw error;
  }
}

function askingOptions({ settings, pathOf }: Config): AskingOptions {
  const file = (named: string | undefined): string | undefined => (named === undefined ? undefined : pathOf(named));
  return {
    ...settings,
    policy: file(settings.policy),
    ownDomain: settings.ownDomains,
    ownUser: settings.ownUsers,
    vantage: settings.vantages.flatMap((text) => vantages(text, [])),
    tlsCa: file(settings.tlsCa),
    caught: file(settings.caught),
    insecureLogin: settings.insecureLogin ? true : undefined,
    prove: settings.prove ? true : undefined,
    intrusive: settings.intrusive ? true : undefined,
    scenario: settings.scenarios,
    scenarios: undefined,
    confirm: [],
    patience: 60,
    deadlines: DEFAULT_DEADLINES,
  };
}

/** The lab is the user's own machine: it is asked as hard as it can bear. */
function labRequest({ settings, pathOf }: Config, { recipe, path, command }: ServerSettings): LabRequest {
  const { policy, ownDomains, ownUsers, outside, from, helo, partner, loginEnv, scenarios } = settings;
  return {
    recipe,
    path,
    command: command ?? null,
    program: null,
    policy: policy === undefined ? null : pathOf(policy),
    ownDomains,
    ownUsers,
    outside,
    from,
    helo,
    partner,
    loginEnv,
    scenario: scenarios,
    pace: 'fast',
    wait: LAB_WAIT_SECONDS,
    worldNames: [],
    port: 25,
  };
}

const LAB_WAIT_SECONDS = 5;

/** What an audited part comes to, now that it is known which findings count. */
export function stepOf(part: AuditedPart, audits: readonly Audit[], failOn: FailOn): GateStep {
  const { name, place, broken, unknown, places } = part;
  if (broken.length > 0)
    return {
      name,
      outcome: 'broken',
      summary: broken[0] ?? '',
      notes: broken.map((message) => errorAt(place, message)),
    };
  const outcomes = audits.map((audit) => outcomeOf(audit, failOn));
  const outcome: StepOutcome = outcomes.some(({ kind }) => kind === 'findings')
    ? 'failed'
    : unknown.length > 0 || outcomes.some(({ kind }) => kind === 'could-not-tell')
      ? 'could-not-tell'
      : 'passed';
  const notes = audits.flatMap((audit, index) => {
    const reached = outcomes[index];
    return [
      ...findingNotes(audit, places, place, failOn),
      ...(reached?.kind === 'could-not-tell' ? reached.reasons.map((reason) => warningAt(place, reason)) : []),
    ];
  });
  return {
    name,
    outcome,
    summary: summaryOf(audits, failOn),
    notes: [...notes, ...unknown.map((line) => warningAt(place, line))],
  };
}

function findingNotes(
  { target, findings }: Audit,
  places: ReadonlyMap<string, FileLine>,
  place: FileLine,
  failOn: FailOn,
): readonly GateNote[] {
  return findingsThatCount(findings, failOn).map(({ id, severity, confidence, title, evidence, fingerprint }) => {
    const [first] = evidence;
    const where = first === undefined ? '' : ` From ${first.vantage}: ${first.reason}.`;
    return errorAt(
      places.get(fingerprint) ?? place,
      `${severity} ${id} (confidence ${confidence}) at ${target.host}: ${title}.${where} What to do: relayproof explain ${id}. [${fingerprint.slice(0, 16)}]`,
    );
  });
}

function summaryOf(audits: readonly Audit[], failOn: FailOn): string {
  const findings = audits.flatMap((audit) => audit.findings);
  const counting = findingsThatCount(findings, failOn).length;
  const known = findings.filter(({ standing }) => standing?.kind === 'known').length;
  const waived = findings.filter(({ standing }) => standing?.kind === 'waived').length;
  const below = findings.length - counting - known - waived;
  const sessions = audits.reduce((sum, { summary }) => sum + summary.sessions, 0);
  const parts = [
    `${counting} that count${counting === 1 ? 's' : ''}`,
    ...(known > 0 ? [`${known} known`] : []),
    ...(waived > 0 ? [`${waived} waived`] : []),
    ...(below > 0 ? [`${below} below ${failOn}`] : []),
  ];
  return `${sessions} sessions; findings: ${parts.join(', ')}`;
}

function errorAt(place: FileLine, message: string): GateNote {
  return { level: 'error', place, message };
}

function warningAt(place: FileLine, message: string): GateNote {
  return { level: 'warning', place, message };
}
