import type { DefectName } from '../guard/defects.ts';
import type { GuardOptions } from '../guard/guard-options.ts';
import { policyFromSettings, type Policy } from '../policy/policy.ts';
import type { Vantage } from '../session/vantage.ts';
import type { Credentials } from '../smtp/sasl.ts';
import type { AuditIdentities } from './audit-request.ts';

/** The circumstances under which a defect can show: who asks a guard what, from where, under which policy. */
export interface CalibrationBench {
  readonly title: string;
  readonly policy: Policy;
  readonly vantages: readonly Vantage[];
  readonly login: Credentials | null;
  /** Ids or families of the scenarios that are run; controls always are. */
  readonly scenarios: readonly string[];
  readonly guard: Pick<GuardOptions, 'name' | 'trustProxyFrom'>;
}

export type BenchName = 'stranger' | 'edges' | 'no-proxy' | 'users';

/** Its letters k and s are those to which foreign letters fold. */
const OWN = 'kiosk.test';
/** A host name below the own domain, as most servers have one. */
const NAME = `mx.${OWN}`;
const USERS = [`alice@${OWN}`, `bob@${OWN}`];
const LOGIN: Credentials = { user: 'alice', password: 'correct-horse-battery' };

const claimed = (address: string): Vantage => ({ kind: 'proxy', address, version: 1 });

export const BENCHES: Readonly<Record<BenchName, CalibrationBench>> = {
  stranger: {
    title: 'every scenario from an unlisted client, with and without a login, under the default policy',
    policy: policyFromSettings({ domains: [OWN], users: USERS }),
    vantages: [claimed('198.51.100.7')],
    login: LOGIN,
    scenarios: ['*'],
    guard: { name: NAME },
  },
  edges: {
    title: 'the plain questions from addresses right beside those of the default lists, and of either family',
    policy: policyFromSettings({ domains: [OWN], users: USERS }),
    vantages: [
      '10.0.0.0',
      '10.255.255.255',
      '9.255.255.255',
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
    ].map(claimed),
    login: null,
    scenarios: ['third-party', 'spoof-own-user', 'internal-colleague'],
    guard: { name: NAME },
  },
  'no-proxy': {
    title: 'claims about the client from an unlisted address, to a guard that names no proxy',
    policy: policyFromSettings({ domains: [OWN], users: USERS, allowRelayFrom: ['127.0.0.1', '10.*.*.*', '::1'] }),
    vantages: [{ kind: 'bind', address: '127.0.0.2' }],
    login: null,
    scenarios: ['client-claims', 'third-party', 'spoof-own-user'],
    guard: { name: NAME, trustProxyFrom: [] },
  },
  users: {
    title: 'logins that may send as one user only',
    policy: policyFromSettings({ domains: [OWN], users: USERS.slice(0, 1), userRestrictSend: true }),
    vantages: [claimed('198.51.100.7')],
    login: LOGIN,
    scenarios: ['authenticated', 'spoofed-domain'],
    guard: { name: NAME },
  },
};

/** Where a defect shows, if not on the bench of the stranger. */
const BENCH_OF: Readonly<Partial<Record<DefectName, BenchName>>> = {
  'proxy-header-from-anybody': 'no-proxy',
  'users-not-checked': 'users',
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
  ownDomains: [OWN],
  ownUsers: USERS,
  outside: 'relayproof@outside.test',
  from: 'stranger@sender.test',
  helo: 'client.sender.test',
  partner: 'partner.test',
  weakLogins: [
    { user: 'admin', password: 'letmein-1' },
    { user: 'test', password: 'letmein-2' },
  ],
};
