import { textIfThere } from './moving-files.ts';

/** State of a TCP socket that listens, in /proc/net/tcp (proc_pid_net(5)). */
const LISTEN = '0A';

/** On how many addresses anybody listens at a TCP port, in the network namespace of a process. */
export function listenersAt(port: number, pid: number): number {
  return ['tcp', 'tcp6']
    .flatMap((table) => textIfThere(`/proc/${pid}/net/${table}`).split('\n'))
    .map((line) => line.trim().split(/\s+/u))
    .filter(([, local = '', , state]) => state === LISTEN && Number.parseInt(local.split(':')[1] ?? '', 16) === port)
    .length;
}
