import { randomUUID } from 'node:crypto';
import { SMTPServer } from 'smtp-server';
import type {
  SMTPServerAuthentication,
  SMTPServerAuthenticationResponse,
  SMTPServerOptions,
  SMTPServerSession,
} from 'smtp-server';
import { printable } from '../smtp/printable.ts';
import { normalAddress } from './client-key.ts';
import { GuardConnection } from './guard-connection.ts';
import type { ClientSocket } from './guard-connection.ts';
import type { GuardContext } from './guard-context.ts';
import { checkLogin } from './login-check.ts';
import type { PresentedLogin } from './login-check.ts';
import { takeProxyHeader } from './proxy-reader.ts';

type ProxySocket = Parameters<SMTPServer['_handleProxy']>[0];
type ProxyDone = Parameters<SMTPServer['_handleProxy']>[1];
type AuthDone = Parameters<SMTPServer['onAuth']>[2];
type DataStream = Parameters<SMTPServer['onData']>[0];
type DataDone = Parameters<SMTPServer['onData']>[2];

/** How long the connection of a peer that need not send a PROXY header is watched for one; only a planted defect does. */
const OPTIONAL_HEADER_MS = 150;

/** The library's server with the guard's own connections, logins and PROXY headers. */
export class GuardServer extends SMTPServer {
  readonly #context: GuardContext;
  /** Client addresses of believed PROXY headers, by the options object that the library carries to the connection. */
  readonly #proxied = new WeakMap<object, string>();
  readonly #connections = new WeakMap<SMTPServerSession, GuardConnection>();

  constructor(options: SMTPServerOptions, context: GuardContext) {
    super(options);
    this.#context = context;
    // Without a listener, a client that resets its connection in the middle of a message would end the process.
    this.on('error', (error) => {
      context.logger.warn({ error: printable(error.message) }, 'a connection failed');
    });
  }

  override connect(socket: ClientSocket, options?: Parameters<SMTPServer['connect']>[1]): void {
    const proxied = options ? (this.#proxied.get(options) ?? null) : null;
    const connection = new GuardConnection(this, this.#context, socket, options ?? {}, proxied);
    this.connections.add(connection);
    this.#connections.set(connection.session, connection);
    connection.on('error', (error: Error) => {
      this._onError(error);
    });
    connection.init();
    const refusal = connection.guard.enter();
    if (refusal !== null) connection.dismiss(refusal.text);
  }

  override onAuth(auth: SMTPServerAuthentication, session: SMTPServerSession, done: AuthDone): void {
    if (auth.method === 'XCLIENT') {
      // A login that a proxy merely tells was not proven in this session.
      done(null);
      return;
    }
    // The library takes the authorization identity for the user where PLAIN names no user; here that is nobody.
    const user = auth.authcid ?? auth.username ?? '';
    void this.#answerLogin({ user, password: auth.password ?? '', actAs: auth.authzid ?? '' }, session, done);
  }

  override onData(stream: DataStream, session: SMTPServerSession, done: DataDone): void {
    const connection = this.#connections.get(session);
    if (connection === undefined) throw new Error('a session without its connection');
    void connection.takeMessage(stream, (refusal) => {
      if (refusal === null) done(null, '2.6.0 The next hop has the message');
      else done(Object.assign(new Error(refusal.text), { responseCode: refusal.code }));
    });
  }

  override _expectsProxyHeader(socket: ProxySocket): boolean {
    return this.#context.steps.believesProxy(this.#isProxy(socket));
  }

  override _handleProxy(socket: ProxySocket, done: ProxyDone): void {
    const options = { id: randomUUID() };
    if (!this._expectsProxyHeader(socket)) {
      setImmediate(() => {
        done(null, options);
      });
      return;
    }
    const required = this.#isProxy(socket);
    takeProxyHeader(socket, required ? this.#context.limits.proxyHeaderMs : OPTIONAL_HEADER_MS, (address) => {
      if (address !== null) this.#proxied.set(options, address);
      if (address === null && required) {
        socket.on('error', () => undefined);
        socket.destroy();
        done(new Error('no PROXY header came'));
      } else {
        done(null, options);
      }
    });
  }

  /** Tells idle sessions to leave, gives those that carry a message their time, and resolves when all are gone. */
  async stop(): Promise<void> {
    const stopped = new Promise<void>((resolve) => {
      this.close(() => {
        resolve();
      });
    });
    const dismissAll = (all: boolean): void => {
      for (const connection of this.connections) {
        if (connection instanceof GuardConnection && (all || !connection.isCarrying)) {
          connection.dismiss('4.3.2 The server is stopping');
          connection._socket.destroySoon();
        }
      }
    };
    dismissAll(false);
    await stopped;
    dismissAll(true);
  }

  async #answerLogin(presented: PresentedLogin, session: SMTPServerSession, done: AuthDone): Promise<void> {
    done(null, await this.#login(presented, session));
  }

  async #login(presented: PresentedLogin, session: SMTPServerSession): Promise<SMTPServerAuthenticationResponse> {
    const { policy, steps, logger } = this.#context;
    const facts = { session: session.id, user: printable(presented.user) };
    try {
      const attempt = await checkLogin(policy, presented);
      if (steps.provesLogin(attempt)) return { user: attempt.user };
    } catch (error) {
      logger.warn({ ...facts, error: printable(String(error)) }, 'a login could not be checked');
      return { responseCode: 454, message: '4.7.0 The login cannot be checked now' };
    }
    logger.info(facts, 'login failed');
    return this.#connections.get(session)?.guard.loginFailed() === true
      ? { responseCode: 535, message: '5.7.8 Authentication failed' }
      : { responseCode: 421, message: '4.7.0 Too many failed logins' };
  }

  #isProxy(socket: ProxySocket): boolean {
    return this.#context.proxyPeers.has(normalAddress(socket.remoteAddress ?? ''));
  }
}
