import { connect, type Socket } from 'node:net';
import { startSocketServer, type Endpoint, type SocketServer } from './socket-server.ts';

/** What an address meets that is banned: its packets are answered by a reset, or by nothing at all. */
export type Ban = 'refused' | 'dropped';

export interface BanningProxy extends SocketServer {
  readonly isBanned: () => boolean;
}

/** Refused mail; a wrong order or syntax is not in the rules that ban. */
const DENIAL = /^55\d[ -]/;

/** fail2ban's own figures are 5 refusals in 10 minutes. */
export interface Jail {
  readonly ban: Ban;
  readonly maxRetry: number;
  readonly findTimeMs: number;
}

/**
 * A double of fail2ban in front of a server: after so many refusals in a time it bans the one address that comes here for
 * good, and what is open then goes the same way.
 */
export async function startBanningProxy(server: Endpoint, { ban, maxRetry, findTimeMs }: Jail): Promise<BanningProxy> {
  let denials: number[] = [];
  let banned = false;
  const open = new Set<Socket>();
  const keepOut = (socket: Socket): void => {
    if (ban === 'refused') socket.resetAndDestroy();
    else socket.pause();
  };
  const proxy = await startSocketServer({ host: '127.0.0.1', port: 0 }, (socket) => {
    if (banned) {
      keepOut(socket);
      return;
    }
    open.add(socket);
    const inner = connect(server.port, server.host);
    inner.on('error', () => socket.destroy()).on('close', () => (banned ? undefined : socket.end()));
    socket.on('close', () => {
      open.delete(socket);
      inner.destroy();
    });
    socket.on('data', (chunk) => inner.write(chunk));
    inner.on('data', (chunk) => {
      if (banned) return;
      socket.write(chunk);
      const now = performance.now();
      const lines = chunk.toString('latin1').split('\r\n');
      denials = [...denials, ...lines.filter((line) => DENIAL.test(line)).map(() => now)];
      denials = denials.filter((at) => at > now - findTimeMs);
      banned = denials.length >= maxRetry;
      if (!banned) return;
      for (const one of open) keepOut(one);
      open.clear();
    });
  });
  return { ...proxy, isBanned: () => banned };
}
