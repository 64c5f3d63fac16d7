import { ipOutput } from './ip-command.ts';

/** Column of the state, and the state of a socket that listens. */
const LISTEN = '0A';

/** Whether something in a namespace listens on a TCP port, of whatever address. Nobody is knocked at. */
export function isListening(namespace: string, port: number): boolean {
  const table = ipOutput(['netns', 'exec', namespace, 'cat', '/proc/net/tcp', '/proc/net/tcp6']);
  return listeningPorts(table).includes(port);
}

/** Ports of the sockets that listen in a table as Linux prints it (`/proc/net/tcp`). */
export function listeningPorts(table: string): readonly number[] {
  return table.split('\n').flatMap((line) => {
    const [, local, , state] = line.trim().split(/\s+/);
    const port = local?.split(':')[1];
    return state === LISTEN && port !== undefined ? [Number.parseInt(port, 16)] : [];
  });
}
