import type { Severity } from '../scenario/scenario.ts';
import type { AuditResult, Confidence, Finding, Reach } from './audit.ts';
import { toEvidence } from './evidence.ts';
import { fingerprint, namesOf } from './fingerprint.ts';
import { FINDING_KIND_INFO, SEVERITIES } from './finding-kind.ts';
import { holes, type Hole, type JudgedSession } from './hole.ts';
import { remedyFor } from './remedy.ts';
import { seenAddress } from './seen-address.ts';
import type { Software } from './software.ts';
import { vantageClassOf, widestClass, type VantageClass } from './vantage-class.ts';

/** Sessions kept as evidence of one finding. */
const KEPT_EVIDENCE = 4;

/** From the least sure to the surest. */
export const CONFIDENCES: readonly Confidence[] = ['low', 'medium', 'high'];

/** Differences worth telling, worst first. */
export function findings(
  sessions: readonly JudgedSession[],
  target: { readonly host: string; readonly port: number },
  software: Software,
): readonly Finding[] {
  return holes(sessions)
    .map((hole) => toFinding(hole, target, software))
    .sort(worstFirst);
}

/** Order of findings: severity first, then confidence. */
export function worstFirst(a: Finding, b: Finding): number {
  return rank(b) - rank(a);
}

function rank({ severity, confidence }: Finding): number {
  return SEVERITIES.indexOf(severity) * CONFIDENCES.length + CONFIDENCES.indexOf(confidence);
}

function toFinding(hole: Hole, target: { readonly host: string; readonly port: number }, software: Software): Finding {
  const { kind, scenario, login } = hole;
  const confidence = ({ result }: JudgedSession): number => CONFIDENCES.indexOf(confidenceOf(result));
  const telling = [...hole.telling].sort((a, b) => confidence(b) - confidence(a));
  const surest = telling[0] ?? hole.telling[0];
  const who = login === null ? 'anonymous' : 'authenticated';
  return {
    id: kind,
    scenario: scenario.id,
    severity: severityOf(hole),
    confidence: confidenceOf(surest.result),
    title: `${FINDING_KIND_INFO[kind].title}: ${scenario.title}${scenario.hygiene ? ' (hygiene: no way in by itself)' : ''}`,
    login,
    evidence: telling.slice(0, KEPT_EVIDENCE).map(toEvidence),
    also: hole.also,
    remedy: remedyFor(kind, software),
    ...namesOf(fingerprint([kind, `${target.host}:${target.port}`, scenario.id, who]), [
      reachOf(hole, confidenceOf(surest.result)),
    ]),
  };
}

function reachOf({ telling: [first, ...rest] }: Hole, confidence: Confidence): Reach {
  const vantageClass = widestClass([vantageClassOfSession(first), ...rest.map(vantageClassOfSession)]);
  return { endpoint: first.result.endpoint, vantageClass, confidence };
}

/** A router of ours may give a client another address: then the one that the server saw counts. */
function vantageClassOfSession({ clientAddress, transcript, caught }: JudgedSession): VantageClass {
  const own = vantageClassOf(clientAddress);
  const seen = seenAddress(transcript, caught);
  return seen === null ? own : widestClass([own, vantageClassOf(seen.address)]);
}

/** Stricter than a declared policy is a broken promise; stricter than custom is a nuisance. */
function severityOf({ kind, scenario, telling: [{ result }] }: Hole): Severity {
  if (result.verdict === 'swallowed' || scenario.hygiene) return 'low';
  if (kind === 'required-mail-refused') return result.expected.basis === 'policy' ? 'medium' : 'low';
  return scenario.severity;
}

/** Only a message that came out is proof; an acceptance after the final dot is more than one before it. */
function confidenceOf(result: AuditResult): Confidence {
  if (result.verdict === 'relayed') return 'high';
  if (result.verdict === 'accepted' && result.stage !== 'end-of-data') return 'low';
  return 'medium';
}
