import { spawnSync } from 'node:child_process';

/** Runs `ip` and waits for it. What it said against it; null when it did as told. */
export function ip(args: readonly string[]): string | null {
  const { status, stderr, error } = spawnSync('ip', args, { encoding: 'utf8' });
  return status === 0 ? null : (error?.message ?? stderr.trim());
}

/** What `ip` printed; empty where it failed. */
export function ipOutput(args: readonly string[]): string {
  const { status, stdout } = spawnSync('ip', args, { encoding: 'utf8' });
  return status === 0 ? stdout : '';
}
