import { callbackify } from 'node:util';
import { SMTPServer } from 'smtp-server';
import type { Caught } from '../session/caught.ts';
import { printable } from '../smtp/printable.ts';
import { CatcherConnection } from './catcher-connection.ts';
import { CatcherFaults } from './catcher-faults.ts';
import { readCaughtContent } from './caught-message.ts';
import { admit } from './connection-share.ts';
import { HourlyRoom } from './hourly-room.ts';
import { MessageBytes } from './message-bytes.ts';

export interface CatcherOptions {
  /** IP address to listen on. */
  readonly host: string;
  /** Port 0 is any free one. */
  readonly port: number;
  /** Called once a recipient of each message, before the sender hears 250. */
  readonly onCaught: (caught: Caught) => void;
  /** Called after the last recipient of a message. Where it throws the sender hears 452, and that is a fault. */
  readonly onMessage?: () => void;
  /** Called with all faults when there is a new one. */
  readonly onFault?: (faults: readonly string[]) => void;
  /** Recipients of messages without a canary that are told in an hour; more are answered with 452. @default 10000 */
  readonly maxWithoutCanary?: number;
  /** The same for messages with a canary, so that other mail takes no room from them. @default 100000 */
  readonly maxWithCanary?: number;
  /** Connections at a time. @default 400 */
  readonly maxConnections?: number;
  /** Milliseconds after which a silent client is hung up on. @default 20000 */
  readonly idleMs?: number;
  /** Longest message taken, in bytes. @default 52428800 */
  readonly maxMessageBytes?: number;
  /** Name in the greeting. @default catcher.invalid */
  readonly name?: string;
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number;
}

/** A running catcher. */
export interface Catcher {
  readonly address: string;
  readonly port: number;
  /** Messages caught so far. */
  readonly count: () => number;
  /** What kept it from seeing all that was sent to it, a sentence each. */
  readonly faults: () => readonly string[];
  /** Aborted when it listens no more though nobody closed it. */
  readonly stopped: AbortSignal;
  readonly close: () => Promise<void>;
}

/** As few as a server has to take in one transaction (RFC 5321 §4.5.3.1.8): the rest is sent in another one. */
const MAX_RECIPIENTS = 100;
const CLOSE_MS = 2000;

type ServerParameters<Method extends keyof SMTPServer> = SMTPServer[Method] extends (...args: infer P) => unknown
  ? P
  : never;

interface Limits {
  readonly connections: number;
  readonly faults: CatcherFaults;
}

/** The library's server with the catcher's connections, which are shared out among its clients. */
class CatcherServer extends SMTPServer {
  readonly #limits: Limits;

  constructor(options: ConstructorParameters<typeof SMTPServer>[0], limits: Limits) {
    super(options);
    this.#limits = limits;
  }

  override connect(...[socket, options]: ServerParameters<'connect'>): void {
    const { connections: most, faults } = this.#limits;
    const connection = new CatcherConnection(this, socket, options ?? {});
    // A client that resets its connection is no reason to stop catching.
    connection.on('error', () => undefined);
    const open = [...this.connections].filter((one) => one instanceof CatcherConnection && !one.isRefused);
    const admission = admit(open, connection, most);
    if (admission.kind === 'refused') {
      faults.note('crowd');
      connection.isRefused = true;
      // Those that were refused are seconds on their way out; no more of them than of the others.
      if (this.connections.size >= 2 * most) {
        socket.destroy();
        return;
      }
    }
    if (admission.kind === 'instead') {
      const { session, _socket } = admission.of;
      if (session.envelope.rcptTo.length > 0) faults.note('cut-off');
      _socket.destroy();
      // The socket tells that it is closed only later, and others may come until then.
      this.connections.delete(admission.of);
    }
    this.connections.add(connection);
    connection.init();
  }
}

type MessageStream = ServerParameters<'onData'>[0];
type Session = ServerParameters<'onData'>[1];

/** Starts the sink for canaries: it accepts all mail from everybody, keeps none of it, and tells what came. */
export async function startCatcher(options: CatcherOptions): Promise<Catcher> {
  const { maxMessageBytes = 52_428_800, clock = Date.now } = options;
  const faults = new CatcherFaults(options.onFault ?? (() => undefined));
  const rooms = {
    junk: new HourlyRoom(options.maxWithoutCanary ?? 10_000, clock),
    flood: new HourlyRoom(options.maxWithCanary ?? 100_000, clock),
  };
  const messages = new MessageBytes();
  let count = 0;
  const tell = (caught: readonly Caught[]): void => {
    try {
      for (const one of caught) options.onCaught(one);
      options.onMessage?.();
    } catch (error) {
      faults.note('unkept', error instanceof Error ? error.message : String(error));
      throw notNow('The message could not be kept');
    }
  };
  const take = async (stream: MessageStream, session: Session): Promise<string> => {
    const { bytes, isPart } = await messages.read(stream);
    if (stream.sizeExceeded) return '';
    const { mailFrom, rcptTo } = session.envelope;
    const envelope = {
      at: new Date(clock()).toISOString(),
      peer: session.remoteAddress,
      helo: printable(session.hostNameAppearsAs || ''),
      from: mailFrom === false ? '' : mailFrom.address,
    };
    const recipients = rcptTo.map(({ address }) => address);
    const content = await readCaughtContent(bytes);
    const kind = content.canary === null ? 'junk' : 'flood';
    if (rooms[kind].isFullFor(recipients.length)) {
      faults.note(kind);
      throw notNow('The catcher is full');
    }
    if (isPart && content.canary === null) faults.note('partly-read');
    tell(recipients.map((to) => inOrder({ ...envelope, ...content, to })));
    rooms[kind].take(recipients.length);
    count += 1;
    return 'Caught';
  };
  const server = new CatcherServer(
    {
      name: options.name ?? 'catcher.invalid',
      logger: false,
      hideSTARTTLS: true,
      disabledCommands: ['AUTH', 'STARTTLS'],
      disableReverseLookup: true,
      authOptional: true,
      maxRecipients: MAX_RECIPIENTS,
      size: maxMessageBytes,
      rejectOversized: true,
      socketTimeout: options.idleMs ?? 20_000,
      closeTimeout: CLOSE_MS,
      onData: callbackify(take),
    },
    { connections: options.maxConnections ?? 400, faults },
  );
  server.on('error', (error: Error) => {
    if (server.server.listening) faults.note('failed', error.message);
  });
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.server.removeListener('error', reject);
      resolve();
    });
  });
  const bound = server.server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the catcher listens on no TCP port');
  const stopped = new AbortController();
  const onClose = (): void => {
    faults.note('stopped');
    stopped.abort();
  };
  server.server.on('close', onClose);
  return {
    address: bound.address,
    port: bound.port,
    count: () => count,
    faults: () => faults.all(),
    stopped: stopped.signal,
    close: () => {
      server.server.off('close', onClose);
      return stop(server);
    },
  };
}

/** What makes the sender keep a message and send it again (RFC 5321 §4.2.1). */
function notNow(text: string): Error {
  return Object.assign(new Error(text), { responseCode: 452 });
}

/** The members in the order in which a line of `relayproof catch` has them. */
function inOrder({ at, peer, helo, from, to, canary, received, subject }: Caught): Caught {
  return { at, peer, helo, from, to, canary, received, subject };
}

function stop(server: SMTPServer): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
  });
  for (const connection of server.connections) {
    if (!connection._dataStream) connection._socket.destroy();
  }
  return stopped;
}
