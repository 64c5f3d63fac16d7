import { SMTPStream } from 'smtp-server/lib/smtp-stream.js';

/** What a client did that no honest one does on the wire. */
export type WireFault = 'bare-line-feed' | 'data-before-reply';

export interface CommandStreamOptions {
  /** Longest partial command line that is kept, in bytes. */
  readonly maxCommandLength: number;
  /** Plants a hole, see `GuardSteps.readsData`. */
  readonly readsData: () => ((bytes: string) => string) | null;
  readonly onFault: (fault: WireFault) => void;
}

const CR = 0x0d;
const LF = 0x0a;

type Done = (error?: Error | null) => void;

/**
 * The library's command parser behind a strict reader: it is handed one command line at a time, so that a line ended by
 * a bare LF, and mail data sent before the 354 that asks for it, are seen and not taken (RFC 5321 §2.3.8; RFC 2920 §3.1).
 */
export class CommandStream extends SMTPStream {
  readonly #options: CommandStreamOptions;
  #lastByte = 0;

  constructor(options: CommandStreamOptions) {
    super({ maxCommandLength: options.maxCommandLength });
    this.#options = options;
  }

  override _write(chunk: Buffer, encoding: BufferEncoding | 'buffer', next: Done): void {
    const lax = this.#options.readsData();
    if (this.isClosed || chunk.length === 0) next();
    else if (lax !== null) this.#lax(chunk, encoding, next, lax);
    else if (this._dataMode) super._write(chunk, encoding, next);
    else this.#line(chunk, next);
  }

  /** The library would run what a client left behind without its CRLF; a command without its end is none. */
  override _flushData(): void {
    this._remainder = '';
  }

  /** Not in the turn that ended a message: the library would forget a second message that is complete in this one. */
  #lax(chunk: Buffer, encoding: BufferEncoding | 'buffer', next: Done, read: (bytes: string) => string): void {
    if (this._dataMode) super._write(Buffer.from(read(chunk.toString('latin1')), 'latin1'), encoding, next);
    else setImmediate(() => super._write(chunk, encoding, next));
  }

  #line(chunk: Buffer, next: Done): void {
    const end = chunk.indexOf(LF);
    const line = end === -1 ? chunk : chunk.subarray(0, end + 1);
    const rest = chunk.subarray(line.length);
    const before = line.length > 1 ? line.at(-2) : this.#lastByte;
    this.#lastByte = line.at(-1) ?? 0;
    if (end !== -1 && before !== CR) {
      this.#options.onFault('bare-line-feed');
      next();
      return;
    }
    super._write(line, 'buffer', (error) => {
      if (error || rest.length === 0 || this.isClosed) next(error);
      else if (this._dataMode) {
        this.#options.onFault('data-before-reply');
        next();
      }
      // A new turn of the event loop: commands may be answered at once, and a segment may hold hundreds of them.
      else
        setImmediate(() => {
          this._write(rest, 'buffer', next);
        });
    });
  }
}
