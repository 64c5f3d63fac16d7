import type { DefectName } from '../guard/defects.ts';
import type { GuardOptions } from '../guard/guard-options.ts';
import { selfSignedIdentity } from '../smtp/self-signed.ts';
import { policyFromSettings, type Policy } from '../policy/policy.ts';
import type { PolicySettings } from '../policy/settings.ts';
import type { Vantage } from '../session/vantage.ts';
import type { Credentials } from '../smtp/sasl.ts';
import type { AuditIdentities } from '../audit/request.ts';

/** The circumstances under which a defect can show: who asks a guard what, from where, under which policy. */
export interface CalibrationBench {
  readonly title: string;
  readonly policy: Policy;
  readonly vantages: readonly Vantage[];
  readonly login: Credentials | null;
  /** Whether a scenario is run here; controls always are. */
  readonly runs: (scenario: { readonly id: string; readonly family: string }) => boolean;
  readonly guard: Pick<GuardOptions, 'name' | 'tls' | 'requireTlsForAuth' | 'trustProxyFrom'>;
}

export type BenchName = 'stranger' | 'user' | 'bytes' | 'edges' | 'no-proxy' | 'users' | 'tls' | 'tls-or-not';

/** Its letters k and s are those to which foreign letters fold. */
const OWN = 'kiosk.test';
/** A host name below the own domain, as most servers have one. */
const NAME = `mx.${OWN}`;
const USERS = [`alice@${OWN}`, `bob@${OWN}`];
const OWN_DOMAINS = [OWN, 'second.test', 'xn--bcher-kva.test'];
const LOGIN: Credentials = { user: USERS[0] ?? '', password: 'correct-horse-battery' };

/** Nobody knows the password: it makes the guard offer AUTH. */
const SOMEBODY = { user: 'somebody', passwordHash: `scrypt$2$1$1$${'A'.repeat(22)}$${'A'.repeat(43)}` };

/** They wait for silence, and what goes wrong in them goes wrong in nothing else. */
const ABOUT_BYTES = new Set(['smuggling', 'smuggling-out', 'command-lines', 'headers']);

const claimed = (address: string): Vantage => ({ kind: 'proxy', address, version: 1 });
const STRANGER = claimed('198.51.100.7');

function among(...names: readonly string[]): CalibrationBench['runs'] {
  return ({ id, family }) => names.includes(id) || names.includes(family);
}

function policy(changes: Partial<PolicySettings> = {}): Policy {
  return policyFromSettings({ domains: OWN_DOMAINS, users: USERS, ...changes });
}

export const BENCHES: Readonly<Record<BenchName, () => CalibrationBench>> = {
  stranger: () => ({
    title: 'an unlisted client without a login, under the default policy',
    policy: policy({ logins: [SOMEBODY] }),
    vantages: [STRANGER],
    login: null,
    runs: ({ family }) => !ABOUT_BYTES.has(family),
    guard: { name: NAME },
  }),
  user: () => ({
    title: 'the same client, with and without a login',
    policy: policy(),
    vantages: [STRANGER],
    login: LOGIN,
    runs: among(
      'authenticated',
      'login-as-other',
      'third-party-relay',
      'spoofed-domain',
      'session-state',
      'parameters',
    ),
    guard: { name: NAME },
  }),
  bytes: () => ({
    title: 'the same client, about line ends, message ends and headers',
    policy: policy(),
    vantages: [STRANGER],
    login: LOGIN,
    runs: among(...ABOUT_BYTES, 'control', 'reflection', 'spelling', 'third-party'),
    guard: { name: NAME },
  }),
  edges: () => ({
    title: 'the plain questions from addresses right beside those of the default lists, and of either family',
    policy: policy(),
    vantages: EDGES.map(claimed),
    login: null,
    runs: among('third-party', 'spoof-own-user', 'internal-colleague'),
    guard: { name: NAME },
  }),
  'no-proxy': () => ({
    title: 'claims about the client from an unlisted address, to a guard that names no proxy',
    policy: policy({ allowRelayFrom: ['127.0.0.1', '10.*.*.*', '::1'] }),
    vantages: [{ kind: 'bind', address: '127.0.0.2' }],
    login: null,
    runs: among('client-claims', 'third-party', 'spoof-own-user'),
    guard: { name: NAME, trustProxyFrom: [] },
  }),
  users: () => ({
    title: 'logins that may send as one user only',
    policy: policy({ users: USERS.slice(0, 1), userRestrictSend: true }),
    vantages: [STRANGER],
    login: LOGIN,
    runs: among('authenticated', 'spoofed-domain'),
    guard: { name: NAME },
  }),
  tls: () => ({
    title: 'a guard that offers STARTTLS and takes no login without it',
    policy: policy({ logins: [SOMEBODY] }),
    vantages: [STRANGER],
    login: null,
    runs: among('tls', 'login-in-the-clear', 'helo-missing', 'certificate-of-nobody', 'third-party', 'spoof-own-user'),
    guard: { name: NAME, tls: selfSignedIdentity(NAME) },
  }),
  'tls-or-not': () => ({
    title: 'a guard that offers STARTTLS and takes a login without it, too',
    policy: policy(),
    vantages: [STRANGER],
    login: LOGIN,
    runs: among('tls', 'third-party', 'spoof-own-user'),
    guard: { name: NAME, tls: selfSignedIdentity(NAME), requireTlsForAuth: false },
  }),
};

/** First and last of the default lists, their neighbours, and addresses that only begin like one of them. */
const EDGES = [
  '9.255.255.255',
  '10.0.0.0',
  '10.255.255.255',
  '11.0.0.0',
  '100.64.0.1',
  '126.255.255.255',
  '127.0.0.1',
  '128.0.0.0',
  '172.15.255.255',
  '172.16.0.0',
  '172.31.255.255',
  '172.32.0.0',
  '192.167.255.255',
  '192.168.0.0',
  '192.169.0.0',
  '198.51.100.7',
  '::',
  '::1',
  '::2',
  '::ffff:10.0.0.1',
  '::ffff:198.51.100.7',
  '2001:db8::7',
  'fe80::7',
];

/** Where a defect shows, if not on the bench of the stranger. */
const BENCH_OF: Readonly<Partial<Record<DefectName, BenchName>>> = {
  'bare-line-feed-ends-data': 'bytes',
  'bare-carriage-return-ends-line': 'bytes',
  'carriage-returns-collapsed': 'bytes',
  'nul-dropped-from-data': 'bytes',
  'message-unchecked': 'bytes',
  'header-recipients-added': 'bytes',
  'sender-gets-a-copy': 'bytes',
  'refuses-messages': 'bytes',
  'long-line-cut': 'bytes',
  'carriage-return-ends-command': 'bytes',
  'auth-attempt-trusted': 'user',
  'any-password': 'user',
  'empty-password': 'user',
  'acts-as-anybody': 'user',
  'login-may-forge': 'user',
  'ignores-logins': 'user',
  'forgets-login-at-rset': 'user',
  'refuses-null-sender': 'user',
  'proxy-header-from-anybody': 'no-proxy',
  'unknown-proxied-trusted': 'no-proxy',
  'users-not-checked': 'users',
  'login-in-the-clear': 'tls',
  'encryption-trusted': 'tls',
  'greeting-not-needed': 'tls',
  'login-survives-starttls': 'tls-or-not',
  'mapped-ipv6': 'edges',
  'ipv6-trusted': 'edges',
  'range-end-plus-one': 'edges',
  'address-matched-as-text': 'edges',
};

export function benchOf(defect: DefectName): BenchName {
  return BENCH_OF[defect] ?? 'stranger';
}

/** Names of nobody (RFC 2606, RFC 6761), the same in every calibration. */
export const CALIBRATION_IDENTITIES: AuditIdentities = {
  ownDomains: OWN_DOMAINS,
  ownUsers: USERS,
  outside: 'relayproof@outside.example',
  from: 'stranger@sender.test',
  helo: 'client.sender.test',
  partner: 'partner.test',
  // As providers name the hosts of their customers.
  reverseName: '198-51-100-7.sender.test',
  weakLogins: [
    { user: 'admin', password: 'letmein-1' },
    { user: 'test', password: 'letmein-2' },
  ],
  fills: {
    'outside-literal': '[198.51.100.99]',
    'listed-address': '10.0.0.10',
    'mx-domain': 'backup.outside.example',
    autoresponder: `vacation@${OWN}`,
    'expanding-alias': `list@${OWN}`,
  },
};
