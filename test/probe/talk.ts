import type { Socket } from 'node:net';
import { DEFAULT_DEADLINES } from '../../src/probe/deadlines.ts';
import type { Canary, SessionOptions } from '../../src/probe/session-options.ts';
import { runSession } from '../../src/probe/session-runner.ts';
import { parseDialogue } from '../../src/scenario/dialogue.ts';
import type { Script } from '../../src/session/script.ts';
import type { Transcript } from '../../src/session/transcript.ts';
import type { Vantage } from '../../src/session/vantage.ts';
import { startSocketServer } from '../support/socket-server.ts';

export const CANARY: Canary = {
  token: 'rp1-first',
  lines: ['Subject: first', '', '.first'],
  smuggled: { token: 'rp1-second', lines: ['Subject: second', '', 'second'] },
};

/** Quick enough for a test, slow enough for a busy machine. */
export const DEADLINES = { ...DEFAULT_DEADLINES, banner: 3000, command: 3000, endOfData: 3000, quiet: 150 };

export interface Talk {
  readonly dialogue: readonly string[];
  readonly script?: Partial<Script>;
  readonly options?: Partial<SessionOptions>;
  readonly vantage?: Vantage;
}

/** Runs a dialogue against a server of one connection and tells what came of it, and every segment that the server got. */
export async function talk(
  server: (socket: Socket) => void,
  { dialogue, script = {}, options = {}, vantage = { kind: 'direct' } }: Talk,
): Promise<{ readonly transcript: Transcript; readonly segments: readonly string[] }> {
  const segments: string[] = [];
  const listening = await startSocketServer({ host: '127.0.0.1', port: 0 }, (socket) => {
    socket.on('data', (chunk) => segments.push(chunk.toString('latin1')));
    server(socket);
  });
  const parsed = parseDialogue(dialogue.join('\n'), script.begins === 'connected');
  if (parsed.kind === 'invalid') throw new Error(parsed.problems.map(({ message }) => message).join('\n'));
  try {
    const transcript = await runSession(
      {
        id: 'talk',
        script: { scenario: 'talk', helo: 'client.example', steps: parsed.steps, needs: [], ...script },
        vantage,
        login: null,
      },
      {
        target: { address: '127.0.0.1', port: listening.port, name: 'localhost' },
        tls: 'auto',
        tlsCa: null,
        credentials: null,
        secrets: [],
        insecureLogin: false,
        canaryFor: () => CANARY,
        scope: { ownDomains: ['own.example'], outside: 'v@outside.example', targetNames: [] },
        deadlines: DEADLINES,
        refusalMs: 0,
        signal: new AbortController().signal,
        monotonic: () => performance.now(),
        now: () => new Date(),
        onTurn: () => undefined,
        ...options,
      },
    );
    return { transcript, segments };
  } finally {
    await listening.stop();
  }
}

/** A server that answers each line by a function of it; nothing is answered where that tells nothing. */
export function answering(reply: (line: string) => string | null, banner = '220 test\r\n'): (socket: Socket) => void {
  return (socket) => {
    let rest = '';
    socket.write(banner);
    socket.on('data', (chunk) => {
      const lines = (rest + chunk.toString('latin1')).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        // Whoever says nothing else is left with the goodbye of RFC 5321.
        const text = line === 'QUIT' ? '221 bye\r\n' : reply(line);
        if (text !== null) socket.write(text);
      }
    });
  };
}
