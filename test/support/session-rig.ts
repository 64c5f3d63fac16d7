import { envelopeSteps } from '../../src/scenario/envelope-steps.ts';
import type { Probe } from '../../src/session/plan.ts';
import type { Script } from '../../src/session/script.ts';
import type { Deadlines } from '../../src/probe/deadlines.ts';
import type { SessionOptions } from '../../src/probe/session-options.ts';
import { createCanaryMint } from '../../src/session/canary.ts';
import type { RecipientScope } from '../../src/session/recipients.ts';

export const LOOPBACK = '127.0.0.1';

/** Short enough that a test of silence is quick, long enough for a busy machine. */
export const SHORT_DEADLINES: Deadlines = {
  connect: 2000,
  banner: 2000,
  tls: 2000,
  command: 2000,
  write: 2000,
  endOfData: 2000,
  quiet: 300,
  farewell: 500,
  session: 8000,
};

export const SCOPE: RecipientScope = {
  ownDomains: ['example.com'],
  outside: 'v@outside.test',
  targetNames: ['mx.example.com', '[127.0.0.1]'],
};

export const CANARY_TOKEN = createCanaryMint(Buffer.alloc(32, 1), () => Buffer.alloc(10, 2)).mint('a probe');

/** The question of a stranger for a stranger, as a script. */
export function scriptOf(changes: Partial<Script> = {}): Script {
  return {
    scenario: 'third-party',
    helo: 'client.test',
    steps: envelopeSteps('<s@sender.test>', '<v@outside.test>'),
    needs: [],
    ...changes,
  };
}

export function probeOf(changes: Partial<Probe> = {}): Probe {
  const probe: Probe = {
    id: 'third-party direct anonymous',
    script: scriptOf(),
    vantage: { kind: 'direct' },
    login: null,
  };
  return { ...probe, ...changes };
}

/** Options of a session against a server on loopback, that sends no message and has no login unless it is told to. */
export function optionsFor(port: number, changes: Partial<SessionOptions> = {}): SessionOptions {
  return {
    target: { address: LOOPBACK, port, name: 'mx.example.com' },
    tls: 'auto',
    tlsCa: null,
    credentials: null,
    secrets: changes.credentials === undefined || changes.credentials === null ? [] : [changes.credentials],
    insecureLogin: true,
    canaryFor: () => null,
    scope: SCOPE,
    deadlines: SHORT_DEADLINES,
    refusalMs: 0,
    signal: new AbortController().signal,
    monotonic: () => performance.now(),
    now: () => new Date(0),
    onTurn: () => undefined,
    ...changes,
  };
}

/** A canary that every probe may send. */
export function withCanary(): Pick<SessionOptions, 'canaryFor'> {
  return { canaryFor: () => ({ token: CANARY_TOKEN, lines: ['Subject: canary', '', CANARY_TOKEN] }) };
}
