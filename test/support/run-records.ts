import { UNKNOWN_CATCHING, type RunRecord } from '../../src/judge/run-record.ts';
import type { Caught } from '../../src/session/caught.ts';

/** Names of an audit of example.com by somebody at outside.test. */
export const AUDIT_NAMES = {
  own: 'example.com',
  'own-user': 'alice@example.com',
  outside: 'v@outside.test',
  'outside-domain': 'outside.test',
  sender: 's@sender.test',
  helo: 'client.test',
};

/** A run with one vantage, that was proved and watched; what is not given is empty. */
export function runRecordOf(changes: Partial<RunRecord> = {}): RunRecord {
  const record: RunRecord = {
    toolVersion: '0.0.0',
    startedAt: '1970-01-01T00:00:00.000Z',
    durationMs: 1000,
    target: { host: 'mx.example.com', address: '127.0.0.1', port: 25, banner: 'mx.example.com ESMTP' },
    authorizedBy: null,
    names: AUDIT_NAMES,
    ownDomains: ['example.com'],
    vantageAddresses: { direct: null },
    proved: true,
    watched: true,
    isGuard: false,
    interrupted: false,
    transcripts: [],
    skipped: [],
    turned: [],
    caught: [],
    catching: UNKNOWN_CATCHING,
  };
  return { ...record, ...changes };
}

/** A message that came out, for the auditor's mailbox unless it is given. */
export function caughtOf(canary: string, changes: Partial<Caught> = {}): Caught {
  return {
    at: '1970-01-01T00:00:01.000Z',
    peer: '127.0.0.1',
    helo: 'mx.example.com',
    from: 's@sender.test',
    to: 'v@outside.test',
    canary,
    received: [],
    subject: 'relayproof canary',
    ...changes,
  };
}
