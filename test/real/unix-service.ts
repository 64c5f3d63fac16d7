import { chmodSync } from 'node:fs';
import { startSocketServer } from '../support/socket-server.ts';
import type { SocketServer } from '../support/socket-server.ts';

/**
 * Serves a text protocol on a Unix socket that every user may connect to: mail servers ask from unprivileged processes,
 * and from network namespaces where the test's loopback address is another one.
 *
 * @param converse called for each connection; what it returns gets every unit that ends with `separator` and answers it
 */
export async function startUnixService(
  path: string,
  separator: string,
  greeting: string,
  converse: () => (unit: string) => string,
): Promise<SocketServer> {
  const server = await startSocketServer({ path }, (socket) => {
    const answer = converse();
    let received = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      received += chunk;
      for (let end = received.indexOf(separator); end !== -1; end = received.indexOf(separator)) {
        const unit = received.slice(0, end);
        received = received.slice(end + separator.length);
        socket.write(answer(unit));
      }
    });
    socket.write(greeting);
  });
  chmodSync(path, 0o666);
  return server;
}
