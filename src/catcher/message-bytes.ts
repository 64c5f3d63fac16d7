import type { Readable } from 'node:stream';

/** Bytes of a message that are read; what comes after them is counted and dropped. */
const KEPT_BYTES = 262_144;
/** Read of every message, however many come at once: canaries are smaller. */
const SURE_BYTES = 16_384;
/** Shared by all messages that come at once, beyond what each is sure of. */
const SHARED_BYTES = 16_777_216;

/** The beginning of a message. */
export interface FirstBytes {
  readonly bytes: Buffer;
  /** Whether less was read than of a message that comes alone. */
  readonly isPart: boolean;
}

/** Reads the beginnings of messages, with a bound on the memory that all of them take together. */
export class MessageBytes {
  #shared = 0;

  /** Resolves when the message is over; a connection that breaks before ends no message. */
  read(stream: Readable): Promise<FirstBytes> {
    const chunks: Buffer[] = [];
    let kept = 0;
    let borrowed = 0;
    let isPart = false;
    const giveBack = (): void => {
      this.#shared -= borrowed;
      borrowed = 0;
    };
    const keep = (chunk: Buffer): void => {
      const sure = Math.max(0, SURE_BYTES - kept);
      const wanted = Math.min(chunk.length, KEPT_BYTES - kept);
      const free = sure + SHARED_BYTES - this.#shared;
      const taken = isPart ? 0 : Math.min(wanted, free);
      isPart ||= taken < wanted;
      const more = Math.max(0, taken - sure);
      borrowed += more;
      this.#shared += more;
      kept += taken;
      // A copy: a part of a chunk would hold all of it in memory.
      if (taken > 0) chunks.push(taken === chunk.length ? chunk : Buffer.from(chunk.subarray(0, taken)));
    };
    stream.on('error', () => undefined);
    stream.on('data', keep);
    stream.on('close', giveBack);
    return new Promise((resolve) => {
      stream.on('end', () => {
        giveBack();
        resolve({ bytes: Buffer.concat(chunks), isPart });
      });
    });
  }
}
