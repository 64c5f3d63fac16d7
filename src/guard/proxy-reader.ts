import type { Duplex } from 'node:stream';
import { readProxyHeader } from './proxy-header.ts';

/**
 * Takes a PROXY header off the beginning of a connection and leaves the rest in it. `done` gets the client address,
 * `''` for one that the proxy does not tell, or null when no header came in time.
 */
export function takeProxyHeader(socket: Duplex, deadlineMs: number, done: (address: string | null) => void): void {
  let bytes = Buffer.alloc(0);
  const finish = (address: string | null, rest: Buffer): void => {
    clearTimeout(deadline);
    socket.removeListener('readable', read);
    socket.removeListener('error', giveUp);
    socket.removeListener('end', giveUp);
    socket.removeListener('close', giveUp);
    if (rest.length > 0) socket.unshift(rest);
    done(address);
  };
  const giveUp = (): void => {
    finish(null, bytes);
  };
  const read = (): void => {
    for (;;) {
      const chunk: unknown = socket.read();
      if (!(chunk instanceof Buffer)) return;
      bytes = Buffer.concat([bytes, chunk]);
      const header = readProxyHeader(bytes);
      if (header.kind === 'header') {
        finish(header.address, bytes.subarray(header.length));
        return;
      }
      if (header.kind === 'invalid') {
        giveUp();
        return;
      }
    }
  };
  const deadline = setTimeout(giveUp, deadlineMs);
  socket.on('readable', read);
  socket.once('error', giveUp);
  socket.once('end', giveUp);
  socket.once('close', giveUp);
}
