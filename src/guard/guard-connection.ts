import { SMTPConnection } from 'smtp-server/lib/smtp-connection.js';
import type { SMTPConnectionOptions } from 'smtp-server/lib/smtp-connection.js';
import type { SMTPServer, SMTPServerDataStream } from 'smtp-server';
import { normalAddress } from './client-key.ts';
import { WIRE_FAULT_REPLY } from './command-rules.ts';
import { CommandStream } from './command-stream.ts';
import type { GuardContext } from './guard-context.ts';
import { GuardSession } from './guard-session.ts';
import type { SessionView } from './guard-session.ts';
import { receiveMessage } from './message-intake.ts';
import type { Refusal } from './path-command.ts';
import { NO_GREETING } from './session-facts.ts';
import { SessionClock } from './session-clock.ts';
import type { Overdue } from './session-clock.ts';

type Resume = () => void;
export type ClientSocket = ConstructorParameters<typeof SMTPConnection>[1];

const OVERDUE_TEXT: Readonly<Record<Overdue, string>> = {
  command: '4.4.2 No command came in time',
  data: '4.4.2 The message comes too slowly',
  session: '4.4.2 The session took too long',
};

/**
 * One connection. The library keeps the socket, TLS, HELO, SASL and the framing of mail data; the commands that carry an
 * address are answered here, because the library drops source routes and shows domains as Unicode before anybody could
 * refuse them. A test pins the methods of the library that are overridden.
 */
export class GuardConnection extends SMTPConnection {
  readonly guard: GuardSession;
  readonly #context: GuardContext;
  readonly #clock: SessionClock;
  #delivering = false;
  #sessionOver = false;

  constructor(
    server: SMTPServer,
    context: GuardContext,
    socket: ClientSocket,
    options: SMTPConnectionOptions,
    proxied: string | null,
  ) {
    super(server, socket, options);
    // The reply to EHLO shows the client the address that the policy is asked about: a lost client address shows there.
    if (proxied !== null) this.remoteAddress = proxied === '' ? 'unknown' : normalAddress(proxied);
    this.#context = context;
    this.guard = new GuardSession(context, socket.remoteAddress ?? '', proxied, () => this.#view());
    this.#clock = new SessionClock(context.limits, (what) => {
      this.#overdue(what);
    });
  }

  /** Whether a message is coming in or on its way to the next hop. */
  get isCarrying(): boolean {
    return this.#delivering || Boolean(this._dataStream);
  }

  override init(): void {
    this._setListeners(() => {
      if (this._server.connections.size > this.#context.limits.connections) {
        this.send(421, '4.7.0 Too many connections');
        return;
      }
      this.#clock.awaitCommand();
      setTimeout(() => {
        this.connectionReady();
      }, this.#context.limits.greetingDelayMs).unref();
    });
  }

  override _createParser(): CommandStream {
    const parser = new CommandStream({
      maxCommandLength: this._server.options.maxCommandLength ?? 0,
      readsData: () => this.#context.steps.readsData,
      onFault: (fault) => {
        this.#refuse(WIRE_FAULT_REPLY[fault]);
        this.close();
      },
    });
    parser.oncommand = (command, resume) => {
      this._onCommand(command, resume);
    };
    parser.on('error', () => {
      this.send(421, '4.7.0 The command line is too long');
    });
    return parser;
  }

  override _onCommand(line: Buffer, resume: Resume = () => undefined): void {
    const next = (): void => {
      if (!this.isCarrying) this.#clock.awaitCommand();
      resume();
    };
    const { steps } = this.#context;
    if (!this._ready || this._upgrading) {
      super._onCommand(line, next);
      return;
    }
    const inSasl = this._nextHandler !== false;
    const command = inSasl ? line : steps.readsLine(line);
    this.guard.noteMisread(command !== line);
    const verb = inSasl ? '' : (command.toString('latin1').split(' ', 1)[0] ?? '').toUpperCase();
    if (steps.takesMailWithoutGreeting && verb === 'MAIL') this.hostNameAppearsAs ||= NO_GREETING;
    const refusal = this.guard.refuseCommand(command, verb);
    if (refusal === null) {
      super._onCommand(command, next);
    } else {
      this.#refuse(refusal);
      next();
    }
  }

  override send(code: number, data?: string | string[] | null, context?: string | false): void {
    if (code >= 400 && code !== 421 && !this.guard.takeError()) {
      super.send(421, '4.7.0 Too many errors', false);
      return;
    }
    // Texts of the guard bring their own enhanced status code (RFC 2034).
    const own = typeof data === 'string' && /^[245]\.\d{1,3}\.\d{1,3} /.test(data);
    super.send(code, data, own ? false : context);
  }

  override _resetSession(): void {
    super._resetSession();
    this.guard.reset();
  }

  override _isDisabled(command: string): boolean {
    return (command === 'AUTH' && !this.guard.offersAuth) || super._isDisabled(command);
  }

  override _proxyCommandAllowed(command: string): boolean {
    const { steps } = this.#context;
    if (this._xClient.has('ADDR')) return false;
    return command === 'XCLIENT'
      ? steps.believesXclient(this.guard.isXclientPeer, this.guard.triedLogin)
      : steps.believesXforward();
  }

  override handler_XCLIENT(command: Buffer, resume: Resume): void {
    // Without the address the session would go on as the proxy's own, which may be a trusted one.
    if (/ ADDR=\[/i.test(command.toString('latin1'))) {
      this.#refuse({ code: 501, text: '5.5.4 XCLIENT needs the client address' });
      resume();
      return;
    }
    if (this._proxyCommandAllowed('XCLIENT')) {
      this.guard.forgetLogin();
      this.session.user = null;
    }
    super.handler_XCLIENT(command, resume);
  }

  override upgrade(resume: Resume, secured?: Resume): void {
    this.guard.forgetLogin();
    super.upgrade(resume, secured);
  }

  override handler_MAIL(command: Buffer, resume: Resume): void {
    const refusal = this.guard.mail(command.toString('utf8'));
    // The library asks its envelope whether a transaction is open and whether it has recipients, and nothing else.
    if (refusal === null) this.session.envelope.mailFrom = { address: this.guard.transaction.from, args: false };
    this.#answer(refusal, '2.1.0 Sender ok');
    resume();
  }

  override handler_RCPT(command: Buffer, resume: Resume): void {
    const refusal = this.guard.rcpt(command.toString('utf8'));
    this.#showRecipients();
    this.#answer(refusal, '2.1.5 Recipient ok');
    resume();
  }

  override handler_DATA(command: Buffer, resume: Resume): void {
    const { transaction } = this.guard;
    if (this.#context.steps.takesDataWithoutRecipients && transaction.to.length === 0) transaction.admitRefused();
    this.#showRecipients();
    super.handler_DATA(command, resume);
  }

  override _onClose(): void {
    this.#clock.stop();
    if (!this._closed) this.guard.leave();
    super._onClose();
  }

  /** Takes mail data in and hands it on; `answered` makes the library reply. Called by the server for DATA. */
  async takeMessage(stream: SMTPServerDataStream, answered: (refusal: Refusal | null) => void): Promise<void> {
    const { limits, load, steps } = this.#context;
    const { bytes, intake } = receiveMessage(stream, limits, load, steps.forgives);
    this.#clock.awaitData(bytes);
    const message = await intake;
    this.#clock.pause();
    if (message.kind === 'aborted') return;
    if (message.kind === 'refused') {
      answered(message.reply);
    } else {
      this.#delivering = true;
      const refusal = await this.guard.deliver(message.chunks);
      this.#delivering = false;
      message.release();
      answered(refusal);
    }
    if (this._server._closeTimeout !== false) this.dismiss('4.3.2 The server is stopping');
    else if (this.#sessionOver) this.#overdue('session');
    else if (!this._closing) this.#clock.awaitCommand();
  }

  /** Ends the session with 421 (RFC 5321 §3.8). */
  dismiss(text: string): void {
    this.send(421, text);
  }

  #overdue(what: Overdue): void {
    // A message that is with the next hop is answered for first: its sender must learn what became of it.
    this.#sessionOver ||= what === 'session';
    if (!this.#delivering) this.dismiss(OVERDUE_TEXT[what]);
  }

  #answer(refusal: Refusal | null, success: string): void {
    if (refusal === null) this.send(250, success);
    else this.#refuse(refusal);
  }

  #refuse(refusal: Refusal): void {
    this.send(refusal.code, refusal.text);
  }

  #showRecipients(): void {
    this.session.envelope.rcptTo = this.guard.transaction.to.map((address) => ({ address, args: false }));
  }

  #view(): SessionView {
    const { user } = this.session as { readonly user?: unknown };
    return {
      id: this.id,
      secure: this.secure,
      esmtp: this.openingCommand === 'EHLO',
      helo: textOrNull(this.hostNameAppearsAs),
      login: textOrNull(user),
      xclient: textOrNull(this._xClient.get('ADDR')),
      xforward: textOrNull(this._xForward.get('ADDR')),
    };
  }
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
