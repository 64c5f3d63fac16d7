import { createHash } from 'node:crypto';
import type { Caught } from '../session/caught.ts';
import type { Transcript } from '../session/transcript.ts';
import type { Scenario, Severity } from '../scenario/scenario.ts';
import type { AuditResult, Confidence, Evidence, Finding } from './audit.ts';
import { asksOutside } from './caught-meaning.ts';
import { dialogueLines } from './dialogue-text.ts';
import type { FindingKind } from '../scenario/finding-kind.ts';
import { FINDING_KIND_INFO, SEVERITIES } from './finding-kind.ts';
import { PLAIN_EQUIVALENT } from './plain-equivalent.ts';
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

/**
 * Differences worth telling, worst first: one finding for a hole and login, with the sessions that showed it as evidence.
 * Tricks that leak where their plain equivalent leaks, too, belong to its hole.
 */
export function findings(
  sessions: readonly JudgedSession[],
  target: { readonly host: string; readonly port: number },
  software: Software,
): readonly Finding[] {
  const differing = sessions.filter((session) => session.result.agrees === false);
  const plainLeaks = new Map(
    differing.filter(isPlainLeak).map((session) => [placeOf(session, session.scenario.id), session]),
  );
  const holeOf = (session: JudgedSession): JudgedSession => {
    const plain = PLAIN_EQUIVALENT[session.scenario.declares.flow];
    return isLeak(session) && plain !== null ? (plainLeaks.get(placeOf(session, plain)) ?? session) : session;
  };
  const groups = Map.groupBy(differing, (session) => {
    const hole = holeOf(session);
    return `${kindOf(hole)} ${hole.scenario.id} ${hole.result.login ?? ''}`;
  });
  const all = [...groups.values()].map((group) => toFinding(group, holeOf, target, software));
  return all.sort((a, b) => rank(b) - rank(a));
}

/** Severity first, then confidence. */
function rank({ severity, confidence }: Finding): number {
  return SEVERITIES.indexOf(severity) * CONFIDENCES.length + CONFIDENCES.indexOf(confidence);
}

function isLeak({ result }: JudgedSession): boolean {
  return result.verdict === 'relayed' || result.verdict === 'accepted';
}

function isPlainLeak(session: JudgedSession): boolean {
  return isLeak(session) && PLAIN_EQUIVALENT[session.scenario.declares.flow] === session.scenario.id;
}

/** The same scenario asked from the same place. */
function placeOf({ result }: JudgedSession, scenario: string): string {
  return `${scenario} ${result.vantage} ${result.login ?? ''}`;
}

const CONFIDENCES: readonly Confidence[] = ['low', 'medium', 'high'];

function toFinding(
  group: readonly JudgedSession[],
  holeOf: (session: JudgedSession) => JudgedSession,
  target: { readonly host: string; readonly port: number },
  software: Software,
): Finding {
  const [first] = group;
  if (first === undefined) throw new Error('a finding without a session');
  const hole = holeOf(first);
  const kind = kindOf(hole);
  const confidence = (session: JudgedSession): number => CONFIDENCES.indexOf(confidenceOf(session.result));
  const telling = group
    .filter(({ scenario }) => scenario.id === hole.scenario.id)
    .sort((a, b) => confidence(b) - confidence(a));
  const also = new Set(group.map(({ scenario }) => scenario.id).filter((id) => id !== hole.scenario.id));
  const { login } = hole.result;
  return {
    id: kind,
    scenario: hole.scenario.id,
    severity: severityOf(hole, kind),
    confidence: confidenceOf((telling[0] ?? hole).result),
    title: `${FINDING_KIND_INFO[kind].title}: ${hole.scenario.title}`,
    login,
    evidence: telling.slice(0, KEPT_EVIDENCE).map(toEvidence),
    also: [...also],
    remedy: remedyFor(kind, software),
    fingerprint: fingerprint([
      kind,
      `${target.host}:${target.port}`,
      hole.scenario.id,
      login === null ? 'anonymous' : 'authenticated',
    ]),
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

function kindOf({ scenario, result, caught }: JudgedSession): FindingKind {
  switch (result.verdict) {
    case 'refused':
      return 'required-mail-refused';
    case 'swallowed':
      return caught.some(({ from }) => from === '') ? 'reflection' : 'discarded-relay';
    case 'relayed':
      return asksOutside(scenario) ? scenario.finds : 'reflection';
    default:
      return scenario.finds;
  }
}

/** Stricter than a declared policy is a broken promise; stricter than custom is a nuisance. */
function severityOf({ scenario, result }: JudgedSession, kind: FindingKind): Severity {
  if (result.verdict === 'swallowed') return 'low';
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
