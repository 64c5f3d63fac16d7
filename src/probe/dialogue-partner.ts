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

/** Some bytes of a write, and how they are shown. */
export interface Piece {
  readonly stage: Stage;
  readonly shown: string;
  readonly bytes: Buffer;
}

/** All that came until nothing came any more; `end` is how the session ended meanwhile, null where it goes on. */
export interface Quiet {
  readonly replies: readonly Reply[];
  readonly end: SessionEnd | null;
}

/** What a wait for silence waits for. */
interface Silence {
  readonly quietMs: number;
  /** Replies that come for certain, however long that takes. */
  readonly owed: number;
  readonly owedMs: number;
}

/** Parts of a wait for silence, each of which has to pass in time. */
const QUIET_SLICES = 6;
/** What a part that passed late counts: a process that is never in time ends its wait all the same. */
const LATE_SLICE = 0.1;
/** How long the last reply may take before the server is told that nothing more will come. */
const HALF_CLOSE_AFTER_MS = 40;
/** Replies that are read at most while waiting for silence. */
const MOST_REPLIES = 200;

/** One side of an SMTP dialogue over a connection: writes, reads, keeps both, and ends the session on anything odd. */
export class DialoguePartner {
  readonly #connection: Connection;
  readonly #recorder: Recorder;
  /** When the whole session has to be over, in milliseconds since it began. */
  readonly #remaining: () => number;
  #slowestMs = 0;
  #lastCode: number | null = null;

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

  /**
   * Sends the last command and reads its reply. Exim holds the reply to QUIT back for a fifth of a second, unless the
   * client has closed its half of the connection; a server that answers at once is not hurried.
   */
  async askLast(command: Command, deadlineMs: number): Promise<Reply> {
    await this.send([command]);
    const timer = setTimeout(() => this.#connection.finishWriting(), HALF_CLOSE_AFTER_MS);
    try {
      return await this.read(command.stage, deadlineMs);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Waits for the server to close behind its goodbye. Returns how the session ended if a reply came instead, else null. */
  async untilClosed(deadlineMs: number): Promise<SessionEnd | null> {
    this.#connection.finishWriting();
    const behind = await this.#connection.readReply(Math.max(1, Math.min(deadlineMs, this.#remaining())));
    if (behind.kind !== 'reply') return null;
    const { code, lines } = this.#recorder.received('quit', behind.reply);
    // A server may say that it closes at any time, whatever it was asked (RFC 5321 §3.8).
    if (code === 421) return null;
    return { kind: 'desync', stage: 'quit', detail: `a reply behind the goodbye: ${code} ${lines.join(' ')}` };
  }

  /** Code of the last reply that was read, null before the first. */
  get lastCode(): number | null {
    return this.#lastCode;
  }

  /** The longest that the server took for a reply after its banner, in milliseconds. */
  get slowestMs(): number {
    return this.#slowestMs;
  }

  /** Sends commands in one write. */
  async send(commands: readonly Command[]): Promise<void> {
    await this.sendPieces(
      commands.map(({ stage, text, shown }) => ({ stage, shown: shown ?? text, bytes: commandBytes(text) })),
    );
  }

  /**
   * Sends bytes in one write. A reply that is there before its command was sent belongs to nothing: desynchronised.
   * @param onLeaving told right before the bytes leave, and never where they do not
   */
  async sendPieces(pieces: readonly Piece[], onLeaving: () => void = () => undefined): Promise<void> {
    const stage = pieces[0]?.stage ?? 'other';
    await this.#refuseUnread(stage);
    const written = await this.#connection.write(Buffer.concat(pieces.map(({ bytes }) => bytes)), () => {
      for (const piece of pieces) this.#recorder.sent(piece.stage, piece.shown);
      onLeaving();
    });
    this.#mustBeWritten(written, stage);
  }

  /** Reads one reply; returns it in the form in which it may be stored. */
  async read(stage: Stage, deadlineMs: number): Promise<Reply> {
    const deadline = Math.max(1, Math.min(deadlineMs, this.#remaining()));
    const before = this.#remaining();
    const received = await this.#connection.readReply(deadline);
    if (received.kind !== 'reply') throw new SessionOver(endOf(received, stage, deadline));
    if (stage !== 'banner') this.#slowestMs = Math.max(this.#slowestMs, before - this.#remaining());
    return this.#keep(stage, received.reply);
  }

  /**
   * Reads replies until none came for so long; those that are owed for certain are waited for as long as `owedMs`, and end
   * the session where they do not come. A busy process hears late: silence counts only while it listens in time.
   */
  async readUntilQuiet(stage: Stage, { quietMs, owed, owedMs }: Silence): Promise<Quiet> {
    const replies: Reply[] = [];
    const slice = quietMs / QUIET_SLICES;
    let silent = 0;
    while (replies.length < MOST_REPLIES) {
      const isOwed = replies.length < owed;
      const deadline = Math.min(isOwed ? owedMs : slice, this.#remaining());
      if (deadline < 1) return { replies, end: { kind: 'timed-out', stage, detail: 'the session took too long' } };
      const before = this.#remaining();
      const received = await this.#connection.readReply(deadline);
      if (received.kind === 'timed-out') {
        if (isOwed) {
          const detail = `only ${replies.length} of ${owed} commands were answered within ${Math.round(deadline)} ms`;
          return { replies, end: { kind: 'timed-out', stage, detail } };
        }
        silent += before - this.#remaining() < 2 * slice ? 1 : LATE_SLICE;
        if (silent >= QUIET_SLICES) return { replies, end: null };
        continue;
      }
      if (received.kind !== 'reply') return { replies, end: endOf(received, stage, quietMs) };
      silent = 0;
      replies.push(this.#keep(stage, received.reply));
    }
    return { replies, end: { kind: 'desync', stage, detail: `more than ${MOST_REPLIES} replies` } };
  }

  #keep(stage: Stage, reply: Reply): Reply {
    this.#lastCode = reply.code;
    return this.#recorder.received(stage, reply);
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
    if (written.kind === 'out-of-scope') {
      const names = written.names.map((name) => this.#recorder.safe(name));
      throw new SessionOver({ kind: 'out-of-scope', stage, names });
    }
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
