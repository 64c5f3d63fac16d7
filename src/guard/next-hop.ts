import { connect } from 'node:net';
import type { Socket } from 'node:net';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import type { Delivery } from './delivery.ts';
import { ReplyGate } from './reply-gate.ts';

export interface NextHopOptions {
  readonly host: string;
  readonly port: number;
  /** The name that the guard gives itself in EHLO. */
  readonly name: string;
  /** Absolute deadline of a delivery, from connecting to the last reply, in milliseconds. */
  readonly deadlineMs: number;
}

/**
 * Delivers to an SMTP server, a connection a message. The connection is in the clear: the next hop is the mail server
 * behind the guard, on this host or on a wire that is trusted as much.
 */
export function nextHopDelivery(options: NextHopOptions): Delivery {
  return async (envelope, message) => {
    const socket = connect({ host: options.host, port: options.port, noDelay: true });
    const gate = new ReplyGate(socket, envelope, options.name);
    const deadline = setTimeout(() => {
      gate.fail(`no last reply within ${options.deadlineMs} ms`);
    }, options.deadlineMs);
    if (!servesAsSocket(gate)) throw new TypeError('the gate lacks a call that the client library makes');
    const client = new SMTPConnection({
      connection: gate,
      name: options.name,
      ignoreTLS: true,
      connectionTimeout: options.deadlineMs,
      greetingTimeout: options.deadlineMs,
    });
    // What the library makes of the session is not asked: the gate has seen every byte and knows how it ended.
    client.on('error', () => undefined);
    client.connect(() => {
      client.send(
        { from: envelope.from, to: [...envelope.to], use8BitMime: envelope.eightBit },
        message,
        () => undefined,
      );
    });
    const outcome = await gate.outcome;
    clearTimeout(deadline);
    client.close();
    return outcome;
  };
}

/** The library calls of a connected socket only the methods of a stream and setTimeout; a test pins that. */
function servesAsSocket(gate: ReplyGate): gate is ReplyGate & Socket {
  return typeof gate.setTimeout === 'function';
}
