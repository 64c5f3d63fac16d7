import type {
  AuditView,
  CellView,
  ColumnView,
  ControlView,
  FamilyView,
  FindingView,
  OutcomeKind,
} from '../dashboard/audit-view.ts';
import { cellKey } from '../dashboard/audit-view.ts';
import type { Audit, AuditControl, AuditResult, Finding } from '../judge/audit.ts';
import type { Expectation } from '../judge/expectation.ts';
import { endpointName } from '../judge/judge-audit.ts';
import { outcomeOf, type FailOn } from '../judge/outcome.ts';
import type { Catalogue, DeclaredFlow, Scenario } from '../scenario/scenario.ts';
import { vantageLabel } from '../session/vantage.ts';
import { vantagesThatReach, type CommonRequest } from '../audit/prepare.ts';
import type { TargetHost } from '../target/find-targets.ts';
import { probeKey } from '../terminal/run-progress.ts';

const FLOW_WORDS: Readonly<Record<DeclaredFlow, string>> = {
  none: 'no mail at all',
  inbound: 'inbound: mail from elsewhere to an own mailbox',
  internal: 'internal: mail that says it is from an own sender, to an own mailbox',
  outbound: 'outbound: mail that says it is from an own sender, to somebody elsewhere',
  relay: 'relay: mail from somebody elsewhere to somebody elsewhere',
};

const BASIS_WORDS: Readonly<Record<Expectation['basis'], string>> = {
  policy: 'by policy',
  form: 'by the form of its address',
  'safe-answer': 'safe on any server',
};

const ANSWER_WORDS: Readonly<Record<Expectation['answer'], string>> = {
  accept: 'accept',
  refuse: 'refuse',
  'local-only': 'accept only what stays inside',
  either: 'either answer',
};

export function toCatalogueView({ families }: Catalogue): readonly FamilyView[] {
  return families.map(({ name, title, about, scenarios }) => ({
    name,
    title,
    about,
    scenarios: scenarios.map((scenario) => ({
      id: scenario.id,
      title: scenario.title,
      why: scenario.why,
      source: scenario.source,
      severity: scenario.severity,
      asks: asksFor(scenario),
    })),
  }));
}

function asksFor({ declares: { flow, form, protocol } }: Scenario): string {
  const tricks = [
    ...(form === 'ambiguous' ? ['an address that can be read in two ways'] : []),
    ...(protocol === 'broken' ? ['a session that breaks the protocol'] : []),
  ];
  return tricks.length === 0 ? FLOW_WORDS[flow] : `${FLOW_WORDS[flow]}, by ${tricks.join(' and ')}`;
}

/** A column for each endpoint, vantage and login that a run of this request has. */
export function columnsFor({ endpoints }: TargetHost, common: CommonRequest): readonly ColumnView[] {
  return endpoints.flatMap((endpoint) =>
    vantagesThatReach(endpoint.address, common.vantages).flatMap((vantage) =>
      [null, ...(common.login === null ? [] : [common.login.user])].map((login) => {
        const name = vantageLabel(vantage);
        const label = login === null ? name : `${name} as ${login}`;
        const where = endpointName(endpoint);
        return { endpoint: where, vantage: name, login, label: endpoints.length > 1 ? `${label} @ ${where}` : label };
      }),
    ),
  );
}

/** The audit as the dashboard draws it. */
export function toAuditView(audit: Audit, columns: readonly ColumnView[], failOn: FailOn): AuditView {
  return {
    software: audit.target.software,
    banner: audit.target.banner,
    policy: audit.policy,
    columns,
    cells: cellsOf(audit.results),
    findings: audit.findings.map(toFinding),
    controls: audit.controls.filter(({ role }) => role === 'positive-control').map(toControl),
    bans: audit.turned.map(({ vantage, reason, doubted, unasked }) => ({ vantage, reason, doubted, unasked })),
    outcome: outcomeView(audit, failOn),
  };
}

function outcomeView(audit: Audit, failOn: FailOn): AuditView['outcome'] {
  const outcome = outcomeOf(audit, failOn);
  const kinds: Readonly<Record<typeof outcome.kind, OutcomeKind>> = {
    findings: outcome.kind === 'findings' && outcome.proven ? 'open' : 'possibly-open',
    'could-not-tell': 'could-not-tell',
    clean: 'closed',
  };
  return { kind: kinds[outcome.kind], reasons: outcome.kind === 'could-not-tell' ? outcome.reasons : [] };
}

/** A scenario may be asked under several names of the server: the worst answer tells. */
function cellsOf(results: readonly AuditResult[]): AuditView['cells'] {
  const cells = new Map<string, CellView>();
  for (const result of results) {
    const key = cellKey(result.scenario, result);
    const known = cells.get(key);
    const cell = toCell(result);
    if (known === undefined || badness(cell) > badness(known)) cells.set(key, cell);
  }
  return cells;
}

function badness({ verdict, agrees }: CellView): number {
  if (verdict === 'skipped') return 0;
  if (agrees === null) return 2;
  return agrees ? 1 : 3;
}

function toCell(result: AuditResult): CellView {
  const { verdict, agrees, expected, stage, reply, reason, ms, variant, endpoint, transcript } = result;
  return {
    session: transcript === null ? null : probeKey(endpoint, transcript),
    verdict,
    agrees,
    expected: expectedWords(expected),
    stage,
    reply,
    reason: variant === null ? reason : `${reason} (under ${variant})`,
    ms,
  };
}

function expectedWords({ answer, basis, violated }: Expectation): string {
  const rules = violated.length === 0 ? '' : `: ${violated.join(', ')}`;
  return answer === 'either' ? ANSWER_WORDS.either : `${ANSWER_WORDS[answer]} (${BASIS_WORDS[basis]}${rules})`;
}

function toFinding({
  scenario,
  severity,
  confidence,
  title,
  evidence,
  also,
  remedy,
  fingerprint,
}: Finding): FindingView {
  const from = [...new Set(evidence.map(({ vantage }) => vantage))];
  return { scenario, severity, confidence, title, from, also, remedy, fingerprint };
}

function toControl({ scenario, vantage, login, valid, reason }: AuditControl): ControlView {
  return { label: login === null ? vantage : `${vantage} as ${login}`, scenario, valid, reason };
}
