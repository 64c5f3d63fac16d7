import { KeptLines } from './kept-lines.ts';

/** An SMTP reply (RFC 5321 §4.2). */
export interface Reply {
  /** Reply code, 200 to 599. */
  readonly code: number;
  /** Enhanced status code of the last line (RFC 2034), such as `5.7.1`, or null. */
  readonly enhanced: string | null;
  /**
   * Text of each line without code and separator; invalid UTF-8 shows as U+FFFD, controls are kept. Where a reply has more
   * than 100 lines or 16,384 characters, the last one says how many more lines there were.
   */
  readonly lines: readonly string[];
}

/** What is wrong with bytes that are no reply. */
export type ReplyFault =
  | 'no-reply-code'
  | 'reply-code-out-of-range'
  | 'bad-separator'
  | 'mixed-codes'
  | 'bare-line-feed'
  | 'bare-carriage-return'
  | 'reply-too-long';

export type ReplyEvent =
  { readonly kind: 'reply'; readonly reply: Reply } | { readonly kind: 'fault'; readonly fault: ReplyFault };

export const REPLY_FAULT_TEXT: Readonly<Record<ReplyFault, string>> = {
  'no-reply-code': 'a line does not begin with a three-digit reply code',
  'reply-code-out-of-range': 'a reply code is not between 200 and 599',
  'bad-separator': 'a reply code is followed by neither a space nor a hyphen',
  'mixed-codes': 'the lines of one reply carry different codes',
  'bare-line-feed': 'a reply line ends in a bare LF',
  'bare-carriage-return': 'a reply line holds a bare CR',
  'reply-too-long': 'a reply is longer than a reply may be',
};

/** Bytes of a reply line that are kept; more are counted and dropped (RFC 5321 §4.5.3.1.5 allows 512). */
const KEPT_LINE_BYTES = 4096;
/** Lines and characters of a reply that are kept; an EHLO reply of a common server has twelve lines. */
const KEPT_LINES = 100;
const KEPT_CHARACTERS = 16_384;
/** Bytes that one whole reply may have before the parser gives up. */
const MAX_REPLY_BYTES = 65_536;

const CR = 0x0d;
const LF = 0x0a;
const ENHANCED = /^([245]\.\d{1,3}\.\d{1,3})(?: |$)/;

/**
 * Reads replies from a byte stream, strictly: CRLF line ends, one code in all lines of a reply, bounded memory.
 * How the bytes are cut into chunks never changes the events. After a fault nothing more is read.
 */
export class ReplyParser {
  readonly #line = Buffer.alloc(KEPT_LINE_BYTES);
  #lineBytes = 0;
  #replyBytes = 0;
  #sawCr = false;
  #code: number | null = null;
  readonly #lines = new KeptLines(KEPT_LINES, KEPT_CHARACTERS);
  #faulted = false;

  /** True when no part of a reply is waiting for its rest. */
  get idle(): boolean {
    return !this.#faulted && this.#replyBytes === 0;
  }

  push(chunk: Uint8Array): readonly ReplyEvent[] {
    const events: ReplyEvent[] = [];
    for (const byte of chunk) {
      if (this.#faulted) break;
      const event = this.#take(byte);
      if (event !== null) events.push(event);
    }
    return events;
  }

  #take(byte: number): ReplyEvent | null {
    this.#replyBytes += 1;
    if (this.#replyBytes > MAX_REPLY_BYTES) return this.#fault('reply-too-long');
    if (byte === LF) return this.#sawCr ? this.#endLine() : this.#fault('bare-line-feed');
    if (this.#sawCr) return this.#fault('bare-carriage-return');
    if (byte === CR) {
      this.#sawCr = true;
      return null;
    }
    if (this.#lineBytes < KEPT_LINE_BYTES) this.#line[this.#lineBytes] = byte;
    this.#lineBytes += 1;
    return null;
  }

  #endLine(): ReplyEvent | null {
    const text = this.#line.toString('utf8', 0, Math.min(this.#lineBytes, KEPT_LINE_BYTES));
    this.#lineBytes = 0;
    this.#sawCr = false;
    if (!/^\d{3}/.test(text)) return this.#fault('no-reply-code');
    const code = Number(text.slice(0, 3));
    if (code < 200 || code > 599) return this.#fault('reply-code-out-of-range');
    const separator = text.charAt(3);
    if (separator !== '' && separator !== ' ' && separator !== '-') return this.#fault('bad-separator');
    if (this.#code !== null && this.#code !== code) return this.#fault('mixed-codes');
    this.#lines.add(text.slice(4));
    this.#code = code;
    return separator === '-' ? null : this.#endReply(code, text.slice(4));
  }

  #endReply(code: number, lastLine: string): ReplyEvent {
    const lines = this.#lines.take();
    this.#code = null;
    this.#replyBytes = 0;
    return { kind: 'reply', reply: { code, enhanced: ENHANCED.exec(lastLine)?.[1] ?? null, lines } };
  }

  #fault(fault: ReplyFault): ReplyEvent {
    this.#faulted = true;
    this.#lines.take();
    return { kind: 'fault', fault };
  }
}
