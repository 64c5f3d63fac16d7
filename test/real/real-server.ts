import type { Endpoint } from '../support/socket-server.ts';
import { freePort } from '../support/socket-server.ts';

export interface RealServerOptions<Preset extends string> {
  readonly preset: Preset;
  /** Where mail for elsewhere goes, such as a sink or the project's catcher. */
  readonly nextHop: Endpoint;
  /** What becomes of mail for the own domain. @default discard */
  readonly ownMail?: 'discard' | 'next-hop';
  /** The addresses to listen on. @default 127.0.0.1 */
  readonly hosts?: readonly string[];
  /** @default a free port above 1024 */
  readonly port?: number;
  /** Client networks that may relay, as CIDR, where the preset does not trust everybody anyway. @default none */
  readonly trusts?: readonly string[];
  /** The network namespace to run in. @default that of the test runner */
  readonly namespace?: string;
  /** The right logins, for presets that know any: passwords by user name. @default OWN_LOGINS */
  readonly logins?: Readonly<Record<string, string>>;
}

/** A mail server that runs; its own address is the first that it listens on. */
export interface RealServer extends Endpoint {
  /** Everything that the server has logged so far. */
  readonly log: () => string;
  /** The ids of the messages that are in its queue now, held and deferred ones included. */
  readonly queueIds: () => readonly string[];
  /**
   * Waits until no message is on its way: whatever was to come out has come out then. Messages that the server holds
   * or tries again later may still be queued.
   */
  readonly untilSettled: (timeoutMs?: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

const PORT_TRIES = 3;

/** Starts a server on the given port, or on free ports until one is still free when the server takes it. */
export async function onFreePort<T>(port: number | undefined, start: (port: number) => Promise<T>): Promise<T> {
  if (port !== undefined) {
    return start(port);
  }
  for (let tries = 1; ; tries += 1) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (tries === PORT_TRIES || !/address already in use/iu.test(String(error))) {
        throw error;
      }
    }
  }
}
