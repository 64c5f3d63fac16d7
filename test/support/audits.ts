import { AUDIT_SCHEMA, type Audit, type Finding } from '../../src/judge/audit.ts';
import { fingerprint, namesOf } from '../../src/judge/fingerprint.ts';

/** A finding of the plain open relay; `name` makes it one of its own. */
export function findingNamed(name: string, changes: Partial<Finding> = {}): Finding {
  return {
    id: 'third-party-relay',
    scenario: 'third-party',
    severity: 'critical',
    confidence: 'high',
    title: 'Relays mail from strangers to strangers: plain',
    login: null,
    evidence: [],
    also: [],
    remedy: 'close it',
    ...namesOf(fingerprint([name]), [{ endpoint: '127.0.0.1:25', vantageClass: 'public', confidence: 'high' }]),
    ...changes,
  };
}

/** An audit of one good session with these findings. */
export function auditWith(findings: readonly Finding[], changes: Partial<Audit> = {}): Audit {
  const endpoint = { address: '127.0.0.1', port: 25, banner: 'mx.example.com ESMTP', software: 'unknown' };
  return {
    schema: AUDIT_SCHEMA,
    tool: { name: 'relayproof', version: '0.0.0' },
    startedAt: '2026-11-24T10:00:00.000Z',
    durationMs: 1,
    target: { host: '127.0.0.1', ...endpoint },
    endpoints: [{ name: '127.0.0.1:25', ...endpoint }],
    authorizedBy: null,
    vantages: [{ name: 'direct', address: '127.0.0.1' }],
    policy: null,
    proved: false,
    interrupted: false,
    catcherFaults: [],
    unfilled: [],
    turned: [],
    families: [{ name: 'third-party-relay', title: 'Relay', controlled: true }],
    controls: [],
    results: [
      {
        endpoint: '127.0.0.1:25',
        scenario: 'third-party',
        variant: null,
        family: 'third-party-relay',
        vantage: 'direct',
        login: null,
        verdict: 'refused',
        stage: 'rcpt',
        reply: '550 no',
        reason: 'refused',
        expected: { answer: 'refuse', basis: 'safe-answer', violated: [] },
        agrees: true,
        transcript: 't1',
        ms: 1,
      },
    ],
    findings,
    summary: {
      verdicts: {
        relayed: 0,
        accepted: 0,
        refused: 1,
        swallowed: 0,
        deferred: 0,
        masked: 0,
        inconclusive: 0,
        skipped: 0,
      },
      sessions: 1,
      commandsSent: 5,
      messagesSent: 0,
      caught: 0,
    },
    ...changes,
  };
}
