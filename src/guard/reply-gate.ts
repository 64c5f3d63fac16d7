import { Duplex } from 'node:stream';
import { REPLY_FAULT_TEXT, ReplyParser } from '../smtp/reply-parser.ts';
import type { Reply } from '../smtp/reply-parser.ts';
import type { DeliveryOutcome, Envelope } from './delivery.ts';

/** What the guard is waiting for: the greeting, or the reply to what was sent last. */
type Stage = 'greeting' | 'EHLO' | 'HELO' | 'MAIL FROM' | 'RCPT TO' | 'DATA' | 'end of data';

/** The reply codes that take a stage forward (RFC 5321 §4.3.2); 4xx and 5xx refuse, and anything else is not SMTP. */
const SUCCESS: Readonly<Record<Stage, readonly number[]>> = {
  greeting: [220],
  EHLO: [250],
  HELO: [250],
  'MAIL FROM': [250],
  'RCPT TO': [250, 251],
  DATA: [354],
  'end of data': [250],
};

const END_OF_DATA = '\r\n.\r\n';
const LINGER_MS = 2000;

/**
 * Stands between the next hop's socket and the SMTP client library, and believes neither: a command passes only when it
 * is, byte for byte, the next one of the approved envelope and nothing is unanswered; a reply passes only when a command
 * waits for it, it is well formed, and its code belongs to that command. A reply ahead of its command means that client
 * and server no longer speak of the same thing (a false 250 is lost mail), so the connection is destroyed.
 * The library sees replies without the server's text and no extension but 8BITMIME, so it never pipelines.
 */
export class ReplyGate extends Duplex {
  readonly outcome: Promise<DeliveryOutcome>;
  readonly #wire: Duplex;
  readonly #envelope: Envelope;
  readonly #name: string;
  readonly #parser = new ReplyParser();
  readonly #recipientCodes: number[] = [];
  #resolve: (outcome: DeliveryOutcome) => void = () => undefined;
  #settled = false;
  #awaiting: Stage | null = 'greeting';
  /** The stage that went well last; what may be sent next follows from it. */
  #reached: Stage | null = null;
  #tail = '';

  constructor(wire: Duplex, envelope: Envelope, name: string) {
    super();
    this.#wire = wire;
    this.#envelope = envelope;
    this.#name = name;
    this.outcome = new Promise((resolve) => {
      this.#resolve = resolve;
    });
    wire.on('data', (chunk: Buffer) => {
      this.#fromWire(chunk);
    });
    wire.on('error', (error) => {
      this.fail(`the connection failed: ${error.message}`);
    });
    wire.on('close', () => {
      this.fail('the connection was closed');
    });
    wire.on('end', () => {
      this.fail('the connection was closed');
    });
    this.on('error', () => undefined);
  }

  /** Part of a socket that the client library calls; deadlines here are absolute and kept by the owner of the gate. */
  setTimeout(): this {
    return this;
  }

  /** Gives up on the delivery. Never QUIT: in the middle of a message it would become a line of it. */
  fail(reason: string): void {
    if (!this.#settle({ kind: 'failed', reason })) return;
    this.#wire.destroy();
  }

  override _read(): void {
    // Replies are pushed when they come; they are small, and at most one is on its way.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#settled) {
      done();
      return;
    }
    if (this.#reached === 'DATA') this.#toWire(chunk, this.#endsData(chunk) ? 'end of data' : null, done);
    else this.#command(chunk, done);
  }

  #command(chunk: Buffer, done: () => void): void {
    const line = chunk.toString('utf8');
    const stage = this.#allowed().find(([text]) => line === `${text}\r\n`)?.[1];
    if (stage === undefined || this.#awaiting !== null) {
      this.fail('the client library departed from the approved envelope');
      done();
      return;
    }
    this.#toWire(chunk, stage, done);
  }

  /** What may be sent now: the text of a command line and the stage whose reply it waits for. */
  #allowed(): readonly (readonly [string, Stage])[] {
    const { from, to } = this.#envelope;
    switch (this.#reached) {
      case null:
        return [];
      case 'greeting':
        return [
          [`EHLO ${this.#name}`, 'EHLO'],
          [`HELO ${this.#name}`, 'HELO'],
        ];
      case 'EHLO':
      case 'HELO':
        return [
          [`MAIL FROM:<${from}>`, 'MAIL FROM'],
          [`MAIL FROM:<${from}> BODY=8BITMIME`, 'MAIL FROM'],
        ];
      case 'MAIL FROM':
      case 'RCPT TO': {
        const next = to[this.#recipientCodes.length];
        return [next === undefined ? ['DATA', 'DATA'] : [`RCPT TO:<${next}>`, 'RCPT TO']];
      }
      case 'DATA':
      case 'end of data':
        return [];
    }
  }

  /** Whether this part of the message brings its end. The end may come once, and last. */
  #endsData(chunk: Buffer): boolean {
    const text = this.#tail + chunk.toString('latin1');
    const end = text.indexOf(END_OF_DATA);
    if (end !== -1 && end + END_OF_DATA.length !== text.length) this.fail('the message holds an end of data');
    this.#tail = text.slice(1 - END_OF_DATA.length);
    return end !== -1;
  }

  /** A reply is awaited from the moment the kernel has the bytes: one that is there earlier answers something else. */
  #toWire(chunk: Buffer, stage: Stage | null, done: (error?: Error | null) => void): void {
    if (this.#settled) {
      done();
      return;
    }
    this.#wire.write(chunk, () => {
      if (stage !== null) this.#awaiting = stage;
      done();
    });
  }

  #fromWire(chunk: Buffer): void {
    if (this.#settled) return;
    const stage = this.#awaiting;
    if (stage === null) {
      this.fail('a reply came before its command');
      return;
    }
    const [event, ...more] = this.#parser.push(chunk);
    if (event === undefined) return;
    if (event.kind === 'fault') {
      this.fail(`after ${stage}, ${REPLY_FAULT_TEXT[event.fault]}`);
    } else if (more.length > 0 || !this.#parser.idle) {
      this.fail(`after ${stage}, more came than one reply`);
    } else {
      this.#reply(stage, event.reply);
    }
  }

  #reply(stage: Stage, reply: Reply): void {
    const { code } = reply;
    const success = SUCCESS[stage].includes(code);
    if (!success && code < 400) {
      this.fail(`${code} is no answer to ${stage}`);
      return;
    }
    this.#awaiting = null;
    switch (stage) {
      case 'greeting':
      case 'HELO':
        if (!success) {
          this.fail(`${stage} was answered with ${code}`);
          return;
        }
        break;
      case 'EHLO':
        // 5xx says that the server is older than EHLO (RFC 5321 §4.1.4); 4xx that it will not serve now.
        if (!success) {
          if (code < 500) this.fail(`${stage} was answered with ${code}`);
          else this.#show(code);
          return;
        }
        break;
      case 'RCPT TO':
        this.#recipientCodes.push(code);
        if (this.#recipientCodes.length === this.#envelope.to.length && !this.#recipientsAccepted()) return;
        break;
      case 'end of data':
        this.#finish(success ? { kind: 'delivered' } : { kind: 'refused', code, command: stage });
        return;
      case 'MAIL FROM':
      case 'DATA':
        if (!success) {
          this.#finish({ kind: 'refused', code, command: stage });
          return;
        }
    }
    this.#reached = stage;
    if (stage === 'DATA') this.#tail = '\r\n';
    this.#show(code, stage === 'EHLO' && reply.lines.slice(1).some((line) => /^8BITMIME\s*$/i.test(line)));
  }

  /** All recipients or none: a message for a part of them would be lost for the rest, who were promised it. */
  #recipientsAccepted(): boolean {
    const codes = this.#recipientCodes;
    const refused = codes.filter((code) => code >= 400);
    if (refused.length === 0) return true;
    const [first = 451] = [...refused.filter((code) => code < 500), ...refused];
    this.#finish(
      refused.length === codes.length
        ? { kind: 'refused', code: first, command: 'RCPT TO' }
        : { kind: 'mixed', codes: [...codes] },
    );
    return false;
  }

  #show(code: number, eightBit = false): void {
    this.push(eightBit ? `${code}-ok\r\n${code} 8BITMIME\r\n` : `${code} ok\r\n`);
  }

  /** The next hop has said its last word in good order, so it is left in good order. */
  #finish(outcome: DeliveryOutcome): void {
    if (!this.#settle(outcome)) return;
    this.#wire.end('QUIT\r\n');
    this.#wire.resume();
    setTimeout(() => this.#wire.destroy(), LINGER_MS).unref();
  }

  #settle(outcome: DeliveryOutcome): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    this.#resolve(outcome);
    this.destroy();
    return true;
  }
}
