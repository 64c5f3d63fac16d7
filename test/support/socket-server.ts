import { once } from 'node:events';
import { createServer } from 'node:net';
import type { ListenOptions, Socket } from 'node:net';

/** Where a server listens: an IP address and a TCP port. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export interface SocketServer {
  /** 0 for a server on a Unix socket. */
  readonly port: number;
  /** Closes the server and drops every connection that is still open. */
  readonly stop: () => Promise<void>;
}

/** Serves bare sockets; connections that break are forgotten without a word. */
export async function startSocketServer(
  where: ListenOptions,
  converse: (socket: Socket) => void,
): Promise<SocketServer> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    converse(socket);
  });
  server.listen(where);
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        for (const socket of sockets) {
          socket.destroy();
        }
      }),
  };
}

/**
 * A TCP port on which nothing listens now. For programs that cannot report which port they were given for port 0;
 * somebody else may take it before they do, so whoever starts such a program tries again with another one.
 */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  const server = await startSocketServer({ host, port: 0 }, (socket) => {
    socket.destroy();
  });
  await server.stop();
  return server.port;
}
