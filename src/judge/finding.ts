import { createHash } from 'node:crypto';
import type { Caught } from '../session/caught.ts';
import type { Transcript } from '../session/transcript.ts';
import type { Scenario, Severity } from '../scenario/scenario.ts';
import type { AuditResult, Confidence, Evidence, Finding } from './audit.ts';
import { dialogueLines } from './dialogue-text.ts';
import { FINDING_KIND_INFO, findingKindOf, SEVERITIES, type FindingKind } from './finding-kind.ts';
import { remedyFor } from './remedy.ts';
import type { Software } from './software.ts';

/** A result with everything that a finding may need of it. */
export interface JudgedSession {
  readonly scenario: Scenario;
  readonly result: AuditResult;
  readonly transcript: Transcript;
  readonly caught: readonly Caught[];
}

/** Sessions kept as evidence of one finding. */
const KEPT_EVIDENCE = 4;

/** Differences worth telling: one finding for a scenario and login, with the vantages that showed it as evidence. Worst first. */
export function findings(
  sessions: readonly JudgedSession[],
  target: { readonly host: string; readonly port: number },
  software: Software,
): readonly Finding[] {
  const groups = Map.groupBy(
    sessions.filter((session) => session.result.agrees === false),
    (session) => `${kindOf(session)} ${session.scenario.id} ${session.result.login ?? ''}`,
  );
  const all = [...groups.values()].map((group) => toFinding(group, target, software));
  return all.sort(
    (a, b) =>
      SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
      CONFIDENCES.indexOf(b.confidence) - CONFIDENCES.indexOf(a.confidence),
  );
}

const CONFIDENCES: readonly Confidence[] = ['low', 'medium', 'high'];

function toFinding(
  group: readonly JudgedSession[],
  target: { readonly host: string; readonly port: number },
  software: Software,
): Finding {
  const [first] = group;
  if (first === undefined) throw new Error('a finding without a session');
  const kind = kindOf(first);
  const strongest = [...group].sort(
    (a, b) => CONFIDENCES.indexOf(confidenceOf(b.result)) - CONFIDENCES.indexOf(confidenceOf(a.result)),
  );
  const variant = first.result.login === null ? 'anonymous' : 'authenticated';
  return {
    id: kind,
    scenario: first.scenario.id,
    severity: severityOf(first, kind),
    confidence: confidenceOf(strongest[0]?.result ?? first.result),
    title: `${FINDING_KIND_INFO[kind].title}: ${first.scenario.title}`,
    login: first.result.login,
    evidence: strongest.slice(0, KEPT_EVIDENCE).map(toEvidence),
    remedy: remedyFor(kind, software),
    fingerprint: fingerprint([kind, `${target.host}:${target.port}`, first.scenario.id, variant]),
  };
}

function toEvidence({ result, transcript, caught }: JudgedSession): Evidence {
  return {
    vantage: result.vantage,
    verdict: result.verdict,
    reason: result.reason,
    transcript: transcript.id,
    dialogue: dialogueLines(transcript),
    caught,
  };
}

function kindOf({ scenario, result }: JudgedSession): FindingKind {
  if (result.verdict === 'refused') return 'required-mail-refused';
  return result.verdict === 'swallowed' ? 'discarded-relay' : findingKindOf(scenario);
}

/** Stricter than a declared policy is a broken promise; stricter than custom is a nuisance. */
function severityOf({ scenario, result }: JudgedSession, kind: FindingKind): Severity {
  if (kind === 'discarded-relay') return 'low';
  if (kind === 'required-mail-refused') return result.expected.basis === 'policy' ? 'medium' : 'low';
  return scenario.severity;
}

/** Only a message that came out is proof; an acceptance after the final dot is more than one before it. */
function confidenceOf(result: AuditResult): Confidence {
  if (result.verdict === 'relayed') return 'high';
  if (result.verdict === 'accepted' && result.stage !== 'end-of-data') return 'low';
  return 'medium';
}

function fingerprint(parts: readonly string[]): string {
  return createHash('sha256')
    .update(['v1', ...parts].join('\0'))
    .digest('hex');
}
