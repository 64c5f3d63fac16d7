import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { respond } from './dns-message.ts';
import { answerFrom, type Zones } from './zones.ts';

export interface Resolver {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Answers DNS queries over UDP; rejects where the address cannot be had. */
export async function startResolver(
  { host, port }: { readonly host: string; readonly port: number },
  zones: Zones,
): Promise<Resolver> {
  const socket = createSocket('udp4');
  socket.on('message', (query, peer) => {
    const response = respond(query, (question) => answerFrom(zones, question));
    if (response !== null) socket.send(response, peer.port, peer.address);
  });
  socket.bind(port, host);
  await once(socket, 'listening');
  // A client that is gone must not end the resolver.
  socket.on('error', () => undefined);
  return {
    port: socket.address().port,
    close: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}
