import ipaddr from 'ipaddr.js';
import { compileOwnDomains } from '../policy/own-domains.ts';
import type { Audit } from '../judge/audit.ts';
import { endpointName } from '../judge/judge-audit.ts';
import { mergeAudits } from '../judge/merge-audits.ts';
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
import { parseEndpoint } from './endpoint.ts';
import { EXIT, exitCodeOf, worstExitCode, type ExitCode } from './exit-code.ts';
import { catalogueFrom, policyFrom, textFrom, weakLoginsFrom } from './files.ts';
import type { Format } from './formats.ts';
import { selectScenarios } from './glob.ts';
import { loginFromEnvironment } from './login-env.ts';
import { readOutputs, writeReports } from './outputs.ts';
import { confirmedMailExchangers } from './mail-exchangers.ts';
import { nameService, type NameService } from './name-service.ts';
import { checkOwnership } from './ownership.ts';
import { performAudit } from './perform-audit.ts';
import { progressListener } from './progress.ts';
import { loadRun, saveRun } from './saved-run.ts';
import { findTargets, type TargetHost } from './targets.ts';
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
  readonly resume?: string | undefined;
  readonly mx?: true | undefined;
  readonly confirm: readonly string[];
  readonly dns?: string | undefined;
  readonly family?: '4' | '6' | undefined;
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
  const names = nameService(options.dns ?? null);
  const token = terminal.env['RELAYPROOF_TOKEN'] ?? null;
  const identities = identitiesOf(options, policy);
  await outsideMustBeOurs(identities.outside, options, token, names);
  const outputs = readOutputs(options.json === true ? 'json' : options.format, options.output);
  const common = commonRequest(options, policy, identities, terminal);
  const named = options.mx === true ? await confirmedMailExchangers(hosts, options.confirm, names, terminal) : hosts;
  const { targets, unknown } = await findTargets(named, {
    tls: options.tls ?? 'auto',
    authorized: options.authorizedBy !== undefined,
    token,
    family: options.family === undefined ? null : options.family === '6' ? 6 : 4,
    names,
    signal: terminal.signal,
  });
  const catching = await startCatching(options);
  try {
    const audits: Audit[] = [];
    for (const target of targets) {
      if (terminal.signal.aborted) break;
      audits.push(await auditHost(target, { ...common, caught: catching.source }, options, terminal));
    }
    writeReports(audits, outputs, options.failOn, terminal);
    for (const line of unknown) terminal.say(`relayproof: ${line}`);
    const codes = audits.map((audit) => exitCodeOf(outcomeOf(audit, options.failOn)));
    return worstExitCode(unknown.length > 0 ? [...codes, EXIT.couldNotTell] : codes);
  } finally {
    await catching.catcher?.close();
  }
}

/** Audits every endpoint of a host, one after the other, and makes one audit of it. */
async function auditHost(
  { endpoints }: TargetHost,
  common: Omit<AuditRequest, 'target' | 'onEvent' | 'tls' | 'previous'>,
  options: AuditCommandOptions,
  terminal: Terminal,
): Promise<Audit> {
  const audits: Audit[] = [];
  for (const { tls, ...target } of endpoints) {
    if (terminal.signal.aborted) break;
    const where = endpointName(target);
    const onEvent = progressListener(terminal, target.host === target.address ? where : `${target.host} ${where}`);
    const vantages = common.vantages.filter((vantage) => canReach(vantage, target.address));
    const previous = options.resume === undefined ? null : loadRun(options.resume, target);
    const { audit, record } = await performAudit({ ...common, vantages, tls, target, previous, onEvent });
    if (options.save !== undefined) saveRun(options.save, record);
    audits.push(audit);
  }
  const [first, ...others] = audits;
  if (first === undefined) throw new Error('a host without an endpoint');
  return mergeAudits([first, ...others]);
}

/** An address can only be bound for connections of its own family. */
function canReach(vantage: Vantage, address: string): boolean {
  return vantage.kind !== 'bind' || ipaddr.IPv6.isValid(vantage.address) === ipaddr.IPv6.isValid(address);
}

/** Messages go to names of nobody, or to a domain whose owner says so in DNS. @throws UsageError */
async function outsideMustBeOurs(
  outside: string,
  options: AuditCommandOptions,
  token: string | null,
  names: NameService,
): Promise<void> {
  const domain = splitEnvelopeAddress(outside).domain ?? '';
  if (options.prove !== true || isReservedDomain(domain)) return;
  const ownership = await checkOwnership(domain, token, names);
  if (ownership.kind === 'unproved') {
    throw new UsageError([
      `--prove sends messages to ${outside}: use a reserved name (RFC 2606), such as example.net; otherwise ${domain} ${ownership.why}`,
    ]);
  }
}

function commonRequest(
  options: AuditCommandOptions,
  policy: Policy | null,
  identities: AuditIdentities,
  terminal: Terminal,
): Omit<AuditRequest, 'target' | 'caught' | 'onEvent' | 'tls' | 'previous'> {
  const pace = PACE_INFO[options.pace];
  return {
    catalogue: selectScenarios(catalogueFrom(options.scenarios), options.scenario),
    policy,
    identities,
    vantages: options.vantage.length > 0 ? options.vantage : [{ kind: 'direct' }],
    login: options.loginEnv === undefined ? null : loginFromEnvironment(options.loginEnv, terminal.env),
    insecureLogin: options.insecureLogin === true,
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
