import type { Audit } from '../judge/audit.ts';
import { auditSchema } from '../judge/audit-schema.ts';
import { mergeAudits } from '../judge/merge-audits.ts';
import { jsonOrNull } from '../document/json-text.ts';
import { UsageError } from '../document/usage-error.ts';
import { labHostName, type LabRequest } from './lab-request.ts';
import type { LabHost } from './network.ts';
import { ownCommand, type LabProcess } from './process.ts';

/** The auditor of a lab answers to nobody: its addresses are not real. */
const AUTHORIZED_BY = 'relayproof lab <lab@lab.example>';

/** The audit of the lab's server as one of its hosts runs it. */
export function auditCommandFor(
  { address }: LabHost,
  request: LabRequest,
  { resolver, caught }: { readonly resolver: string; readonly caught: string },
): readonly string[] {
  const { policy, ownDomains, ownUsers, outside, from, helo, partner, loginEnv, scenario, scenarios } = request;
  const options: readonly (readonly [string, string | null | undefined])[] = [
    ['--dns', resolver],
    ['--vantage', `bind=${address}`],
    ['--caught', caught],
    ['--wait', String(request.wait)],
    ['--pace', request.pace],
    ['--authorized-by', AUTHORIZED_BY],
    ['--policy', policy],
    ['--outside', outside],
    ['--from', from],
    ['--helo', helo],
    ['--partner', partner],
    ['--login-env', loginEnv],
    ['--scenarios', scenarios],
    ...ownDomains.map((domain) => ['--own-domain', domain] as const),
    ...ownUsers.map((user) => ['--own-user', user] as const),
    ...scenario.map((glob) => ['--scenario', glob] as const),
  ];
  return ownCommand([
    'audit',
    `${labHostName(request.path)}:${request.port}`,
    '--json',
    '--prove',
    ...(loginEnv === undefined ? [] : ['--insecure-login']),
    ...options.flatMap(([name, value]) => (value === null || value === undefined ? [] : [name, value])),
  ]);
}

/** What the audit of a host printed. @throws UsageError when it did not come to an audit */
export async function auditOf(host: LabHost, child: LabProcess): Promise<Audit> {
  const code = await child.exited;
  const parsed = auditSchema.safeParse(jsonOrNull(child.stdout()));
  if (parsed.success) return namingHost(parsed.data, host);
  throw new UsageError([
    `the audit from ${host.role} ended with ${code ?? 'a signal'} and without a result:`,
    ...child.stderr().trim().split('\n'),
  ]);
}

/** One audit out of those of the hosts, which ran side by side against the same endpoint. */
export function mergeHosts(audits: readonly [Audit, ...Audit[]]): Audit {
  const merged = mergeAudits(audits);
  return {
    ...merged,
    durationMs: Math.max(...audits.map((audit) => audit.durationMs)),
    endpoints: [...new Map(merged.endpoints.map((endpoint) => [endpoint.name, endpoint])).values()],
  };
}

/** Says which host a session came from: `outside=198.51.100.10` instead of `bind=198.51.100.10`. */
function namingHost(audit: Audit, { role, address }: LabHost): Audit {
  const from = `bind=${address}`;
  const name = (vantage: string): string => (vantage === from ? `${role}=${address}` : vantage);
  const renamed = <T extends { readonly vantage: string }>(one: T): T => ({ ...one, vantage: name(one.vantage) });
  return {
    ...audit,
    vantages: audit.vantages.map((vantage) => ({ ...vantage, name: name(vantage.name) })),
    turned: audit.turned.map(renamed),
    controls: audit.controls.map(renamed),
    results: audit.results.map(renamed),
    findings: audit.findings.map((finding) => ({ ...finding, evidence: finding.evidence.map(renamed) })),
  };
}
