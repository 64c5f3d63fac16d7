import type { Readable } from 'node:stream';
import type { Load } from './guard-context.ts';
import type { GuardLimits } from './limits.ts';
import { MESSAGE_FAULT_REPLY, MessageCheck } from './message-check.ts';
import type { MessageFault } from './message-check.ts';
import type { Refusal } from './path-command.ts';

/** A message that was taken in: whole, refused for what it is, or broken off by the client. */
export type Intake =
  | { readonly kind: 'whole'; readonly chunks: readonly Buffer[]; readonly release: () => void }
  | { readonly kind: 'refused'; readonly reply: Refusal }
  | { readonly kind: 'aborted' };

/**
 * Reads mail data to its end and keeps it in memory. The next hop hears nothing before the message is whole and sound:
 * a client that breaks off or drips can neither hold a connection to it nor make it deliver a part. `release` gives the
 * memory back to the guard's common allowance.
 */
export function receiveMessage(
  stream: Readable,
  limits: GuardLimits,
  load: Load,
  forgives: (fault: MessageFault) => boolean,
): { readonly bytes: () => number; readonly intake: Promise<Intake> } {
  const check = new MessageCheck(limits, forgives);
  const chunks: Buffer[] = [];
  let held = 0;
  let crowded = false;
  const drop = (): void => {
    load.bufferedBytes -= held;
    held = 0;
    chunks.length = 0;
  };
  const intake = new Promise<Intake>((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      check.push(chunk);
      crowded ||= load.bufferedBytes + chunk.length > limits.bufferedBytes;
      if (crowded || check.fault !== null) {
        drop();
        return;
      }
      chunks.push(chunk);
      held += chunk.length;
      load.bufferedBytes += chunk.length;
    });
    // The library destroys the stream with an error when the client goes away in the middle of the message.
    stream.on('error', () => {
      drop();
      resolve({ kind: 'aborted' });
    });
    stream.on('end', () => {
      check.end();
      if (check.fault !== null) resolve({ kind: 'refused', reply: MESSAGE_FAULT_REPLY[check.fault] });
      else if (crowded)
        resolve({ kind: 'refused', reply: { code: 452, text: '4.3.1 Too much mail at a time, try again later' } });
      else resolve({ kind: 'whole', chunks, release: drop });
      if (check.fault !== null || crowded) drop();
    });
  });
  return { bytes: () => check.bytes, intake };
}
