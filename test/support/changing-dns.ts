import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { RECORD_TYPE, respond } from '../../src/lab/dns-message.ts';

export interface ChangingDns {
  readonly port: number;
  /** Questions for an IPv4 address so far. */
  readonly questions: () => number;
  readonly close: () => Promise<void>;
}

/** A DNS server on loopback that has another address for the same name every time, the last one from then on. */
export async function changingDns(addresses: readonly [string, ...string[]]): Promise<ChangingDns> {
  let questions = 0;
  const socket = createSocket('udp4');
  socket.on('message', (query, peer) => {
    const response = respond(query, ({ type }) => {
      if (type !== RECORD_TYPE.A) return { exists: true, records: [] };
      const address = addresses[Math.min(questions, addresses.length - 1)] ?? addresses[0];
      questions += 1;
      return { exists: true, records: [{ kind: 'A', address }] };
    });
    if (response !== null) socket.send(response, peer.port, peer.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    questions: () => questions,
    close: async () => {
      socket.close();
      await once(socket, 'close');
    },
  };
}
