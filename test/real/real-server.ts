import { freePort } from '../support/socket-server.ts';
import type { Endpoint, SocketServer } from '../support/socket-server.ts';
import { until } from '../support/until.ts';
import { daemonFolder, startDaemon } from './daemon.ts';
import { listenersAt } from './listening.ts';

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

/** The options that every server understands; its own address is the first that it listens on. */
export type PlaceOptions = Pick<RealServerOptions<string>, 'hosts' | 'port' | 'namespace'>;

/** A mail server that runs. */
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

/** How one server is run and watched, given its folder; `output` is what its programs have printed. */
export interface ServerPlan {
  /** The program in the foreground. */
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly isReady: (output: string) => boolean;
  readonly log: (output: string) => string;
  readonly queueIds: () => readonly string[];
  /** Those messages of the queue that neither wait for another try nor for an administrator. */
  readonly onTheWay: (output: string) => readonly string[];
  /** What the test answers while the server works; stopped with it. */
  readonly services?: readonly SocketServer[];
}

const PORT_TRIES = 3;

/** Starts a server on the port that is asked for, or on free ports until one is still free when the server takes it. */
export async function startRealServer(
  name: string,
  place: PlaceOptions,
  plan: (folder: string, listen: readonly Endpoint[]) => ServerPlan | Promise<ServerPlan>,
): Promise<RealServer> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await startOn(place.port ?? (await freePort()), name, place, plan);
    } catch (error) {
      if (place.port !== undefined || tries === PORT_TRIES || !/address already in use/iu.test(String(error))) {
        throw error;
      }
    }
  }
}

async function startOn(
  port: number,
  name: string,
  place: PlaceOptions,
  makePlan: Parameters<typeof startRealServer>[2],
): Promise<RealServer> {
  const hosts = place.hosts ?? ['127.0.0.1'];
  const folder = daemonFolder(name);
  let services: readonly SocketServer[] = [];
  const release = async (): Promise<void> => {
    for (const service of services) {
      await service.stop();
    }
    folder.remove();
  };
  try {
    const plan = await makePlan(
      folder.path,
      hosts.map((host) => ({ host, port })),
    );
    services = plan.services ?? [];
    const daemon = await startDaemon({
      folder: folder.path,
      argv: plan.argv,
      env: plan.env ?? {},
      ...(place.namespace === undefined ? {} : { namespace: place.namespace }),
      // What a server says of its start can come before it listens.
      isReady: (output, pid) => plan.isReady(output) && listenersAt(port, pid) >= hosts.length,
      explain: plan.log,
    });
    const output = daemon.output;
    return {
      host: hosts[0] ?? '',
      port,
      log: () => plan.log(output()),
      queueIds: plan.queueIds,
      untilSettled: (timeoutMs) =>
        until(`${name} to have nothing on its way`, () => plan.onTheWay(output()).length === 0, timeoutMs),
      stop: async () => {
        await daemon.stop();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}
