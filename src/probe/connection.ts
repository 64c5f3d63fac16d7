import { channel } from 'node:diagnostics_channel';
import net from 'node:net';
import tls from 'node:tls';
import { OutgoingGate } from '../session/outgoing-gate.ts';
import type { RecipientScope } from '../session/recipients.ts';
import { ReplyParser, type Reply, type ReplyEvent, type ReplyFault } from '../smtp/reply-parser.ts';
import type { SelfSigned } from '../smtp/self-signed.ts';

/** Bytes that one session may receive; a server that sends more is cut off. */
const MAX_SESSION_BYTES = 1_048_576;
/** Replies that may wait for somebody to read them; a server that sends more is cut off. */
const MOST_UNREAD = 500;

/** What leaves on any connection, for those who watch from outside of the prober. */
export interface BytesOut {
  /** One for each connection. */
  readonly connection: object;
  readonly address: string;
  readonly bytes: Buffer;
  readonly scope: RecipientScope | null;
}

const bytesOut = channel('relayproof:bytes-out');

export interface ConnectionOptions {
  /** IP address; names are resolved once, before. */
  readonly address: string;
  readonly port: number;
  /** Address to bind, or null for what the routing table says. */
  readonly localAddress: string | null;
  /** Sent before everything else, such as a PROXY header. */
  readonly preface: Buffer | null;
  /** The preface leaves in one write with the first bytes of the session, not by itself. */
  readonly holdPreface?: boolean;
  /** Whose mailboxes may be named in what is sent; null where nothing is to be sent. */
  readonly scope: RecipientScope | null;
  readonly connectMs: number;
  readonly writeMs: number;
  readonly signal: AbortSignal;
}

export interface TlsOptions {
  /** Name for SNI and the certificate check; an address is checked as an address. */
  readonly serverName: string;
  /** PEM certificates to trust instead of the system's. */
  readonly ca: string | null;
  readonly handshakeMs: number;
  /** Certificate to offer, or null for none. */
  readonly identity: SelfSigned | null;
}

/** A server's certificate is recorded and never trusted silently: credentials ask for `verified`. */
export type TlsOutcome =
  | { readonly kind: 'secured'; readonly verified: boolean; readonly detail: string }
  | { readonly kind: 'failed'; readonly detail: string };

/** What a wait for a reply ends in. */
export type Received =
  | { readonly kind: 'reply'; readonly reply: Reply }
  | { readonly kind: 'fault'; readonly fault: ReplyFault }
  | { readonly kind: 'closed'; readonly detail: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'aborted' };

export type Written =
  | { readonly kind: 'written' }
  | { readonly kind: 'out-of-scope'; readonly names: readonly string[] }
  | Exclude<Received, { kind: 'reply' | 'fault' }>;

export type Opened =
  | { readonly kind: 'open'; readonly connection: Connection }
  | { readonly kind: 'failed'; readonly detail: string }
  | { readonly kind: 'aborted' };

type Ending = { readonly kind: 'closed'; readonly detail: string } | { readonly kind: 'aborted' };

/** The wire: bytes out, replies in, everything bounded in time and size. The only place of the prober with sockets. */
export class Connection {
  #socket: net.Socket;
  #parser = new ReplyParser();
  #queue: ReplyEvent[] = [];
  #ending: Ending | null = null;
  #wake: () => void = () => undefined;
  #receivedBytes = 0;
  #heldPreface: Buffer | null = null;
  readonly #options: ConnectionOptions;
  readonly #gate: OutgoingGate;
  readonly #onAbort = (): void => this.#end({ kind: 'aborted' });

  private constructor(socket: net.Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#gate = new OutgoingGate(options.scope);
    options.signal.addEventListener('abort', this.#onAbort, { once: true });
    this.#listen(socket);
  }

  static open(options: ConnectionOptions): Promise<Opened> {
    if (options.signal.aborted) return Promise.resolve({ kind: 'aborted' });
    const { promise, resolve } = Promise.withResolvers<Opened>();
    const { address: host, port, localAddress } = options;
    const socket = net.connect({ host, port, noDelay: true, ...(localAddress === null ? {} : { localAddress }) });
    const settle = (opened: Opened): void => {
      clearTimeout(timer);
      options.signal.removeEventListener('abort', onAbort);
      socket.off('error', onError).off('connect', onConnect);
      if (opened.kind !== 'open') socket.on('error', () => undefined).destroy();
      resolve(opened);
    };
    const onAbort = (): void => settle({ kind: 'aborted' });
    const onError = (error: NodeJS.ErrnoException): void =>
      settle({ kind: 'failed', detail: error.code ?? error.message });
    const onConnect = (): void => {
      const connection = new Connection(socket, options);
      settle({ kind: 'open', connection });
      if (options.holdPreface === true) connection.#heldPreface = options.preface;
      else if (options.preface !== null) void connection.write(options.preface);
    };
    const timer = setTimeout(
      () => settle({ kind: 'failed', detail: `no connection after ${options.connectMs} ms` }),
      options.connectMs,
    );
    options.signal.addEventListener('abort', onAbort, { once: true });
    socket.once('error', onError).once('connect', onConnect);
    return promise;
  }

  get localAddress(): string | null {
    return this.#socket.localAddress ?? null;
  }

  /** A reply, or a part of one, that nobody has asked for yet. */
  get hasUnread(): boolean {
    return this.#queue.length > 0 || !this.#parser.idle;
  }

  /**
   * The one place where bytes leave, and only where the gate lets them pass.
   * @param onLeaving told right before they leave
   */
  async write(bytes: Buffer, onLeaving: () => void = () => undefined): Promise<Written> {
    if (this.#ending !== null) return this.#ending;
    const whole = this.#heldPreface === null ? bytes : Buffer.concat([this.#heldPreface, bytes]);
    const names = this.#gate.refuse(whole);
    if (names.length > 0) return { kind: 'out-of-scope', names };
    this.#heldPreface = null;
    onLeaving();
    const { address, scope } = this.#options;
    if (bytesOut.hasSubscribers)
      bytesOut.publish({ connection: this, address, bytes: whole, scope } satisfies BytesOut);
    const { promise, resolve } = Promise.withResolvers<Written>();
    const timer = setTimeout(() => resolve({ kind: 'timed-out' }), this.#options.writeMs);
    this.#socket.write(whole, (error) => resolve(error ? (this.#ending ?? closedBy(error)) : { kind: 'written' }));
    const written = await promise;
    clearTimeout(timer);
    return written;
  }

  /** The next reply. What came before the connection ended is still handed out first. */
  async readReply(deadlineMs: number): Promise<Received> {
    const next = this.#next();
    if (next !== null) return next;
    const { promise, resolve } = Promise.withResolvers<Received>();
    const timer = setTimeout(() => resolve({ kind: 'timed-out' }), deadlineMs);
    this.#wake = (): void => {
      const received = this.#next();
      if (received !== null) resolve(received);
    };
    const received = await promise;
    clearTimeout(timer);
    this.#wake = () => undefined;
    return received;
  }

  /** Begins TLS. Plain bytes that were received and not read yet are dropped, as RFC 3207 §5 asks. */
  async secure(options: TlsOptions): Promise<TlsOutcome> {
    const plain = this.#socket;
    plain.removeAllListeners('data').removeAllListeners('error').removeAllListeners('close').removeAllListeners('end');
    this.#queue = [];
    this.#parser = new ReplyParser();
    const serverName =
      net.isIP(options.serverName) === 0 ? { servername: options.serverName } : { host: options.serverName };
    const secured = tls.connect({
      socket: plain,
      ...serverName,
      rejectUnauthorized: false,
      ...(options.ca === null ? {} : { ca: options.ca }),
      ...options.identity,
    });
    const { promise, resolve } = Promise.withResolvers<TlsOutcome>();
    const timer = setTimeout(
      () => resolve({ kind: 'failed', detail: `no handshake after ${options.handshakeMs} ms` }),
      options.handshakeMs,
    );
    plain.on('error', () => undefined);
    secured.once('error', (error: NodeJS.ErrnoException) =>
      resolve({ kind: 'failed', detail: error.code ?? error.message }),
    );
    secured.once('close', () => resolve({ kind: 'failed', detail: 'closed during the handshake' }));
    secured.once('secureConnect', () => resolve({ kind: 'secured', ...verification(secured) }));
    const outcome = await promise;
    clearTimeout(timer);
    this.#socket = secured;
    this.#listen(secured);
    if (outcome.kind === 'failed') this.close();
    return outcome;
  }

  /** Tells the server that nothing more will come, and listens on. Inside TLS that would end both directions: not done there. */
  finishWriting(): void {
    if (this.#ending === null && !(this.#socket instanceof tls.TLSSocket)) this.#socket.end();
  }

  close(): void {
    this.#end({ kind: 'closed', detail: 'closed by us' });
  }

  #listen(socket: net.Socket): void {
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('end', () => this.#end({ kind: 'closed', detail: 'the server closed the connection' }));
    socket.on('close', () => this.#end({ kind: 'closed', detail: 'the connection is closed' }));
    socket.on('error', (error) => this.#end(closedBy(error)));
  }

  #take(chunk: Buffer): void {
    this.#receivedBytes += chunk.length;
    if (this.#receivedBytes > MAX_SESSION_BYTES) {
      this.#end({ kind: 'closed', detail: `cut off after ${MAX_SESSION_BYTES} bytes` });
      return;
    }
    this.#queue.push(...this.#parser.push(chunk));
    if (this.#queue.length > MOST_UNREAD) {
      this.#queue.length = MOST_UNREAD;
      this.#end({ kind: 'closed', detail: `cut off after ${MOST_UNREAD} unread replies` });
      return;
    }
    this.#wake();
  }

  #next(): Received | null {
    if (this.#ending?.kind === 'aborted') return this.#ending;
    return this.#queue.shift() ?? this.#ending;
  }

  #end(ending: Ending): void {
    if (this.#ending === null) {
      this.#ending = ending;
      this.#options.signal.removeEventListener('abort', this.#onAbort);
      this.#socket.destroy();
    }
    this.#wake();
  }
}

function closedBy(error: NodeJS.ErrnoException): Ending {
  return { kind: 'closed', detail: error.code ?? error.message };
}

function verification(socket: tls.TLSSocket): { readonly verified: boolean; readonly detail: string } {
  const cipher = `${socket.getProtocol() ?? 'TLS'} ${socket.getCipher().name}`;
  if (socket.authorized) return { verified: true, detail: `${cipher}, certificate verified` };
  // A string at run time, whatever its type says.
  return { verified: false, detail: `${cipher}, certificate not verified: ${String(socket.authorizationError)}` };
}
