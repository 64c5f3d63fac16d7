import { commandBytes } from '../smtp/command.ts';
import type { Reply } from '../smtp/reply-parser.ts';
import type { SessionEnd, Stage } from '../session/transcript.ts';
import type { Connection, Received, Written } from './connection.ts';
import type { Recorder } from './recorder.ts';

/** Ends the session; carries how. Thrown inside the runner only and caught there: no target can make it leave. */
export class SessionOver extends Error {
  readonly end: SessionEnd;

  constructor(end: SessionEnd) {
    super(end.kind);
    this.end = end;
  }
}

/** A command as it is sent and as it may be shown. */
export interface Command {
  readonly stage: Stage;
  readonly text: string;
  /** Shown instead of the text where that holds a secret. */
  readonly shown?: string;
}

/** One side of an SMTP dialogue over a connection: writes, reads, keeps both, and ends the session on anything odd. */
export class DialoguePartner {
  readonly #connection: Connection;
  readonly #recorder: Recorder;
  /** When the whole session has to be over, in milliseconds since it began. */
  readonly #remaining: () => number;

  constructor(connection: Connection, recorder: Recorder, remaining: () => number) {
    this.#connection = connection;
    this.#recorder = recorder;
    this.#remaining = remaining;
  }

  /** Sends a command and reads its reply. */
  async ask(command: Command, deadlineMs: number): Promise<Reply> {
    await this.send([command]);
    return this.read(command.stage, deadlineMs);
  }

  /** Sends commands in one write. A reply that is there before its command was sent belongs to nothing: desynchronised. */
  async send(commands: readonly Command[]): Promise<void> {
    const stage = commands[0]?.stage ?? 'other';
    await this.#refuseUnread(stage);
    for (const command of commands) this.#recorder.sent(command.stage, command.shown ?? command.text);
    const written = await this.#connection.write(Buffer.concat(commands.map((command) => commandBytes(command.text))));
    this.#mustBeWritten(written, stage);
  }

  /** Sends mail data as it is. */
  async sendData(bytes: Buffer, shown: string): Promise<void> {
    await this.#refuseUnread('end-of-data');
    this.#recorder.sent('end-of-data', shown);
    this.#mustBeWritten(await this.#connection.write(bytes), 'end-of-data');
  }

  /** Reads one reply; returns it in the form in which it may be stored. */
  async read(stage: Stage, deadlineMs: number): Promise<Reply> {
    const deadline = Math.max(1, Math.min(deadlineMs, this.#remaining()));
    const received = await this.#connection.readReply(deadline);
    if (received.kind === 'reply') return this.#recorder.received(stage, received.reply);
    throw new SessionOver(endOf(received, stage, deadline));
  }

  async #refuseUnread(stage: Stage): Promise<void> {
    if (!this.#connection.hasUnread) return;
    const early = await this.#connection.readReply(1);
    if (early.kind === 'reply') {
      const reply = this.#recorder.received(stage, early.reply);
      const detail = `${reply.code} ${reply.lines.join(' ')}`;
      throw new SessionOver(
        reply.code === 421
          ? { kind: 'closed', stage, detail: `the server said goodbye: ${detail}` }
          : { kind: 'desync', stage, detail: `a reply before its command: ${detail}` },
      );
    }
    throw new SessionOver(
      early.kind === 'fault'
        ? { kind: 'garbled', stage, fault: early.fault }
        : { kind: 'desync', stage, detail: 'a part of a reply before its command' },
    );
  }

  #mustBeWritten(written: Written, stage: Stage): void {
    if (written.kind === 'written') return;
    // What the server said before it closed is worth keeping: it often says why.
    throw new SessionOver(endOf(written, stage, this.#remaining()));
  }
}

function endOf(received: Exclude<Received, { kind: 'reply' }>, stage: Stage, waitedMs: number): SessionEnd {
  switch (received.kind) {
    case 'fault':
      return { kind: 'garbled', stage, fault: received.fault };
    case 'closed':
      return { kind: 'closed', stage, detail: received.detail };
    case 'timed-out':
      return { kind: 'timed-out', stage, detail: `no answer within ${Math.round(waitedMs)} ms` };
    case 'aborted':
      return { kind: 'aborted' };
  }
}
