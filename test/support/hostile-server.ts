import type { Socket } from 'node:net';
import { createSecureContext, TLSSocket, type SecureContext } from 'node:tls';
import { startSocketServer } from './socket-server.ts';
import { selfSignedIdentity } from '../../src/smtp/self-signed.ts';

/** Where in a session a server may begin to misbehave. `tls` is after the 220 to STARTTLS, or at once with implicit TLS. */
export const MOMENTS = [
  'connect',
  'banner',
  'ehlo',
  'starttls',
  'tls',
  'auth',
  'mail',
  'rcpt',
  'data',
  'end-of-data',
  'reset',
  'quit',
] as const;
export type Moment = (typeof MOMENTS)[number];

/** What a behaviour can do with the connection. */
export interface Wire {
  /** Sends text (latin1) the way the server cuts it. */
  readonly send: (text: string) => void;
  /** Sends text in one piece, however the server cuts. */
  readonly pour: (text: string | Buffer) => void;
  /** Does something again and again until the connection is gone. */
  readonly every: (milliseconds: number, work: () => void) => void;
  readonly after: (milliseconds: number, work: () => void) => void;
  /** FIN: what was sent before still arrives. */
  readonly finish: () => void;
  /** RST. */
  readonly reset: () => void;
  /** Begins TLS behind its own 220. */
  readonly secure: () => void;
  /** Reads nothing any more. */
  readonly deafen: () => void;
  /** Answers nothing more until `goOn`: a server takes one command after the other. */
  readonly hold: () => void;
  readonly goOn: () => void;
  /** What the client has just said. */
  readonly said: string;
}

/** Takes the place of an honest answer once. `honest` is what a sound server would say now, with its line ends. */
export type Act = (wire: Wire, honest: string) => void;

export interface HostileOptions {
  readonly moment: Moment;
  readonly act: Act;
  /** `open` accepts every recipient, `closed` denies relaying. @default open */
  readonly mode?: 'open' | 'closed';
  /** How bytes are cut: whole replies, or a byte a segment. @default whole */
  readonly cut?: 'whole' | 'bytes';
  /** @default none: TLS is not offered */
  readonly tls?: 'starttls' | 'implicit' | 'none';
  readonly authMechanisms?: string;
  /** How long a closed server takes over the refusal of a recipient; what the client says meanwhile waits. @default 0 */
  readonly refusalMs?: number;
  /** Whether a closed server hangs up behind the refusal of a recipient. @default false */
  readonly hangsUp?: boolean;
}

export interface HostileServer {
  readonly port: number;
  /** Everything that clients have said, TLS undone. */
  readonly heard: () => string;
  readonly stop: () => Promise<void>;
}

const IDENTITY = selfSignedIdentity('mx.example.com');
const CONTEXT = createSecureContext({ key: IDENTITY.key, cert: IDENTITY.cert });
export const HOSTILE_CA = IDENTITY.cert;

/** A server that is sound until its moment comes. */
export async function startHostileServer(options: HostileOptions): Promise<HostileServer> {
  const heard: string[] = [];
  const server = await startSocketServer({ host: '127.0.0.1', port: 0 }, (socket) => {
    converse(socket, options, CONTEXT, (text) => heard.push(text));
  });
  return { port: server.port, heard: () => heard.join(''), stop: server.stop };
}

function converse(raw: Socket, options: HostileOptions, context: SecureContext, hear: (text: string) => void): void {
  let socket = raw;
  let received = '';
  let inData = false;
  let isAuthenticating = false;
  let isSecure = options.tls === 'implicit';
  let acted = false;
  let gone = false;
  let held = false;
  const pending: string[] = [];
  const timers: NodeJS.Timeout[] = [];
  raw.setNoDelay(true);
  raw.on('close', () => {
    gone = true;
    for (const timer of timers) clearTimeout(timer);
  });

  const write = (bytes: string | Buffer): void => {
    if (!gone && socket.writable) socket.write(bytes, 'latin1');
  };
  const pump = (): void => {
    const next = pending.shift();
    if (next === undefined || gone) return;
    write(next);
    setImmediate(pump);
  };
  const wire: Omit<Wire, 'said'> = {
    send: (text) => {
      if (options.cut !== 'bytes') return write(text);
      const idle = pending.length === 0;
      for (const byte of Array.from(text)) pending.push(byte);
      if (idle) pump();
    },
    pour: write,
    every: (milliseconds, work) => void timers.push(setInterval(work, milliseconds)),
    after: (milliseconds, work) => void timers.push(setTimeout(work, milliseconds)),
    finish: () => {
      const rest = pending.splice(0).join('');
      socket.end(Buffer.from(rest, 'latin1'));
    },
    reset: () => void raw.resetAndDestroy(),
    secure: () => secure(),
    deafen: () => void socket.pause(),
    hold: () => {
      held = true;
    },
    goOn: () => {
      held = false;
      answerReceived();
    },
  };
  const at = (moment: Moment, honest: string, said: string): void => {
    if (acted || moment !== options.moment) return wire.send(honest);
    acted = true;
    options.act({ ...wire, said }, honest);
  };

  const listen = (): void => {
    socket.on('error', () => raw.destroy());
    socket.on('data', (chunk: Buffer) => {
      hear(chunk.toString('latin1'));
      received += chunk.toString('latin1');
      answerReceived();
    });
  };
  const answerReceived = (): void => {
    for (;;) {
      if (held) return;
      // A client that was not told to go ahead goes on with commands.
      if (inData && /^(?:RSET|QUIT)\r\n/.test(received)) inData = false;
      const ending = inData ? '\r\n.\r\n' : '\r\n';
      const end = received.indexOf(ending);
      if (end === -1) return;
      const line = received.slice(0, end);
      received = received.slice(end + ending.length);
      answer(line);
    }
  };
  const secure = (): void => {
    raw.removeAllListeners('data');
    received = '';
    isSecure = true;
    socket = new TLSSocket(raw, { isServer: true, secureContext: context });
    listen();
  };
  /** Misbehaves when the client has begun to shake hands: what comes before would be plain text behind the 220. */
  const misshake = (): void => {
    acted = true;
    raw.removeAllListeners('data').once('data', () => options.act({ ...wire, said: '' }, ''));
  };
  const refuse = (line: string): void => {
    at('rcpt', CLOSED, line);
    if (options.hangsUp === true) wire.finish();
  };
  const answer = (line: string): void => {
    if (inData) {
      inData = false;
      return at('end-of-data', '250 2.0.0 queued\r\n', line);
    }
    if (isAuthenticating) {
      isAuthenticating = false;
      return at('auth', '235 2.7.0 welcome\r\n', line);
    }
    switch (line.slice(0, 4).toUpperCase()) {
      case 'EHLO':
      case 'HELO':
        return at('ehlo', ehloReply(options, isSecure), line);
      case 'STAR':
        if (options.tls !== 'starttls') return wire.send('502 5.5.1 what?\r\n');
        at('starttls', '220 2.0.0 go ahead\r\n', line);
        if (options.moment === 'starttls') return;
        return options.moment === 'tls' ? misshake() : secure();
      case 'AUTH':
        isAuthenticating = !/^AUTH PLAIN \S/i.test(line);
        return at('auth', isAuthenticating ? '334 \r\n' : '235 2.7.0 welcome\r\n', line);
      case 'MAIL':
        return at('mail', '250 2.1.0 sender ok\r\n', line);
      case 'RCPT':
        if (options.mode !== 'closed') return at('rcpt', '250 2.1.5 recipient ok\r\n', line);
        if (options.refusalMs === undefined) return refuse(line);
        wire.hold();
        return wire.after(options.refusalMs, () => {
          held = false;
          refuse(line);
          answerReceived();
        });
      case 'DATA':
        inData = options.mode !== 'closed';
        return at('data', inData ? '354 go ahead\r\n' : '554 5.5.1 no valid recipients\r\n', line);
      case 'RSET':
        return at('reset', '250 2.0.0 reset\r\n', line);
      case 'QUIT':
        at('quit', '221 2.0.0 bye\r\n', line);
        if (options.moment !== 'quit') wire.finish();
        return;
      default:
        return wire.send('500 5.5.2 what?\r\n');
    }
  };

  if (options.moment === 'connect') {
    acted = true;
    return options.act({ ...wire, said: '' }, '220 mx.example.com ESMTP\r\n');
  }
  if (options.tls === 'implicit') {
    if (options.moment === 'tls') return misshake();
    secure();
  } else {
    listen();
  }
  at('banner', '220 mx.example.com ESMTP\r\n', '');
}

const CLOSED = '550 5.7.1 Relay access denied\r\n';

function ehloReply({ tls, authMechanisms }: HostileOptions, isSecure: boolean): string {
  const lines = [
    'mx.example.com',
    ...(tls === 'starttls' && !isSecure ? ['STARTTLS'] : []),
    `AUTH ${authMechanisms ?? 'PLAIN'}`,
    'PIPELINING',
  ];
  return lines.map((line, index) => `250${index < lines.length - 1 ? '-' : ' '}${line}\r\n`).join('');
}
