import { printable } from '../smtp/printable.ts';
import type { Redactor } from '../smtp/redact.ts';
import type { Reply } from '../smtp/reply-parser.ts';
import type { Asked, MessageOutcome, Stage, Turn } from '../session/transcript.ts';

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
    const kept = { code: reply.code, enhanced: reply.enhanced, lines: this.#safeLines(reply.lines) };
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

  #keep(turn: Turn): void {
    this.turns.push(turn);
    this.#onTurn(turn);
  }
}
