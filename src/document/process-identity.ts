import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { codeOf } from './error-code.ts';

/** Whether a process of this place runs, whoever owns it. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * When a process began, as the kernel counts, since process ids are given again; null for one that is over (a zombie as
 * well), and where the system does not tell.
 */
export function beginOf(pid: number): string | null {
  try {
    // The name comes before, in brackets, and may hold spaces and brackets itself (proc_pid_stat(5)).
    const [state, ...fields] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(')').at(-1)?.trim().split(' ') ?? [];
    return state === 'Z' || state === 'X' ? null : (fields[18] ?? null);
  } catch {
    return null;
  }
}

let place: string | null = null;

/** Host, boot and process namespace: a process id means something there only. */
export function thisPlace(): string {
  place ??= [
    hostname(),
    textOr('-', () => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    textOr('-', () => readlinkSync('/proc/self/ns/pid')),
  ].join(' ');
  return place;
}

function textOr(otherwise: string, read: () => string): string {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
