import { startSocketServer } from './socket-server.ts';

/** A server that answers lines by a table and keeps every byte that it was sent. */
export interface ScriptServer {
  readonly port: number;
  /** Lines of all connections in the order of their arrival, without their CRLF. */
  readonly lines: () => readonly string[];
  /** Everything that was sent, a text (latin1) for each connection. */
  readonly bytes: () => readonly string[];
  readonly peers: () => readonly string[];
  readonly stop: () => Promise<void>;
}

/** The reply to a line, without its CRLF; null answers nothing, and `close` hangs up. */
export type Answer = (
  line: string,
  session: { readonly number: number; readonly lines: readonly string[] },
) => string | null;

export const CLOSE = 'close';

/** A sound server for example.com that relays nothing; the base of other tables. */
export const soundAnswer: Answer = (line) => {
  switch (line.slice(0, 4).toUpperCase()) {
    case 'EHLO':
      return '250-mx.example.com\r\n250-PIPELINING\r\n250-SIZE 1000000\r\n250 AUTH PLAIN';
    case 'HELO':
      return '250 mx.example.com';
    case 'RCPT':
      return line.toLowerCase().includes('@example.com>') ? '250 2.1.5 ok' : '550 5.7.1 relaying denied';
    case 'DATA':
      return '354 go ahead';
    case 'QUIT':
      return '221 2.0.0 bye';
    default:
      return '250 2.0.0 ok';
  }
};

/** Takes every recipient. */
export const openAnswer: Answer = (line, session) =>
  /^RCPT/i.test(line) ? '250 2.1.5 ok' : soundAnswer(line, session);

export async function startScriptServer(
  answer: Answer = soundAnswer,
  banner: string | null = '220 mx.example.com ESMTP tested',
): Promise<ScriptServer> {
  const lines: string[] = [];
  const bytes: string[] = [];
  const peers: string[] = [];
  const server = await startSocketServer({ host: '127.0.0.1', port: 0 }, (socket) => {
    const number = bytes.push('') - 1;
    const own: string[] = [];
    let received = '';
    let inData = false;
    peers.push(socket.remoteAddress ?? '');
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      bytes[number] += chunk;
      received += chunk;
      for (;;) {
        const ending = inData ? '\r\n.\r\n' : '\r\n';
        const end = received.indexOf(ending);
        if (end === -1) return;
        const line = received.slice(0, end);
        received = received.slice(end + ending.length);
        own.push(line);
        lines.push(line);
        const reply = inData ? '250 2.0.0 queued' : answer(line, { number, lines: own });
        inData = !inData && reply?.startsWith('354') === true;
        if (reply === CLOSE) {
          socket.end();
          return;
        }
        if (reply !== null) socket.write(`${reply}\r\n`, 'latin1');
        if (reply?.startsWith('221') === true) socket.end();
      }
    });
    if (banner !== null) socket.write(`${banner}\r\n`);
  });
  return {
    port: server.port,
    lines: () => lines,
    bytes: () => bytes,
    peers: () => peers,
    stop: server.stop,
  };
}
