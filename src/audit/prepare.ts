import ipaddr from 'ipaddr.js';
import { startCatcher, type Catcher } from '../catcher/catcher.ts';
import { compileOwnDomains } from '../policy/own-domains.ts';
import type { Policy } from '../policy/policy.ts';
import type { Deadlines } from '../probe/deadlines.ts';
import { PACE_INFO, type Pace } from '../probe/pace.ts';
import type { Vantage } from '../session/vantage.ts';
import { splitEnvelopeAddress } from '../smtp/envelope-address.ts';
import type { AuditIdentities, AuditRequest } from './request.ts';
import { CaughtList, type CaughtSource } from '../catcher/caught-source.ts';
import { followCaughtFile } from '../catcher/follow-caught.ts';
import { parseEndpoint } from '../target/endpoint.ts';
import { textFrom } from '../document/files.ts';
import { selectScenarios } from '../config/select-scenarios.ts';
import { loginFromEnvironment } from '../config/login-env.ts';
import { confirmedMailExchangers } from '../target/mail-exchangers.ts';
import { nameService } from '../target/name-service.ts';
import { mailMustBeOurs } from './mail-ownership.ts';
import { realSurroundings } from './surroundings.ts';
import { findTargets, lookUpHosts, mustBeAllowed, type TargetHost } from '../target/find-targets.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Fills } from '../config/option-values.ts';
import { suffixFault } from '../smtp/public-suffix.ts';
import { UsageError } from '../document/usage-error.ts';
import { catalogueFrom, policyFrom, weakLoginsFrom } from '../config/inputs.ts';
import { clientClasses } from '../policy/client-classes.ts';

/** The options that say what is asked and how, as the command line has read them. */
export interface AskingOptions {
  readonly policy?: string | undefined;
  readonly ownDomain: readonly string[];
  readonly ownUser: readonly string[];
  readonly outside?: string | undefined;
  readonly from?: string | undefined;
  readonly helo?: string | undefined;
  readonly partner?: string | undefined;
  readonly name?: readonly string[];
  readonly fill?: Fills;
  readonly vantage: readonly Vantage[];
  readonly tls?: 'starttls' | 'implicit' | 'off' | undefined;
  readonly tlsCa?: string | undefined;
  readonly loginEnv?: string | undefined;
  readonly insecureLogin?: true | undefined;
  readonly weakLogins?: string | undefined;
  readonly prove?: true | undefined;
  readonly intrusive?: true | undefined;
  readonly catch?: string | undefined;
  readonly caught?: string | undefined;
  readonly wait: number;
  readonly scenario: readonly string[];
  readonly scenarios?: string | undefined;
  readonly pace: Pace;
  readonly concurrency?: number | undefined;
  readonly mx?: true | undefined;
  readonly confirm: readonly string[];
  readonly dns?: string | undefined;
  readonly family?: '4' | '6' | undefined;
  readonly authorizedBy?: string | undefined;
  readonly patience: number;
  readonly deadlines: Deadlines;
}

/** What an audit asks for, with names looked up and files read, before anything is sent. */
export interface PreparedAudit {
  readonly targets: readonly TargetHost[];
  /** Hosts that could not be resolved, a sentence each. */
  readonly unknown: readonly string[];
  readonly common: CommonRequest;
}

/** What the audits of all endpoints have in common. */
export type CommonRequest = Omit<AuditRequest, 'target' | 'onEvent' | 'onPlanned' | 'tls' | 'previous'>;

/** RFC 2606 names: nobody's mail is asked for where the operator names no mailbox of his own. */
const DEFAULT_OUTSIDE = 'relayproof@example.net';
const DEFAULT_FROM = 'relayproof@example.org';
/** Passing trouble, such as a connection limit, is over by then; a ban is not. */
const REPRIEVE_MS = 5000;
const DEFAULT_HELO = 'relayproof.example.org';

/** Reads files and environment, and looks the hosts up. Nothing is sent to them but a knock. @throws UsageError */
export async function prepareAudit(
  hosts: readonly string[],
  options: AskingOptions,
  caught: CaughtSource | null,
  terminal: Terminal,
): Promise<PreparedAudit> {
  const policy = options.policy === undefined ? null : policyFrom(options.policy);
  const names = nameService(options.dns ?? null);
  const token = terminal.env['RELAYPROOF_TOKEN'] ?? null;
  const identities = identitiesOf(options, policy);
  const { reverseNames } = names;
  const common = { ...commonRequest(options, policy, identities, terminal), caught, reverseNames };
  const named = options.mx === true ? await confirmedMailExchangers(hosts, options.confirm, names, terminal) : hosts;
  const { hosts: found, unknown } = await lookUpHosts(named, {
    family: options.family === undefined ? null : options.family === '6' ? 6 : 4,
    names,
  });
  await mustBeAllowed(found, { authorized: options.authorizedBy !== undefined, token, names });
  if (options.prove === true) {
    const isPublic = found.some((host) => host.isPublic);
    const addresses = found.flatMap((host) => host.addresses);
    await mailMustBeOurs(identities, { isPublic, addresses }, token, names);
  }
  const targets = await findTargets(found, { tls: options.tls ?? 'auto', signal: terminal.signal });
  return { targets, unknown, common };
}

/** An address can only be bound for connections of its own family. */
export function vantagesThatReach(address: string, vantages: readonly Vantage[]): readonly Vantage[] {
  return vantages.filter(
    (vantage) => vantage.kind !== 'bind' || ipaddr.IPv6.isValid(vantage.address) === ipaddr.IPv6.isValid(address),
  );
}

function commonRequest(
  options: AskingOptions,
  policy: Policy | null,
  identities: AuditIdentities,
  terminal: Terminal,
): Omit<CommonRequest, 'caught' | 'reverseNames'> {
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
    intrusive: options.intrusive === true,
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

function identitiesOf(options: AskingOptions, policy: Policy | null): AuditIdentities {
  const ownDomains = options.ownDomain.length > 0 ? options.ownDomain : (policy?.settings.domains ?? []);
  if (ownDomains.length === 0)
    throw new UsageError(['which domain does the server receive mail for? Give --own-domain, or --policy']);
  const outside = options.outside ?? DEFAULT_OUTSIDE;
  const problems: string[] =
    options.ownDomain.length > 0 ? [] : ownDomains.flatMap((domain) => policyFault(options.policy, domain) ?? []);
  const isOwn = (mailbox: string): boolean =>
    compileOwnDomains(ownDomains).includes(splitEnvelopeAddress(mailbox).domain ?? '');
  if (isOwn(outside)) {
    problems.push(`--outside ${outside} is in an own domain: name a mailbox elsewhere`);
  }
  if ((options.catch !== undefined || options.caught !== undefined) && options.prove !== true) {
    problems.push('--catch and --caught watch for canaries, which are sent with --prove only');
  }
  for (const name of ['autoresponder', 'expanding-alias'] as const) {
    const mailbox = options.fill?.[name];
    if (mailbox !== undefined && !isOwn(mailbox)) problems.push(`--fill ${name}=${mailbox} is in no own domain`);
  }
  for (const user of options.ownUser.filter((mailbox) => !isOwn(mailbox))) {
    problems.push(`--own-user ${user} is in no own domain: name a mailbox of one (${ownDomains.join(', ')})`);
  }
  if (problems.length > 0) throw new UsageError(problems);
  return {
    ownDomains,
    ownUsers: options.ownUser.length > 0 ? options.ownUser : [],
    outside,
    from: options.from ?? DEFAULT_FROM,
    helo: options.helo ?? DEFAULT_HELO,
    partner: options.partner ?? null,
    hostNames: options.name ?? [],
    fills: { ...listedAddress(policy), ...options.fill },
    weakLogins: options.weakLogins === undefined ? [] : weakLoginsFrom(options.weakLogins),
  };
}

/** A policy may name any domain; an audit asks for mail below its own. */
function policyFault(file: string | undefined, domain: string): string | null {
  const fault = suffixFault(domain);
  return fault === null ? null : `${file ?? '--policy'}: domains: ${fault}; or name them with --own-domain`;
}

/** An address that the policy trusts, to be claimed by strangers. */
function listedAddress(policy: Policy | null): Fills {
  const listed = policy === null ? undefined : clientClasses(policy).find((one) => one.listed);
  return listed === undefined ? {} : { 'listed-address': listed.address };
}

/** Where canaries come out, and what to close in the end: the catcher that this process runs, or the file that it follows. */
export interface Catching {
  readonly source: CaughtSource | null;
  readonly catcher: Pick<Catcher, 'close'> | null;
}

/** @throws UsageError */
export async function startCatching(options: Pick<AskingOptions, 'catch' | 'caught'>): Promise<Catching> {
  if (options.catch !== undefined) return startCatchingHere(options.catch);
  if (options.caught === undefined) return { source: null, catcher: null };
  const followed = followCaughtFile(options.caught);
  return { source: followed, catcher: { close: () => Promise.resolve(followed.close()) } };
}

async function startCatchingHere(endpoint: string): Promise<Catching> {
  const { host, port } = parseEndpoint(endpoint, null);
  const list = new CaughtList();
  try {
    const catcher = await startCatcher({ host, port, onCaught: list.add });
    list.filledBy(catcher);
    return { source: list, catcher };
  } catch (error) {
    throw new UsageError([
      `--catch ${endpoint}: cannot listen there: ${error instanceof Error ? error.message : String(error)}`,
    ]);
  }
}
