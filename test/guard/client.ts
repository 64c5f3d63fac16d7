import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** A reply: `code` 0 means that the connection ended before a whole one had come. */
export interface Answer {
  readonly code: number;
  /** Lines without their codes, joined. */
  readonly text: string;
}

/** A client on a bare socket that can say anything, in any pieces. It never throws for what the server does. */
export interface Client {
  readonly greeting: Answer;
  /** Writes a line with its CRLF and reads one reply. */
  readonly say: (line: string) => Promise<Answer>;
  readonly write: (bytes: string | Buffer) => void;
  readonly next: () => Promise<Answer>;
  /** Resolves when the server has closed the connection. */
  readonly ended: Promise<void>;
  readonly startTls: () => Promise<void>;
  /** Bytes that came and were not read as a reply. */
  readonly rest: () => string;
  readonly end: () => void;
  readonly reset: () => void;
}

export interface ClientOptions {
  readonly port: number;
  /** Address that the connection comes from. @default 127.0.0.1 */
  readonly from?: string;
  readonly to?: string;
  /** Written at once, before the greeting. */
  readonly first?: string | Buffer;
  readonly tls?: boolean;
}

/** Opens a connection and reads the greeting. */
export async function dial(options: ClientOptions): Promise<Client> {
  const host = options.to ?? '127.0.0.1';
  const raw = connect({
    host,
    port: options.port,
    ...(options.from === undefined ? {} : { localAddress: options.from }),
  });
  let socket: Socket = raw;
  let received = '';
  let over = false;
  let wake: () => void = () => undefined;
  let finish: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    finish = () => {
      over = true;
      resolve();
      wake();
    };
  });
  const listen = (): void => {
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString('latin1');
      wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', finish);
  };
  const secure = async (): Promise<void> => {
    raw.removeAllListeners('data');
    raw.removeAllListeners('close');
    await new Promise<void>((resolve) => {
      const wrapped = connectTls({ socket: raw, rejectUnauthorized: false }, resolve);
      wrapped.on('error', () => {
        resolve();
      });
      socket = wrapped;
    });
    listen();
  };
  const next = async (): Promise<Answer> => {
    for (;;) {
      const whole = /^(?:\d{3}-[^\n]*\n)*(\d{3})(?: [^\n]*)?\r\n/.exec(received)?.[0];
      if (whole !== undefined) {
        received = received.slice(whole.length);
        const lines = whole.trimEnd().split('\r\n');
        return { code: Number(lines.at(-1)?.slice(0, 3)), text: lines.map((line) => line.slice(4)).join('\n') };
      }
      if (over) return { code: 0, text: received };
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  const write = (bytes: string | Buffer): void => {
    if (socket.writable) socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes);
  };
  listen();
  if (options.first !== undefined) write(options.first);
  if (options.tls === true) await secure();
  return {
    greeting: await next(),
    say: (line) => {
      write(`${line}\r\n`);
      return next();
    },
    write,
    next,
    ended,
    startTls: secure,
    rest: () => received,
    end: () => {
      socket.end();
    },
    reset: () => {
      raw.resetAndDestroy();
    },
  };
}

/** Says lines one after another and returns the codes of the replies; a multi-line entry is written as it is. */
export async function sayAll(client: Client, lines: readonly string[]): Promise<readonly number[]> {
  const codes: number[] = [];
  for (const line of lines) codes.push((await client.say(line)).code);
  return codes;
}
