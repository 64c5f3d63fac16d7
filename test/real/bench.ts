import { afterEach, beforeEach, expect } from 'vitest';
import { sendMessage } from '../support/send-message.ts';
import type { SendOutcome } from '../support/send-message.ts';
import { startSink } from '../support/sink.ts';
import type { Sink } from '../support/sink.ts';
import type { RealServer } from './real-server.ts';

/** The mailboxes of the tests: nobody the server knows, somebody elsewhere, and one of its own. */
export const STRANGER = 'stranger@elsewhere.test';
export const VICTIM = 'victim@outside.test';
export const OWN = 'alice@example.com';

export const ACCEPTED: SendOutcome = { stage: 'end-of-data', code: 250 };

export function refused(stage: SendOutcome['stage'], code: number): SendOutcome {
  return { stage, code };
}

/** A sink, and the servers that a test starts in front of it; everything ends with the test. */
export interface Bench {
  readonly sink: () => Sink;
  /** Hands a server over, to be stopped when the test ends. */
  readonly keep: (server: RealServer) => RealServer;
  /** The recipients that came out at the sink, sorted, once the server has nothing left on its way. */
  readonly cameOut: (server: RealServer) => Promise<readonly string[]>;
}

/** To be called inside a suite, which it gives its hooks. */
export function useBench(): Bench {
  let sink: Sink;
  let running: RealServer[] = [];
  beforeEach(async () => {
    sink = await startSink();
  });
  afterEach(async () => {
    for (const server of running) {
      await server.stop();
    }
    running = [];
    await sink.stop();
  });
  return {
    sink: () => sink,
    keep: (server) => {
      running.push(server);
      return server;
    },
    cameOut: async (server) => {
      await server.untilSettled();
      return [...sink.forwardPaths()].sort();
    },
  };
}

/** What a preset answers to three messages of a stranger, and what comes out of them. */
export interface PresetCase {
  /** Stranger to victim. */
  readonly relay: SendOutcome;
  /** Claimed own sender to victim. */
  readonly spoofed: SendOutcome;
  /** Stranger to own mailbox. */
  readonly inbound: SendOutcome;
  readonly cameOut: readonly string[];
}

/** A server that takes its own mail and nothing else, whichever code it refuses with. */
export function closedWith(code: number): PresetCase {
  return { relay: refused('rcpt', code), spoofed: refused('rcpt', code), inbound: ACCEPTED, cameOut: [OWN] };
}

export const OPEN: PresetCase = {
  relay: ACCEPTED,
  spoofed: ACCEPTED,
  inbound: ACCEPTED,
  cameOut: [OWN, VICTIM, VICTIM],
};

/** Sends the three messages, from `localAddress`, and looks at the sink. */
export async function expectPreset(
  bench: Bench,
  server: RealServer,
  expected: PresetCase,
  localAddress = '127.0.0.1',
): Promise<void> {
  const target = { host: server.host, port: server.port, localAddress };

  expect(await sendMessage(target, { from: STRANGER, to: [VICTIM] })).toEqual(expected.relay);
  expect(await sendMessage(target, { from: OWN, to: [VICTIM] })).toEqual(expected.spoofed);
  expect(await sendMessage(target, { from: STRANGER, to: [OWN] })).toEqual(expected.inbound);
  expect(await bench.cameOut(server)).toEqual(expected.cameOut);
}
