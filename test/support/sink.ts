import type { Socket } from 'node:net';
import { startSocketServer } from './socket-server.ts';
import type { Endpoint } from './socket-server.ts';
import { until } from './until.ts';

/** A message that came out at the sink. Paths are the bytes between `<` and `>`, untouched, as latin1 text. */
export interface SunkMessage {
  readonly peer: string;
  readonly helo: string;
  readonly reversePath: string;
  readonly forwardPaths: readonly string[];
  /** Header and body up to the final dot, dot-stuffing undone, line endings as they came; latin1 text. */
  readonly data: string;
}

/** A next hop that takes everything and keeps it: the ground truth of a test. */
export interface Sink extends Endpoint {
  readonly messages: () => readonly SunkMessage[];
  /** Every forward path of every message, in the order of arrival. */
  readonly forwardPaths: () => readonly string[];
  readonly untilMessages: (count: number, timeoutMs?: number) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface SinkOptions {
  /** @default 127.0.0.1 */
  readonly host?: string;
  /** @default 0, any free port */
  readonly port?: number;
  readonly onMessage?: (message: SunkMessage) => void;
}

/**
 * Starts an SMTP server on bare sockets that parses nothing it need not: recipients are kept byte for byte, so a test
 * sees what was really put on the wire and not what a library made of it.
 */
export async function startSink(options: SinkOptions = {}): Promise<Sink> {
  const messages: SunkMessage[] = [];
  const host = options.host ?? '127.0.0.1';
  const server = await startSocketServer({ host, port: options.port ?? 0 }, (socket) => {
    receive(socket, (message) => {
      messages.push(message);
      options.onMessage?.(message);
    });
  });
  return {
    host,
    port: server.port,
    messages: () => [...messages],
    forwardPaths: () => messages.flatMap((message) => message.forwardPaths),
    untilMessages: (count, timeoutMs) =>
      until(`${count} message(s) at the sink`, () => messages.length >= count, timeoutMs),
    stop: server.stop,
  };
}

interface Envelope {
  helo: string;
  reversePath: string;
  forwardPaths: string[];
}

function receive(socket: Socket, keep: (message: SunkMessage) => void): void {
  const peer = socket.remoteAddress ?? '';
  const envelope: Envelope = { helo: '', reversePath: '', forwardPaths: [] };
  let received = '';
  let inData = false;
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    received += chunk;
    for (;;) {
      const ending = inData ? '\r\n.\r\n' : '\r\n';
      // A message may be empty: its dot then follows the CRLF of DATA itself (RFC 5321 4.1.1.4).
      const searched = inData ? `\r\n${received}` : received;
      const end = searched.indexOf(ending);
      if (end === -1) {
        return;
      }
      const unit = searched.slice(inData ? 2 : 0, inData ? Math.max(end + 2, 2) : end);
      received = searched.slice(end + ending.length);
      if (inData) {
        const { helo, reversePath, forwardPaths } = envelope;
        keep({ peer, helo, reversePath, forwardPaths, data: unit.replaceAll(/(^|\r\n)\./gu, '$1') });
        inData = false;
        socket.write('250 2.0.0 kept\r\n');
      } else {
        const reply = answer(unit, envelope);
        inData = reply.startsWith('354');
        socket.write(`${reply}\r\n`);
        if (reply.startsWith('221')) {
          socket.end();
          return;
        }
      }
    }
  });
  socket.write('220 sink.test ESMTP\r\n');
}

function answer(line: string, envelope: Envelope): string {
  const verb = line.slice(0, 4).toUpperCase();
  switch (verb) {
    case 'EHLO':
    case 'HELO':
      envelope.helo = line.slice(5);
      return verb === 'HELO' ? '250 sink.test' : '250-sink.test\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8';
    case 'MAIL':
      envelope.reversePath = pathOf(line);
      envelope.forwardPaths = [];
      return '250 2.1.0 ok';
    case 'RCPT':
      envelope.forwardPaths = [...envelope.forwardPaths, pathOf(line)];
      return '250 2.1.5 ok';
    case 'DATA':
      return '354 go ahead';
    case 'QUIT':
      return '221 2.0.0 bye';
    default:
      return '250 2.0.0 ok';
  }
}

/** The widest `<…>` of a MAIL or RCPT command that is followed by nothing but parameters. */
function pathOf(line: string): string {
  return /<(.*)>(?: .*)?$/u.exec(line)?.[1] ?? line;
}
