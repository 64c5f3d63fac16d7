import { connect } from 'node:net';
import type { Socket } from 'node:net';
import type { Endpoint } from './socket-server.ts';

/** A reply as it came: `code` 0 means that the connection ended, or fell silent, before a whole reply had come. */
export interface DialogueReply {
  readonly code: number;
  /** The text of each line, without code, separator and line ending. */
  readonly lines: readonly string[];
  /** From the moment the command was written until the reply was whole. */
  readonly ms: number;
}

/** One SMTP connection, a command and its reply at a time. It never throws for what the server does. */
export interface Dialogue {
  readonly greeting: DialogueReply;
  /** Writes a line (the CRLF is added) and reads one reply. */
  readonly send: (line: string) => Promise<DialogueReply>;
  readonly close: () => void;
}

export interface DialogueTarget extends Endpoint {
  /** The address that the connection comes from. */
  readonly localAddress?: string;
  /** How long a reply may take. @default 15000 */
  readonly timeoutMs?: number;
}

/**
 * Opens a connection and reads the greeting. Deliberately not the project's own wire client: tests that check what real
 * servers do must not depend on the code that they are there to check.
 */
export async function openDialogue(target: DialogueTarget): Promise<Dialogue> {
  const socket = connect({
    host: target.host,
    port: target.port,
    ...(target.localAddress === undefined ? {} : { localAddress: target.localAddress }),
  });
  const nextReply = replyReader(socket, target.timeoutMs ?? 15_000);
  const greeting = await nextReply();
  return {
    greeting,
    send: (line) => {
      if (socket.writable) {
        socket.write(`${line}\r\n`, 'latin1');
      }
      return nextReply();
    },
    close: () => {
      socket.destroy();
    },
  };
}

/** A dialogue whose lines are known beforehand: the greeting and one reply a line, then the connection is closed. */
export async function converse(target: DialogueTarget, lines: readonly string[]): Promise<readonly DialogueReply[]> {
  const dialogue = await openDialogue(target);
  const replies = [dialogue.greeting];
  for (const line of lines) {
    replies.push(await dialogue.send(line));
  }
  dialogue.close();
  return replies;
}

function replyReader(socket: Socket, timeoutMs: number): () => Promise<DialogueReply> {
  let received = '';
  let ended = false;
  let wake: (() => void) | null = null;
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    received += chunk;
    wake?.();
  });
  const finish = (): void => {
    ended = true;
    wake?.();
  };
  socket.on('error', finish);
  socket.on('close', finish);

  return async () => {
    const start = performance.now();
    const deadline = setTimeout(finish, timeoutMs);
    for (;;) {
      const whole = /^(?:\d{3}-[^\n]*\n)*(\d{3})(?: [^\n]*)?\r?\n/u.exec(received);
      if (whole !== null || ended) {
        clearTimeout(deadline);
        const text = whole?.[0] ?? '';
        received = received.slice(text.length);
        return {
          code: Number(whole?.[1] ?? 0),
          lines: text
            .split(/\r?\n/u)
            .slice(0, -1)
            .map((line) => line.slice(4)),
          ms: performance.now() - start,
        };
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
}
