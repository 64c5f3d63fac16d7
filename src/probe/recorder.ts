import { KeptLines } from '../smtp/kept-lines.ts';
import { printable } from '../smtp/printable.ts';
import type { Redactor } from '../smtp/redact.ts';
import type { Reply } from '../smtp/reply-parser.ts';
import type { Asked, MessageOutcome, Stage, Turn } from '../session/transcript.ts';

/** Turns that are kept of one session. */
const MOST_TURNS = 500;
/** Characters of text that are kept of one session: a thousand sessions have to fit into memory. */
const MOST_CHARACTERS = 16_384;
/** Characters of a reply that are kept where its session is full: enough to tell what it means. */
const LEAST_CHARACTERS = 2048;

/** Collects the turns of one session; everything passes the redactor and the escaper before it is kept. */
export class Recorder {
  readonly turns: Turn[] = [];
  readonly asked: Asked[] = [];
  message: MessageOutcome = { kind: 'not-sent' };
  /** Whether the message that is to be smuggled in went out. */
  smuggled = false;
  /** Whether a message was taken at its end: the server answers for it now (RFC 5321 §4.2.5). */
  tookMessage = false;
  /** Whether the last question was answered by silence that counts as a refusal. */
  silent = false;
  #characters = 0;
  #full = false;
  readonly #redactor: Redactor;
  readonly #elapsed: () => number;
  readonly #onTurn: (turn: Turn) => void;

  /** @param elapsed milliseconds since the session began */
  constructor(redactor: Redactor, elapsed: () => number, onTurn: (turn: Turn) => void) {
    this.#redactor = redactor;
    this.#elapsed = elapsed;
    this.#onTurn = onTurn;
  }

  sent(stage: Stage, text: string): void {
    this.#keep({ kind: 'sent', at: this.#elapsed(), stage, text: this.#safe(text) });
  }

  note(text: string): void {
    this.#keep({ kind: 'note', at: this.#elapsed(), text: this.#safe(text) });
  }

  /** Keeps a reply and hands back the form in which it may be stored. */
  received(stage: Stage, reply: Reply): Reply {
    const kept = { code: reply.code, enhanced: reply.enhanced, lines: this.#fitting(this.#safeLines(reply.lines)) };
    this.#keep({ kind: 'received', at: this.#elapsed(), stage, reply: kept });
    this.tookMessage ||= stage === 'end-of-data' && reply.code < 400;
    return kept;
  }

  safe(text: string): string {
    return this.#safe(text);
  }

  /** A secret may be cut by the line ends of a reply, so the lines are looked at together first. */
  #safeLines(lines: readonly string[]): readonly string[] {
    const whole = lines.join('\n');
    const redacted = this.#redactor.redact(whole);
    return (redacted === whole ? lines : redacted.split('\n')).map(printable);
  }

  #safe(text: string): string {
    return printable(this.#redactor.redact(text));
  }

  /** As many lines as there is room for. */
  #fitting(lines: readonly string[]): readonly string[] {
    const kept = new KeptLines(Infinity, Math.max(MOST_CHARACTERS - this.#characters, LEAST_CHARACTERS));
    for (const line of lines) kept.add(line);
    return kept.take();
  }

  #keep(turn: Turn): void {
    if (this.#full) return;
    this.#full = this.turns.length >= MOST_TURNS || this.#characters >= MOST_CHARACTERS;
    const kept: Turn = this.#full
      ? { kind: 'note', at: turn.at, text: 'what was said from here on is counted and not kept' }
      : turn;
    this.#characters += turn.kind === 'received' ? turn.reply.lines.join('').length : turn.text.length;
    this.turns.push(kept);
    this.#onTurn(kept);
  }
}
