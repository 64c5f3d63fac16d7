import { compileOwnDomains } from '../policy/own-domains.ts';
import type { Policy } from '../policy/policy.ts';
import type { Deadlines } from '../probe/deadlines.ts';
import { PACE_INFO, type Pace } from '../probe/pace.ts';
import { outcomeOf, type FailOn } from '../report/outcome.ts';
import { isReservedDomain } from '../session/recipients.ts';
import type { Vantage } from '../session/vantage.ts';
import { splitEnvelopeAddress } from '../smtp/envelope-address.ts';
import type { AuditIdentities, AuditRequest } from './audit-request.ts';
import { startCatcher, type Catcher } from '../catcher/catcher.ts';
import { followCaughtFile } from './caught-file.ts';
import { CaughtList, type CaughtSource } from './caught-source.ts';
import { isLocalAddress, parseEndpoint, resolveHost } from './endpoint.ts';
import { EXIT, exitCodeOf, worstExitCode, type ExitCode } from './exit-code.ts';
import { catalogueFrom, policyFrom, textFrom, weakLoginsFrom } from './files.ts';
import type { Format } from './formats.ts';
import { selectScenarios } from './glob.ts';
import { loginFromEnvironment } from './login-env.ts';
import { readOutputs, writeReports } from './outputs.ts';
import { performAudit, type PerformedAudit } from './perform-audit.ts';
import { progressListener } from './progress.ts';
import { saveRun } from './saved-run.ts';
import { realSurroundings } from './surroundings.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** The options of `audit` as the command line has read them. */
export interface AuditCommandOptions {
  readonly policy?: string | undefined;
  readonly ownDomain: readonly string[];
  readonly ownUser: readonly string[];
  readonly outside?: string | undefined;
  readonly from?: string | undefined;
  readonly helo?: string | undefined;
  readonly partner?: string | undefined;
  readonly vantage: readonly Vantage[];
  readonly tls?: 'starttls' | 'implicit' | 'off' | undefined;
  readonly tlsCa?: string | undefined;
  readonly loginEnv?: string | undefined;
  readonly insecureLogin?: true | undefined;
  readonly weakLogins?: string | undefined;
  readonly prove?: true | undefined;
  readonly catch?: string | undefined;
  readonly caught?: string | undefined;
  readonly wait: number;
  readonly scenario: readonly string[];
  readonly scenarios?: string | undefined;
  readonly pace: Pace;
  readonly concurrency?: number | undefined;
  readonly format: Format;
  readonly json?: true | undefined;
  readonly output: readonly string[];
  readonly save?: string | undefined;
  readonly failOn: FailOn;
  readonly authorizedBy?: string | undefined;
  readonly patience: number;
  readonly deadlines: Deadlines;
}

/** RFC 2606 names: nobody's mail is asked for where the operator names no mailbox of his own. */
const DEFAULT_OUTSIDE = 'relayproof@example.net';
const DEFAULT_FROM = 'relayproof@example.org';
/** Passing trouble, such as a connection limit, is over by then; a ban is not. */
const REPRIEVE_MS = 5000;
const DEFAULT_HELO = 'relayproof.example.org';

export async function runAuditCommand(
  hosts: readonly string[],
  options: AuditCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const policy = options.policy === undefined ? null : policyFrom(options.policy);
  const identities = identitiesOf(options, policy);
  const outputs = readOutputs(options.json === true ? 'json' : options.format, options.output);
  const { targets, unknown } = await targetsOf(hosts, options);
  const common = commonRequest(options, policy, identities, terminal);
  const catching = await startCatching(options);
  try {
    const performed: PerformedAudit[] = [];
    for (const target of targets) {
      const onEvent = progressListener(terminal, `${target.host} port ${target.port}`);
      performed.push(await performAudit({ ...common, target, caught: catching.source, onEvent }));
      if (terminal.signal.aborted) break;
    }
    const audits = performed.map(({ audit }) => audit);
    writeReports(audits, outputs, options.failOn, terminal);
    if (options.save !== undefined) for (const { record } of performed) saveRun(options.save, record);
    for (const line of unknown) terminal.say(`relayproof: ${line}`);
    const codes = audits.map((audit) => exitCodeOf(outcomeOf(audit, options.failOn)));
    return worstExitCode(unknown.length > 0 ? [...codes, EXIT.couldNotTell] : codes);
  } finally {
    await catching.catcher?.close();
  }
}

function commonRequest(
  options: AuditCommandOptions,
  policy: Policy | null,
  identities: AuditIdentities,
  terminal: Terminal,
): Omit<AuditRequest, 'target' | 'caught' | 'onEvent'> {
  const pace = PACE_INFO[options.pace];
  return {
    catalogue: selectScenarios(catalogueFrom(options.scenarios), options.scenario),
    policy,
    identities,
    vantages: options.vantage.length > 0 ? options.vantage : [{ kind: 'direct' }],
    login: options.loginEnv === undefined ? null : loginFromEnvironment(options.loginEnv, terminal.env),
    insecureLogin: options.insecureLogin === true,
    tls: options.tls ?? 'auto',
    tlsCa: options.tlsCa === undefined ? null : textFrom(options.tlsCa),
    prove: options.prove === true,
    waitMs: options.wait * 1000,
    pace: options.concurrency === undefined ? pace : { ...pace, connections: options.concurrency },
    deadlines: options.deadlines,
    patienceMs: options.patience * 1000,
    reprieveMs: REPRIEVE_MS,
    authorizedBy: options.authorizedBy ?? null,
    isGuard: false,
    surroundings: realSurroundings(),
    signal: terminal.signal,
  };
}

function identitiesOf(options: AuditCommandOptions, policy: Policy | null): AuditIdentities {
  const ownDomains = options.ownDomain.length > 0 ? options.ownDomain : (policy?.settings.domains ?? []);
  if (ownDomains.length === 0)
    throw new UsageError(['which domain does the server receive mail for? Give --own-domain, or --policy']);
  const outside = options.outside ?? DEFAULT_OUTSIDE;
  const outsideDomain = splitEnvelopeAddress(outside).domain ?? '';
  const problems: string[] = [];
  if (compileOwnDomains(ownDomains).includes(outsideDomain)) {
    problems.push(`--outside ${outside} is in an own domain: name a mailbox elsewhere`);
  }
  if (options.prove === true && !isReservedDomain(outsideDomain)) {
    problems.push(
      `--prove sends messages to ${outside}: its domain must be a reserved name (RFC 2606), such as example.net`,
    );
  }
  if ((options.catch !== undefined || options.caught !== undefined) && options.prove !== true) {
    problems.push('--catch and --caught watch for canaries, which are sent with --prove only');
  }
  if (problems.length > 0) throw new UsageError(problems);
  return {
    ownDomains,
    ownUsers: options.ownUser.length > 0 ? options.ownUser : [],
    outside,
    from: options.from ?? DEFAULT_FROM,
    helo: options.helo ?? DEFAULT_HELO,
    partner: options.partner ?? null,
    weakLogins: options.weakLogins === undefined ? [] : weakLoginsFrom(options.weakLogins),
  };
}

type AuditTargetEndpoint = AuditRequest['target'];

/** The targets with their addresses, each looked up once; the names that have none apart. @throws UsageError */
async function targetsOf(
  hosts: readonly string[],
  options: AuditCommandOptions,
): Promise<{ readonly targets: readonly AuditTargetEndpoint[]; readonly unknown: readonly string[] }> {
  const targets: AuditTargetEndpoint[] = [];
  const unknown: string[] = [];
  for (const { host, port } of hosts.map((text) => parseEndpoint(text))) {
    const found = await resolveHost(host);
    if (found.kind === 'address') targets.push({ host, port, address: found.address });
    else unknown.push(`${host}: unreachable: ${found.detail}`);
  }
  const problems: string[] = [];
  const publicTargets = targets.filter(({ address }) => !isLocalAddress(address));
  if (publicTargets.length > 0 && options.authorizedBy === undefined) {
    problems.push(
      `${publicTargets[0]?.host ?? ''} is a public address: say who answers for the audit with --authorized-by "NAME <ADDRESS>"`,
    );
  }
  if (publicTargets.length > 1) problems.push('one public target a run');
  if (problems.length > 0) throw new UsageError(problems);
  return { targets, unknown };
}

interface Catching {
  readonly source: CaughtSource | null;
  readonly catcher: Catcher | null;
}

async function startCatching(options: AuditCommandOptions): Promise<Catching> {
  if (options.catch === undefined)
    return { source: options.caught === undefined ? null : followCaughtFile(options.caught), catcher: null };
  const { host, port } = parseEndpoint(options.catch, null);
  const list = new CaughtList();
  try {
    return { source: list, catcher: await startCatcher({ host, port, onCaught: list.add }) };
  } catch (error) {
    throw new UsageError([
      `--catch ${options.catch}: cannot listen there: ${error instanceof Error ? error.message : String(error)}`,
    ]);
  }
}
