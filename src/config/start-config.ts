import { stringify } from 'yaml';
import type { ServerSettings } from './config-schema.ts';

/** What a start configuration is made of. */
export interface InitAnswers {
  readonly ownDomains: readonly string[];
  readonly ownUsers: readonly string[];
  readonly outside: string | null;
  readonly targets: readonly string[];
  readonly servers: readonly Pick<ServerSettings, 'recipe' | 'path'>[];
  readonly policy: string;
  readonly authorizedBy: string | null;
}

/** A list or text as YAML on one line. */
function flow(value: unknown): string {
  return stringify(value, { collectionStyle: 'flow', lineWidth: 0 }).trim();
}

/** A commented `relayproof.yaml`; what was not answered stands there as a comment. */
export function startConfig(answers: InitAnswers): string {
  const { ownDomains, ownUsers, outside, targets, servers, policy, authorizedBy } = answers;
  const line = (isAnswered: boolean, text: string): string => (isAnswered ? text : `# ${text}`);
  return [
    '# What `relayproof gate` does on every change. `relayproof schema config` describes every key.',
    '',
    '# Who may send what to whom: every expectation is computed from it.',
    `policy: ${flow(policy)}`,
    '',
    '# Mailboxes that exist there, and one of yours elsewhere. Names that are reserved (RFC 2606) stand in where none is given.',
    `ownDomains: ${flow(ownDomains)}`,
    line(ownUsers.length > 0, `ownUsers: ${flow(ownUsers.length > 0 ? ownUsers : [`alice@${ownDomains[0] ?? ''}`])}`),
    line(outside !== null, `outside: ${flow(outside ?? 'canary@example.net')}`),
    '',
    '# Server configurations to try in network namespaces before they are live (recipes: postfix, exim, guard, command).',
    line(servers.length > 0, 'servers:'),
    ...(servers.length > 0 ? servers : [{ recipe: 'postfix' as const, path: 'mail/postfix' }]).map((server) =>
      line(servers.length > 0, `  - ${flow(server)}`),
    ),
    '',
    '# Running servers to audit. Only servers that you run; for public ones somebody has to answer for it.',
    line(targets.length > 0, `targets: ${flow(targets.length > 0 ? targets : ['10.0.0.5:25'])}`),
    line(authorizedBy !== null, `authorizedBy: ${flow(authorizedBy ?? 'Ann Admin <ann@example.com>')}`),
    '# loginEnv: RELAYPROOF        # log in as $RELAYPROOF_USER with $RELAYPROOF_PASSWORD',
    '# vantages: [direct]          # also bind=ADDR, proxy=ADDR, xclient=ADDR',
    '# pace: normal                # polite stays under what fail2ban bans',
    '',
    '# Findings of at least this severity shut the gate; those of an earlier audit do not, nor those that somebody answers for.',
    'failOn: medium',
    '# baseline: relayproof-baseline.json',
    '# waivers:',
    '#   - { fingerprint: 0123456789abcdef, reason: why it may stay, who: Ann Admin, expiry: 2027-01-31 }',
    '',
    '# Reports beside the summary.',
    'outputs: { sarif: reports/local/relayproof.sarif, markdown: reports/local/relayproof.md }',
    '',
  ].join('\n');
}

/** A policy to begin with: the default rules, written out. */
export function startPolicy(ownDomains: readonly string[]): string {
  return [
    '# Who may send what to whom. `relayproof policy explain` says what it comes to.',
    `domains: ${flow(ownDomains)}`,
    '',
    '# Client addresses that may relay; the allow list wins. Narrow it to the hosts that you have.',
    'allowRelayFrom: ["127.*.*.*", "192.168.*.*", "10.*.*.*", "172.16-31.*.*", "::1"]',
    'disallowRelayFrom: ["*.*.*.*"]',
    '',
    '# Each flow: only from listed addresses (a login lifts that), only with a login.',
    'restrictInternal: { toListedIps: true, toAuthenticated: false }',
    'restrictOutbound: { toListedIps: true, toAuthenticated: false }',
    'restrictRelay: { toListedIps: true, toAuthenticated: false }',
    '',
    '# Mail to elsewhere only from senders of the own domains.',
    'domainRestrictSend: true',
    '',
  ].join('\n');
}
