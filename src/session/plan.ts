import { fillText, type Names, type Placeholder } from '../scenario/placeholder.ts';
import type { LoginUse, Scenario } from '../scenario/scenario.ts';
import { fillScenario } from './fill.ts';
import { recipientsOutOfScope, type RecipientScope } from './recipients.ts';
import { sendsMessage, type Script } from './script.ts';
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
  | { readonly kind: 'contradicted'; readonly mailbox: string }
  /** The plain question of the flow was accepted, so a trick on top of it shows nothing. */
  | { readonly kind: 'pointless' }
  /** The server turned on us before the question was put. */
  | { readonly kind: 'turned' }
  | { readonly kind: 'out-of-scope'; readonly names: readonly string[] };

export interface SkippedProbe {
  readonly id: string;
  readonly scenario: string;
  readonly vantage: string;
  readonly login: string | null;
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
  readonly scope: RecipientScope;
  /** Whether a mailbox is in a domain that the target receives mail for. */
  readonly isOwnMailbox: (mailbox: string) => boolean;
  /** Whether messages may be sent. */
  readonly prove: boolean;
}

/** Scenario by scenario, vantage by vantage, with and without the login: which sessions to run, and which not and why. */
export function planSessions(scenarios: readonly Scenario[], options: PlanOptions): SessionPlan {
  const probes: Probe[] = [];
  const skipped: SkippedProbe[] = [];
  for (const scenario of scenarios) {
    for (const vantage of options.vantages) {
      for (const login of loginsFor(scenario.login, options)) {
        const id = probeId(scenario.id, vantageLabel(vantage), login);
        const planned = planSession(scenario, login, options);
        if ('steps' in planned) probes.push({ id, script: planned, vantage, login });
        else skipped.push({ id, scenario: scenario.id, vantage: vantageLabel(vantage), login, reason: planned });
      }
    }
  }
  return { probes, skipped };
}

export function probeId(scenario: string, vantage: string, login: string | null): string {
  return `${scenario} ${vantage} ${login === null ? 'anonymous' : 'authenticated'}`;
}

function loginsFor(use: LoginUse, { login, everyLogin }: PlanOptions): readonly (string | null)[] {
  if (use === 'none') return [null];
  if (use === 'required') return [login];
  return login !== null && everyLogin ? [null, login] : [null];
}

function planSession(scenario: Scenario, login: string | null, options: PlanOptions): Script | SkipReason {
  if (scenario.login === 'required' && login === null) return { kind: 'needs-login' };
  const filled = fillScenario(scenario, options.names);
  const contradiction = contradictionOf(scenario, options);
  if (contradiction !== null) return { kind: 'contradicted', mailbox: contradiction };
  if (filled.kind === 'missing') return { kind: 'missing-name', placeholder: filled.placeholder };
  if (sendsMessage(filled.script) && !options.prove) return { kind: 'needs-proof' };
  const lines = filled.script.steps
    .flatMap((step) => step.send)
    .flatMap((sent) => (sent.kind === 'line' ? [sent.text] : []));
  const names = lines.filter(isRecipientLine).flatMap((line) => recipientsOutOfScope(line, options.scope));
  return names.length > 0 ? { kind: 'out-of-scope', names } : filled.script;
}

/**
 * A mailbox that this audit's own domains make own or foreign, unlike what the scenario declares: under `*.example.com` a
 * subdomain is no foreign name.
 */
function contradictionOf({ declares }: Scenario, { names, isOwnMailbox }: PlanOptions): string | null {
  if (declares.form !== 'plain') return null;
  const { flow } = declares;
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

function isRecipientLine(line: string): boolean {
  return /^\s*RCPT\b/i.test(line);
}
