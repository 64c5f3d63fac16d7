import type { Audit, AuditResult, Standing } from '../judge/audit.ts';

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The target as it was named, with its port where the host has one endpoint. */
export function targetName({ target, endpoints }: Audit): string {
  const host = target.host.includes(':') ? `[${target.host}]` : target.host;
  return endpoints.length > 1 ? host : `${host}:${target.port}`;
}

/** Who put a question where: enough to tell the results of one scenario apart. */
export function asker(
  { endpoint, vantage, login }: Pick<AuditResult, 'endpoint' | 'vantage' | 'login'>,
  { endpoints }: Audit,
): string {
  return `${endpoints.length > 1 ? `at ${endpoint} ` : ''}from ${vantage}${login === null ? '' : ` as ${login}`}`;
}

/** The scenario, and the further name that it was asked with. */
export function questionName({ scenario, variant }: Pick<AuditResult, 'scenario' | 'variant'>): string {
  return variant === null ? scenario : `${scenario} ${variant}`;
}

/** Seconds with three digits behind the point, as test reports have them. */
export function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** What was done: sessions, commands, messages, time. */
export function effort(audit: Audit): string {
  const { sessions, commandsSent, messagesSent, caught, verdicts } = audit.summary;
  const proof =
    audit.proved || messagesSent > 0
      ? `, ${plural(messagesSent, 'message')} sent, ${caught} caught`
      : '; no message was sent';
  const skipped = verdicts.skipped > 0 ? `, ${verdicts.skipped} not asked` : '';
  return `${plural(sessions, 'session')}, ${plural(commandsSent, 'command')}${proof}${skipped}; began ${audit.startedAt}, took ${(audit.durationMs / 1000).toFixed(1)} s`;
}

/** Why a finding does not count. */
export function standingText(standing: Standing): string {
  switch (standing.kind) {
    case 'known':
      return 'known from the baseline';
    case 'waived':
      return `waived until ${standing.expiry} by ${standing.who}: ${standing.reason}`;
  }
}
