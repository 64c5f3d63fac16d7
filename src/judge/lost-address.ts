import type { Severity } from '../scenario/scenario.ts';
import type { Finding } from './audit.ts';
import { toEvidence } from './evidence.ts';
import { FINDING_KIND_INFO } from './finding-kind.ts';
import { fingerprint, namesOf } from './fingerprint.ts';
import type { JudgedSession } from './hole.ts';
import { remedyFor } from './remedy.ts';
import { compareAddresses, seenAddress, type AddressComparison } from './seen-address.ts';
import type { Software } from './software.ts';
import { vantageClassOf } from './vantage-class.ts';

const SEVERITY: Readonly<Record<AddressComparison, Severity | null>> = {
  same: null,
  'translated-on-our-side': null,
  another: 'medium',
  'inside-instead-of-outside': 'critical',
};

/**
 * Vantages whose address the server did not see, a finding each: read from EHLO replies and from the Received fields of
 * canaries that came out.
 */
export function lostAddresses(
  sessions: readonly JudgedSession[],
  target: { readonly host: string; readonly port: number },
  software: Software,
): readonly Finding[] {
  const byVantage = Map.groupBy(sessions, (session) => session.result.vantage);
  return [...byVantage.values()].flatMap((group) => {
    for (const session of group) {
      const finding = lostAddress(session, target, software);
      if (finding !== null) return [finding];
    }
    return [];
  });
}

function lostAddress(
  session: JudgedSession,
  target: { readonly host: string; readonly port: number },
  software: Software,
): Finding | null {
  const { clientAddress: own, transcript, caught } = session;
  const seen = seenAddress(transcript, caught);
  if (own === null || seen === null) return null;
  const severity = SEVERITY[compareAddresses(own, seen.address)];
  if (severity === null) return null;
  const { scenario, result } = session;
  const kind = 'client-address-lost';
  const reason = `a client at ${own} is ${seen.address} to the server, by its ${seen.where}`;
  return {
    id: kind,
    scenario: scenario.id,
    severity,
    confidence: 'high',
    title: `${FINDING_KIND_INFO[kind].title}: ${reason}`,
    login: result.login,
    evidence: [{ ...toEvidence(session), reason }],
    also: [],
    remedy: remedyFor(kind, software),
    ...namesOf(fingerprint([kind, `${target.host}:${target.port}`, result.vantage]), [
      { endpoint: result.endpoint, vantageClass: vantageClassOf(own), confidence: 'high' },
    ]),
  };
}
