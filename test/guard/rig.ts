import type { TestContext } from 'vitest';
import { startGuard } from '../../src/guard/guard.ts';
import type { Guard } from '../../src/guard/guard.ts';
import type { GuardOptions } from '../../src/guard/guard-options.ts';
import { UNMETERED } from '../../src/guard/limits.ts';
import { policyFromSettings } from '../../src/policy/policy.ts';
import type { PolicySettings } from '../../src/policy/settings.ts';
import { startSink } from '../support/sink.ts';
import type { Sink } from '../support/sink.ts';
import { dial } from './client.ts';
import type { Client, ClientOptions } from './client.ts';

/** Of all addresses of this host, only this one is listed in the policy of `rigPolicy`. */
export const LISTED = '127.0.0.2';
export const UNLISTED = '127.0.0.1';

/** A policy for example.com under which 127.0.0.1 is a stranger. */
export function rigPolicy(changes: Partial<PolicySettings> = {}): ReturnType<typeof policyFromSettings> {
  return policyFromSettings({ domains: ['example.com'], allowRelayFrom: [LISTED, '10.*.*.*'], ...changes });
}

export interface Rig {
  readonly guard: Guard;
  readonly sink: Sink;
  readonly client: (options?: Omit<ClientOptions, 'port'>) => Promise<Client>;
}

/** A guard before a sink that keeps every byte; both stop when the test ends. */
export async function startRig(context: TestContext, options: Partial<GuardOptions> = {}): Promise<Rig> {
  const sink = await startSink();
  const guard = await startGuard({
    policy: rigPolicy(),
    listen: { host: '127.0.0.1', port: 0 },
    nextHop: sink,
    ...options,
    limits: { ...UNMETERED, ...options.limits },
  });
  const clients: Client[] = [];
  context.onTestFinished(async () => {
    for (const client of clients) client.reset();
    await guard.close();
    await sink.stop();
  });
  return {
    guard,
    sink,
    client: async (clientOptions = {}) => {
      const client = await dial({ port: guard.port, ...clientOptions });
      clients.push(client);
      return client;
    },
  };
}

/** Mail data with its end, as one write. */
export const MESSAGE = 'Subject: test\r\n\r\nhello\r\n.';
