import { fillText, type Names, type Placeholder } from '../scenario/placeholder.ts';
import type { LoginUse, Scenario } from '../scenario/scenario.ts';
import { fillScenario } from './fill.ts';
import type { RecipientScope } from './recipients.ts';
import { scriptOutOfScope } from './script-scope.ts';
import { sendsMessage } from './message-end.ts';
import { mostRefusals, type Script } from './script.ts';
import { variantsOf, type Namesakes, type Variant } from './variant.ts';
import { vantageLabel, type Vantage } from './vantage.ts';

/** One session to run. */
export interface Probe {
  /** Unique in an audit. */
  readonly id: string;
  readonly script: Script;
  readonly vantage: Vantage;
  /** User of the login to prove first, or null. */
  readonly login: string | null;
}

/** Why a session is not run. */
export type SkipReason =
  | { readonly kind: 'missing-name'; readonly placeholder: Placeholder }
  | { readonly kind: 'needs-proof' }
  | { readonly kind: 'needs-login' }
  /** A filter changes nothing about the name that stands before it. */
  | { readonly kind: 'no-change'; readonly reference: string }
  | { readonly kind: 'intrusive' }
  | { readonly kind: 'other-port'; readonly ports: readonly number[] }
  /** A session that begins with its own bytes cannot claim an address by XCLIENT before. */
  | { readonly kind: 'unclaimable' }
  | { readonly kind: 'contradicted'; readonly mailbox: string }
  /** The plain question of the flow was accepted, so a trick on top of it shows nothing. */
  | { readonly kind: 'pointless' }
  /** The pace allows fewer refusals at once than the session may earn. */
  | { readonly kind: 'too-many-refusals'; readonly refusals: number }
  /** The server turned on us before the question was put. */
  | { readonly kind: 'turned' }
  | { readonly kind: 'out-of-scope'; readonly names: readonly string[] }
  /** The server calls itself so, and nothing else says that the name is the operator's. */
  | { readonly kind: 'unconfirmed-name'; readonly name: string };

export interface SkippedProbe {
  readonly id: string;
  readonly scenario: string;
  readonly vantage: string;
  readonly login: string | null;
  /** The further name that it was filled with, null for the first. */
  readonly variant: string | null;
  readonly reason: SkipReason;
}

export interface SessionPlan {
  readonly probes: readonly Probe[];
  readonly skipped: readonly SkippedProbe[];
}

export interface PlanOptions {
  readonly vantages: readonly Vantage[];
  /** User of the operator's login; null when there is none. */
  readonly login: string | null;
  /** Run the scenarios that need no login with the login as well: wanted where a policy says what is right then. */
  readonly everyLogin: boolean;
  readonly names: Names;
  /** Further values of names, each asked for by sessions of its own. @default none */
  readonly namesakes?: Namesakes;
  /** What the server calls itself and nobody confirmed: what would use such a name is left out. @default none */
  readonly unconfirmedHosts?: readonly string[];
  readonly scope: RecipientScope;
  /** Whether a mailbox is in a domain that the target receives mail for. */
  readonly isOwnMailbox: (mailbox: string) => boolean;
  /** Whether messages may be sent. */
  readonly prove: boolean;
  /** Whether scenarios that could harm or annoy are run. @default false */
  readonly intrusive?: boolean;
  /** Refusals that one session may earn, as the pace allows. @default any number */
  readonly mostRefusals?: number;
  /** Port of the target; scenarios for other ports are skipped. Where it is not given, none is. */
  readonly port?: number;
}

/** Scenario by scenario, vantage by vantage, with and without the login: which sessions to run, and which not and why. */
export function planSessions(scenarios: readonly Scenario[], options: PlanOptions): SessionPlan {
  const probes: Probe[] = [];
  const skipped: SkippedProbe[] = [];
  for (const scenario of scenarios) {
    const variants = variantsOf(scenario, options.names, askedAndNot(options));
    for (const vantage of options.vantages) {
      for (const login of loginsFor(scenario.login, options)) {
        for (const { variant, names } of variants) {
          const id = probeId(scenario.id, vantageLabel(vantage), login, variant);
          const planned = planSession(scenario, vantage, login, { ...options, names });
          if ('steps' in planned) probes.push({ id, script: withVariant(planned, variant), vantage, login });
          else {
            const label = vantageLabel(vantage);
            skipped.push({ id, scenario: scenario.id, vantage: label, login, variant, reason: planned });
          }
        }
      }
    }
  }
  return { probes, skipped };
}

/** Names that are left out are listed beside those that are asked for; the first stands for the name that is missing. */
function askedAndNot({ names, namesakes = {}, unconfirmedHosts = [] }: PlanOptions): Namesakes {
  const further = names.host === undefined ? unconfirmedHosts.slice(1) : unconfirmedHosts;
  return further.length === 0 ? namesakes : { ...namesakes, host: [...(namesakes.host ?? []), ...further] };
}

export function probeId(
  scenario: string,
  vantage: string,
  login: string | null,
  variant: string | null = null,
): string {
  const who = login === null ? 'anonymous' : 'authenticated';
  return [scenario, vantage, who, ...(variant === null ? [] : [variant])].join(' ');
}

function withVariant(script: Script, variant: Variant['variant']): Script {
  return variant === null ? script : { ...script, variant };
}

function loginsFor(use: LoginUse, { login, everyLogin }: PlanOptions): readonly (string | null)[] {
  if (use === 'none') return [null];
  if (use === 'required') return [login];
  return login !== null && everyLogin ? [null, login] : [null];
}

function planSession(
  scenario: Scenario,
  vantage: Vantage,
  login: string | null,
  options: PlanOptions,
): Script | SkipReason {
  const { ports } = scenario;
  if (scenario.intrusive && options.intrusive !== true) return { kind: 'intrusive' };
  if (ports.length > 0 && options.port !== undefined && !ports.includes(options.port))
    return { kind: 'other-port', ports };
  if (scenario.login === 'required' && login === null) return { kind: 'needs-login' };
  if (scenario.begins === 'connected' && vantage.kind === 'xclient') return { kind: 'unclaimable' };
  const filled = fillScenario(scenario, options.names);
  const contradiction = contradictionOf(scenario, options);
  if (contradiction !== null) return { kind: 'contradicted', mailbox: contradiction };
  if (filled.kind === 'missing') return missing(filled.placeholder, options);
  const { host } = options.names;
  if (host !== undefined && options.unconfirmedHosts?.includes(host) === true)
    return { kind: 'unconfirmed-name', name: host };
  if (filled.kind === 'unchanged') return { kind: 'no-change', reference: filled.reference };
  if (sendsMessage(filled.script) && !options.prove) return { kind: 'needs-proof' };
  const refusals = mostRefusals(filled.script);
  if (refusals > (options.mostRefusals ?? Infinity)) return { kind: 'too-many-refusals', refusals };
  const names = scriptOutOfScope(filled.script, options.scope);
  return names.length > 0 ? { kind: 'out-of-scope', names } : filled.script;
}

function missing(placeholder: Placeholder, { unconfirmedHosts = [] }: PlanOptions): SkipReason {
  const [name] = unconfirmedHosts;
  return placeholder === 'host' && name !== undefined
    ? { kind: 'unconfirmed-name', name }
    : { kind: 'missing-name', placeholder };
}

/**
 * A mailbox that this audit's own domains make own or foreign, unlike what the scenario declares: under `*.example.com` a
 * subdomain is no foreign name.
 */
function contradictionOf({ declares }: Scenario, { names, isOwnMailbox }: PlanOptions): string | null {
  const { flow } = declares;
  if (declares.form !== 'plain' || flow === 'none') return null;
  const declared = [
    { mailbox: declares.sender === '' ? null : declares.sender, own: flow === 'internal' || flow === 'outbound' },
    { mailbox: declares.recipient, own: flow === 'internal' || flow === 'inbound' },
  ];
  for (const { mailbox, own } of declared) {
    const filled = mailbox === null ? null : fillText(mailbox, names);
    if (filled?.kind === 'filled' && filled.text.includes('@') && isOwnMailbox(filled.text) !== own) return filled.text;
  }
  return null;
}
