import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import type { BytesOut } from '../../../src/probe/connection.ts';
import { readRecipients, type WireCount } from './read-recipients.ts';

/** Where every process of a test run writes what it has counted: a line of JSON each time. */
export const WIRE_RECORD = 'RELAYPROOF_WIRE_RECORD';

const NOTHING: WireCount = { commands: 0, recipients: 0, outOfScope: [] };

/** Reads everything that the prober of this process sends from now on. @returns what writes the count down and ends it */
export function recordWire(file: string): () => void {
  const open = new WeakMap<object, string>();
  let count = NOTHING;
  const read = (message: unknown): void => {
    if (!isBytesOut(message)) throw new TypeError('something else than bytes was sent');
    const lines = ((open.get(message.connection) ?? '') + message.bytes.toString('latin1')).split(/[\r\n]+/);
    open.set(message.connection, lines.pop() ?? '');
    count = sum([count, readRecipients(lines, message.scope)]);
  };
  subscribe('relayproof:bytes-out', read);
  return () => {
    unsubscribe('relayproof:bytes-out', read);
    if (count.commands > 0) appendFileSync(file, `${JSON.stringify(count)}\n`);
    count = NOTHING;
  };
}

export function sum(counts: readonly WireCount[]): WireCount {
  return {
    commands: counts.reduce((total, { commands }) => total + commands, 0),
    recipients: counts.reduce((total, { recipients }) => total + recipients, 0),
    outOfScope: counts.flatMap(({ outOfScope }) => outOfScope),
  };
}

function isBytesOut(message: unknown): message is BytesOut {
  return typeof message === 'object' && message !== null && 'bytes' in message && Buffer.isBuffer(message.bytes);
}
