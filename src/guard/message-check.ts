import type { GuardLimits } from './limits.ts';

/** Why a message is not forwarded. */
export type MessageFault =
  'bare-line-feed' | 'bare-carriage-return' | 'nul' | 'long-line' | 'too-large' | 'too-many-header-lines' | 'loop';

/** The reply to each fault, at the end of data. */
export const MESSAGE_FAULT_REPLY: Readonly<Record<MessageFault, { readonly code: number; readonly text: string }>> = {
  // A bare CR or LF may be a line end to the next server: what is data here would be commands there (SMTP smuggling).
  'bare-line-feed': { code: 550, text: '5.5.2 The message holds a bare LF' },
  'bare-carriage-return': { code: 550, text: '5.5.2 The message holds a bare CR' },
  nul: { code: 550, text: '5.6.0 The message holds a NUL octet' },
  'long-line': { code: 554, text: '5.6.0 A line of the message is too long' },
  'too-large': { code: 552, text: '5.3.4 The message is too large' },
  'too-many-header-lines': { code: 554, text: '5.6.0 The message header has too many lines' },
  loop: { code: 554, text: '5.4.6 The message was received too often, it seems to loop' },
};

const CR = 0x0d;
const LF = 0x0a;
const RECEIVED = /^received[ \t]*:/i;
/** As many characters of a line as it takes to see the name of a Received field. */
const NAME_BYTES = 16;

/**
 * Reads a message as it comes, chunk by chunk, and finds the first thing for which it cannot be forwarded as it is.
 * The chunks carry the message with the doubled dots undone; how they are cut changes nothing.
 */
export class MessageCheck {
  readonly #limits: GuardLimits;
  readonly #forgives: (fault: MessageFault) => boolean;
  #fault: MessageFault | null = null;
  #bytes = 0;
  #column = 0;
  #sawCr = false;
  #inHeader = true;
  #headerLines = 0;
  #received = 0;
  #lineStart = '';

  /** @param forgives faults that a planted defect passes over */
  constructor(limits: GuardLimits, forgives: (fault: MessageFault) => boolean = () => false) {
    this.#limits = limits;
    this.#forgives = forgives;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get fault(): MessageFault | null {
    return this.#fault;
  }

  push(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#limits.messageBytes) this.#found('too-large');
    for (const byte of chunk) {
      if (this.#fault !== null) return;
      this.#take(byte);
    }
  }

  /** The message is over: a CR that was waiting for its LF has stayed alone. */
  end(): void {
    if (this.#sawCr) this.#found('bare-carriage-return');
  }

  #take(byte: number): void {
    if (byte === LF) {
      if (this.#sawCr) this.#endLine();
      else this.#found('bare-line-feed');
    } else if (this.#sawCr) {
      this.#found('bare-carriage-return');
    } else if (byte === CR) {
      this.#sawCr = true;
    } else if (byte === 0) {
      this.#found('nul');
    } else {
      this.#column += 1;
      if (this.#column > this.#limits.dataLineBytes) this.#found('long-line');
      if (this.#inHeader && this.#column <= NAME_BYTES) this.#lineStart += String.fromCharCode(byte);
    }
  }

  #endLine(): void {
    if (this.#inHeader) {
      this.#inHeader = this.#column > 0;
      this.#headerLines += 1;
      if (this.#headerLines > this.#limits.headerLines && this.#inHeader) this.#found('too-many-header-lines');
      if (RECEIVED.test(this.#lineStart)) this.#received += 1;
      if (this.#received > this.#limits.receivedFields) this.#found('loop');
    }
    this.#sawCr = false;
    this.#column = 0;
    this.#lineStart = '';
  }

  #found(fault: MessageFault): void {
    if (!this.#forgives(fault)) this.#fault ??= fault;
  }
}
