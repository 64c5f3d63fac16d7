import { callbackify } from 'node:util';
import { SMTPServer } from 'smtp-server';
import type { Caught } from '../session/caught.ts';
import { printable } from '../smtp/printable.ts';
import { readCaughtContent } from './caught-message.ts';
import { CatcherConnection } from './catcher-connection.ts';

export interface CatcherOptions {
  /** IP address to listen on. */
  readonly host: string;
  /** Port 0 is any free one. */
  readonly port: number;
  /** Called once a recipient of each message, before the sender hears 250. */
  readonly onCaught: (caught: Caught) => void;
  /** Messages taken in all; later ones are put off with 452. @default 10000 */
  readonly maxMessages?: number;
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
  readonly close: () => Promise<void>;
}

/** Bytes of a message that are read; what comes after them is counted and dropped. */
const KEPT_BYTES = 262_144;
const MAX_RECIPIENTS = 1000;
const MAX_CONNECTIONS = 500;
const CLOSE_MS = 2000;

type ServerParameters<Method extends keyof SMTPServer> = SMTPServer[Method] extends (...args: infer P) => unknown
  ? P
  : never;

/** The library's server with the catcher's connections. */
class CatcherServer extends SMTPServer {
  override connect(...[socket, options]: ServerParameters<'connect'>): void {
    const connection = new CatcherConnection(this, socket, options ?? {});
    this.connections.add(connection);
    connection.on('error', (error: Error) => {
      this._onError(error);
    });
    connection.init();
  }
}

type MessageStream = ServerParameters<'onData'>[0];
type Session = ServerParameters<'onData'>[1];

/** What is read of a message, once it is over; a connection that breaks before ends no message. */
function firstBytes(stream: MessageStream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let kept = 0;
  stream.on('error', () => undefined);
  stream.on('data', (chunk: Buffer) => {
    if (kept >= KEPT_BYTES) return;
    chunks.push(chunk.subarray(0, KEPT_BYTES - kept));
    kept += chunk.length;
  });
  return new Promise((resolve) => {
    stream.on('end', () => resolve(Buffer.concat(chunks)));
  });
}

/** Starts the sink for canaries: it accepts all mail from everybody, keeps none of it, and tells what came. */
export async function startCatcher(options: CatcherOptions): Promise<Catcher> {
  const { maxMessages = 10_000, maxMessageBytes = 52_428_800, clock = Date.now } = options;
  let count = 0;
  const take = async (stream: MessageStream, session: Session): Promise<string> => {
    const message = await firstBytes(stream);
    if (stream.sizeExceeded) return '';
    if (count >= maxMessages) throw Object.assign(new Error('The catcher is full'), { responseCode: 452 });
    count += 1;
    const { mailFrom, rcptTo } = session.envelope;
    const envelope = {
      at: new Date(clock()).toISOString(),
      peer: session.remoteAddress,
      helo: printable(session.hostNameAppearsAs || ''),
      from: mailFrom === false ? '' : printable(mailFrom.address),
    };
    const recipients = rcptTo.map(({ address }) => printable(address));
    const content = await readCaughtContent(message);
    for (const to of recipients) options.onCaught(inOrder({ ...envelope, ...content, to }));
    return 'Caught';
  };
  const server = new CatcherServer({
    name: options.name ?? 'catcher.invalid',
    logger: false,
    hideSTARTTLS: true,
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    authOptional: true,
    maxClients: MAX_CONNECTIONS,
    maxRecipients: MAX_RECIPIENTS,
    size: maxMessageBytes,
    rejectOversized: true,
    closeTimeout: CLOSE_MS,
    onData: callbackify(take),
  });
  // A client that resets its connection is no reason to stop catching.
  server.on('error', () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(options.port, options.host, () => {
      server.server.removeListener('error', reject);
      resolve();
    });
  });
  const bound = server.server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the catcher listens on no TCP port');
  return { address: bound.address, port: bound.port, count: () => count, close: () => stop(server) };
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
