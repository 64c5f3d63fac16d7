import { printable } from '../smtp/printable.ts';
import { clientKey, normalAddress } from './client-key.ts';
import { refuseLine, refuseVerb } from './command-rules.ts';
import { undeliveredReply } from './delivery.ts';
import type { DeliveryOutcome, Envelope } from './delivery.ts';
import type { GuardContext } from './guard-context.ts';
import { readPathCommand, refuseMailParameters, refuseRcptParameters } from './path-command.ts';
import type { Refusal } from './path-command.ts';
import { receivedField } from './received-field.ts';
import { SessionBudget } from './session-budget.ts';
import type { Parameters, SessionFacts } from './session-facts.ts';
import { Transaction } from './transaction.ts';

/** What the library holds of a session, looked up when it is needed. */
export interface SessionView {
  readonly id: string;
  readonly secure: boolean;
  readonly esmtp: boolean;
  readonly helo: string | null;
  readonly login: string | null;
  readonly xclient: string | null;
  readonly xforward: string | null;
}

/** The guard's side of one connection: what was said, what it used up, and the answers that are not the library's. */
export class GuardSession {
  readonly #guard: GuardContext;
  readonly #peer: string;
  readonly #proxied: string | null;
  /** Under which key the connection counts against the limits of a client, whoever it speaks for later. */
  readonly #connectionKey: string;
  readonly #view: () => SessionView;
  readonly #budget: SessionBudget;
  #transaction: Transaction;
  #triedLogin = false;
  #staleLogin: string | null = null;
  #admittedBefore = false;
  #delivered = 0;
  #transactions = 0;
  #resetsSinceLogin = 0;
  #misreadLine = false;
  #misreadMail = false;

  /** @param proxied client address of a PROXY header that is believed, `''` when it told none, null without one */
  constructor(guard: GuardContext, peer: string, proxied: string | null, view: () => SessionView) {
    this.#guard = guard;
    this.#peer = peer;
    this.#proxied = proxied;
    this.#connectionKey = clientKey(proxied ?? peer);
    this.#view = view;
    this.#budget = new SessionBudget(guard.limits);
    this.#transaction = new Transaction(guard);
  }

  get transaction(): Transaction {
    return this.#transaction;
  }

  /** Counts the connection as open. A refusal when its client has too many; a peer that brings many clients may. */
  enter(): Refusal | null {
    const { limits, load, rates } = this.#guard;
    const open = (load.connections.get(this.#connectionKey) ?? 0) + 1;
    load.connections.set(this.#connectionKey, open);
    const recent = rates.add(this.#connectionKey, 'connections');
    const tooMany = open > limits.connectionsPerClient || recent > limits.connectionsPerMinute;
    return tooMany && !this.isXclientPeer ? { code: 421, text: '4.7.0 Too many connections of this client' } : null;
  }

  /** The connection is over. */
  leave(): void {
    const { connections } = this.#guard.load;
    const left = (connections.get(this.#connectionKey) ?? 1) - 1;
    if (left > 0) connections.set(this.#connectionKey, left);
    else connections.delete(this.#connectionKey);
  }

  /** Whether the peer is named as one that hands over other clients' sessions by XCLIENT. */
  get isXclientPeer(): boolean {
    return this.#proxied === null && this.#guard.xclientPeers.has(normalAddress(this.#peer));
  }

  get triedLogin(): boolean {
    return this.#triedLogin;
  }

  get offersAuth(): boolean {
    return (
      this.#guard.offersAuth &&
      (this.#view().secure || this.#guard.authInClear || this.#guard.steps.takesLoginInTheClear)
    );
  }

  /** Says whether a planted defect made the command line that comes next. */
  noteMisread(misread: boolean): void {
    this.#misreadLine = misread;
  }

  /** Judges a command line before anything acts on it. @param verb in upper case, `''` inside a SASL exchange */
  refuseCommand(line: Buffer, verb: string): Refusal | null {
    if (!this.#budget.takeCommand(verb)) return { code: 421, text: '4.7.0 Too many commands' };
    if (verb === '') return null;
    return (
      refuseLine(line, verb, this.#guard.limits) ?? refuseVerb(verb) ?? (verb === 'AUTH' ? this.#refuseAuth() : null)
    );
  }

  takeError(): boolean {
    return this.#budget.takeError();
  }

  /** MAIL: null when it began a transaction. */
  mail(line: string): Refusal | null {
    const { limits, rates } = this.#guard;
    const read = readPathCommand('MAIL FROM', line);
    if (read.kind === 'invalid') return { code: 501, text: `5.5.4 ${read.reason}` };
    if (this.#transaction.open) return { code: 503, text: '5.5.1 A mail transaction is open' };
    const rules = { esmtp: this.#view().esmtp, offersAuth: this.offersAuth, maxBytes: limits.messageBytes };
    const refusal = this.#guard.steps.takesUnknownParameters ? null : refuseMailParameters(read.parameters, rules);
    if (refusal !== null) return refusal;
    if (rates.count(this.#clientKey, 'messages') >= limits.messagesPerMinute) {
      return { code: 450, text: '4.7.0 Too many messages, try again later' };
    }
    const refused = this.#transaction.begin(read.path, read.parameters);
    if (refused !== null) return refused;
    this.#misreadMail = this.#misreadLine;
    rates.add(this.#clientKey, 'messages');
    return this.#budget.takeMessage() ? null : { code: 421, text: '4.7.0 Too many messages' };
  }

  /** RCPT: null when the recipient was admitted. */
  rcpt(line: string): Refusal | null {
    const { limits, rates, steps } = this.#guard;
    const read = readPathCommand('RCPT TO', line);
    if (read.kind === 'invalid') return { code: 501, text: `5.5.4 ${read.reason}` };
    if (!this.#transaction.open) return { code: 503, text: '5.5.1 MAIL comes first' };
    const refusal = steps.takesUnknownParameters ? null : refuseRcptParameters(read.parameters);
    if (refusal !== null) return refusal;
    if (this.#transaction.to.length >= limits.recipientsPerMessage) {
      return { code: 452, text: '4.5.3 Too many recipients' };
    }
    if (rates.add(this.#clientKey, 'recipients') > limits.recipientsPerMinute) {
      return { code: 450, text: '4.7.0 Too many recipients, try again later' };
    }
    return this.#transaction.admit(read.path, this.#facts(read.parameters));
  }

  /** Hands the message on and answers for it: null, which becomes 250, only for a message that the next hop has. */
  async deliver(chunks: readonly Buffer[]): Promise<Refusal | null> {
    const { logger, steps, policy } = this.#guard;
    const message = Buffer.concat([Buffer.from(this.#trace(), 'latin1'), ...chunks]);
    const envelope = steps.envelopeFor(this.#transaction.envelope, message.toString('latin1'), policy);
    if (envelope === null) return { code: 554, text: '5.0.0 Transaction failed' };
    const outcome = await this.#handOn(envelope, message);
    const facts = { session: this.#view().id, from: printable(envelope.from), to: envelope.to.map(printable) };
    if (outcome.kind === 'delivered') {
      this.#delivered += 1;
      logger.info(facts, 'message delivered');
      return null;
    }
    logger.warn({ ...facts, outcome }, 'message not delivered');
    return undeliveredReply(outcome);
  }

  /** The transaction is over, by RSET, HELO, EHLO, STARTTLS, XCLIENT or a message. */
  reset(): void {
    this.#admittedBefore ||= this.#transaction.to.length > 0;
    if (this.#transaction.open) this.#transactions += 1;
    if (this.#view().login !== null) this.#resetsSinceLogin += 1;
    const { survivesReset } = this.#guard.steps;
    if (survivesReset === 'transaction') return;
    this.#transaction = new Transaction(this.#guard, survivesReset === 'recipients' ? this.#transaction.to : []);
  }

  /** What was proven before STARTTLS or XCLIENT holds no longer (RFC 3207 §4.2). */
  forgetLogin(): void {
    this.#staleLogin = this.#view().login ?? this.#staleLogin;
  }

  /** Counts a failed login. False when the session ends with it. */
  loginFailed(): boolean {
    this.#guard.rates.add(this.#clientKey, 'authFailures');
    return this.#budget.takeAuthFailure();
  }

  /** A delivery that breaks is a failed one: what the client hears must not depend on how it broke. */
  async #handOn(envelope: Envelope, message: Buffer): Promise<DeliveryOutcome> {
    try {
      return await this.#guard.delivery(envelope, message);
    } catch (error) {
      return { kind: 'failed', reason: printable(String(error)) };
    }
  }

  #refuseAuth(): Refusal | null {
    const { limits, rates, offersAuth } = this.#guard;
    this.#triedLogin = true;
    if (!offersAuth) return { code: 502, text: '5.5.1 AUTH is not offered' };
    if (!this.offersAuth) return { code: 538, text: '5.7.11 AUTH needs TLS: STARTTLS comes first' };
    if (this.#transaction.open) return { code: 503, text: '5.5.1 No AUTH during a mail transaction' };
    return rates.count(this.#clientKey, 'authFailures') < limits.authFailuresPerMinute
      ? null
      : { code: 454, text: '4.7.0 Too many failed logins, try again later' };
  }

  get #clientKey(): string {
    return clientKey(this.#guard.steps.clientAddress(this.#facts()) ?? this.#peer);
  }

  #trace(): string {
    const facts = this.#facts();
    const view = this.#view();
    return receivedField({
      client: normalAddress(this.#guard.steps.clientAddress(facts) ?? facts.peer),
      helo: facts.helo ?? '',
      guardName: this.#guard.name,
      esmtp: view.esmtp,
      secure: view.secure,
      authenticated: this.#guard.steps.login(facts) !== null,
      id: view.id,
      at: new Date(this.#guard.now()),
    });
  }

  #facts(rcptParameters: Parameters = new Map()): SessionFacts {
    const { helo, login, secure, xclient, xforward } = this.#view();
    return {
      peer: this.#peer,
      proxied: this.#proxied,
      xclient,
      xforward,
      guardName: this.#guard.name,
      helo,
      login,
      staleLogin: this.#staleLogin,
      triedLogin: this.#triedLogin,
      mailParameters: this.#transaction.mailParameters,
      rcptParameters,
      resetsSinceLogin: this.#resetsSinceLogin,
      misread: this.#misreadMail || this.#misreadLine,
      admitted: this.#transaction.to.length,
      admittedBefore: this.#admittedBefore,
      secure,
      transactions: this.#transactions,
      delivered: this.#delivered,
    };
  }
}
