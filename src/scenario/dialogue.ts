import { escapeFault, repeatFault } from '../smtp/escaped-text.ts';
import { isQuestion, isQuiet, parseReplyPattern, type ReplyPattern } from './reply-pattern.ts';

/**
 * Something that the client sends: a command `line` without its CRLF, `raw` bytes in escaped text, the canary `message`
 * with its end of data, the `message-text` without it, a second message that is to be `smuggled` past the first, or a
 * handshake of `tls`.
 */
export type Outgoing =
  | { readonly kind: 'line'; readonly text: string }
  | { readonly kind: 'raw'; readonly text: string }
  | { readonly kind: 'message' }
  | { readonly kind: 'message-text' }
  | { readonly kind: 'smuggled' }
  | { readonly kind: 'tls' };

/** Sent in one write, then answered by that many replies. */
export interface Step {
  readonly send: readonly Outgoing[];
  readonly replies: readonly ReplyPattern[];
}

/** A line of a dialogue that cannot be read. `line` counts from 0 inside the dialogue. */
export interface DialogueProblem {
  readonly line: number;
  readonly message: string;
}

export type ParsedDialogue =
  | { readonly kind: 'ok'; readonly steps: readonly Step[] }
  | { readonly kind: 'invalid'; readonly problems: readonly DialogueProblem[] };

/** What `C: {message}` and its like stand for. */
export const MESSAGE_WORDS: Readonly<Record<string, Outgoing>> = {
  '{message}': { kind: 'message' },
  '{message-text}': { kind: 'message-text' },
  '{smuggled}': { kind: 'smuggled' },
};

/** In a `C:` line: how many bytes follow the line in the same write. */
export const REST_SIZE = '{rest-size}';

/**
 * Reads a dialogue in the notation of a transcript, a line a turn:
 *
 *     C: MAIL FROM:<{sender}>     sent with CRLF; lines with no S: between them leave in one write
 *     R: RCPT TO:<a\n{outside}>   sent as it is, escapes undone: \r \n \t \0 \\ \xHH
 *     T:                          a TLS handshake
 *     S: 250                      the reply must be that (`250`, `2xx`, `250|251`)
 *     S: *                        any reply
 *     S: ...                      all replies until none comes any more
 *     S: ?                        the question; `S: ?+` goes on after a refusal, too
 *     S: ?250|251                 a question whose unsafe answers are exactly those
 *     S: ?...                     as `...`, and the last reply is the answer
 *     C: {message}                the canary message, dots doubled, ended by CRLF . CRLF
 *     C: {message-text}           the same without an end
 *     C: {smuggled}               a second canary message, ended, that must not become one of its own
 *
 * `{x*2100}` is a character many times, `{rest-size}` the number of bytes behind the line in its write.
 * Blank lines and lines that begin with `#` are passed over.
 * @param greets whether the banner is the first reply of the dialogue
 */
export function parseDialogue(text: string, greets = false): ParsedDialogue {
  const reader = new DialogueReader(greets);
  for (const [line, raw] of text.split('\n').entries()) {
    const trimmed = raw.trim();
    if (trimmed !== '' && !trimmed.startsWith('#')) reader.read(line, trimmed);
  }
  return reader.end();
}

class DialogueReader {
  readonly #problems: DialogueProblem[] = [];
  readonly #steps: Step[] = [];
  #send: Outgoing[] = [];
  #replies: ReplyPattern[] = [];
  /** Replies that nothing sent in the dialogue asks for: the banner. */
  #unasked: number;

  constructor(greets: boolean) {
    this.#unasked = greets ? 1 : 0;
  }

  read(line: number, text: string): void {
    const [, turn, rest = ''] = /^([CRST]):(.*)$/s.exec(text) ?? [];
    switch (turn) {
      case 'C':
        this.#push(this.#outgoing(line, rest.replace(/^ /, '')));
        return;
      case 'R':
        this.#report(line, escapeFault(rest) ?? repeatFault(rest));
        this.#push({ kind: 'raw', text: rest.replace(/^ /, '') });
        return;
      case 'T':
        if (rest.trim() !== '') this.#report(line, 'nothing stands behind `T:`');
        this.#flush();
        this.#push({ kind: 'tls' });
        return;
      case 'S':
        this.#reply(line, rest.trim());
        return;
      default:
        this.#report(line, `\`${text}\` begins with none of \`C:\`, \`R:\`, \`S:\` and \`T:\``);
    }
  }

  end(): ParsedDialogue {
    this.#flush();
    const asks = this.#steps.some(
      ({ send, replies }) => replies.some(isQuestion) || send.some(({ kind }) => kind === 'smuggled'),
    );
    if (this.#problems.length === 0 && !asks)
      this.#report(0, 'the dialogue asks no question: mark the telling reply with `S: ?`');
    return this.#problems.length > 0
      ? { kind: 'invalid', problems: this.#problems }
      : { kind: 'ok', steps: this.#steps };
  }

  #outgoing(line: number, text: string): Outgoing {
    const word = MESSAGE_WORDS[text.trim()];
    if (word !== undefined) return word;
    const inside = Object.keys(MESSAGE_WORDS).find((name) => text.includes(name));
    if (inside !== undefined) this.#report(line, `\`${inside}\` stands alone behind \`C:\``);
    this.#report(line, repeatFault(text));
    return { kind: 'line', text };
  }

  #reply(line: number, text: string): void {
    const pattern = parseReplyPattern(text);
    if (pattern === null) {
      this.#report(
        line,
        `\`S: ${text}\` is no reply pattern: write a code such as 250 or 5xx, \`*\`, \`...\`, \`?\`, \`?+\`, \`?CODES\` or \`?...\``,
      );
    } else if (this.#replies.some(isQuiet)) {
      this.#report(line, 'a reply behind `...`, which has read them all');
    } else if (!isQuiet(pattern) && this.#countable && this.#replies.length >= this.#send.length + this.#unasked) {
      this.#report(line, 'a reply without a line of the client before it');
    } else if (this.#send.length === 0 && this.#unasked === 0) {
      this.#report(line, 'a reply without a line of the client before it');
    } else {
      this.#replies.push(pattern);
    }
  }

  /** Raw bytes may hold any number of commands. */
  get #countable(): boolean {
    return this.#send.every(({ kind }) => kind !== 'raw' && kind !== 'tls');
  }

  #push(outgoing: Outgoing): void {
    if (this.#replies.length > 0 || this.#send.some(({ kind }) => kind === 'tls')) this.#flush();
    this.#send.push(outgoing);
  }

  #flush(): void {
    if (this.#send.length > 0 || this.#replies.length > 0) {
      this.#steps.push({ send: this.#send, replies: this.#replies });
      this.#unasked = 0;
    }
    this.#send = [];
    this.#replies = [];
  }

  #report(line: number, message: string | null): void {
    if (message !== null) this.#problems.push({ line, message });
  }
}
