import { join } from 'node:path';
import type { Endpoint } from '../support/socket-server.ts';
import type { EximMoment, EximPreset } from './exim-presets.ts';
import { OWN_DOMAIN, OWN_USERS, SERVER_NAME } from './own-domain.ts';

export interface EximFacts {
  readonly folder: string;
  /** The binary, which starts itself anew for each delivery. */
  readonly program: string;
  readonly listen: readonly Endpoint[];
  readonly nextHop: Endpoint;
  readonly ownMail: 'discard' | 'next-hop';
  readonly trusts: readonly string[];
  readonly preset: EximPreset;
  readonly logins: Readonly<Record<string, string>>;
  readonly settings: readonly string[];
  readonly statements: readonly string[];
}

/**
 * The configuration of an Exim that shares nothing with the machine's own, asks no DNS and delivers without root. Its
 * rules are those of Exim's default: local parts that could route on are refused, and so is a foreign recipient of a
 * client that is neither trusted nor authenticated.
 */
export function eximConfig(facts: EximFacts): string {
  return [
    ...mainOptions(facts),
    ...facts.settings,
    ...acls(facts.preset.acl ?? {}, facts.statements),
    ...routers(facts),
    ...transports(facts.nextHop),
    ...authenticators(facts),
    '',
  ].join('\n');
}

function mainOptions({ folder, program, listen, nextHop, trusts }: EximFacts): readonly string[] {
  const hasIpv6 = [nextHop, ...listen].some(({ host }) => host.includes(':'));
  const greylistRequest = [
    'request=smtpd_access_policy',
    'client_address=$sender_host_address',
    'sender=$sender_address',
    'recipient=$local_part@$domain',
    '\\n',
  ].join('\\n');
  return [
    `GREYLISTED = \${if match{\${readsocket{${join(folder, 'greylist')}}{${greylistRequest}}{5s}}}{DEFER}}`,
    'keep_environment = LD_LIBRARY_PATH',
    `exim_path = ${program}`,
    'deliver_drop_privilege = true',
    `primary_hostname = ${SERVER_NAME}`,
    `qualify_domain = ${OWN_DOMAIN}`,
    `domainlist own_domains = ${OWN_DOMAIN} : ${SERVER_NAME}`,
    `hostlist trusted_hosts = <; ${trusts.join(' ; ')}`,
    `spool_directory = ${join(folder, 'spool')}`,
    `log_file_path = ${join(folder, 'log/%slog')}`,
    `pid_file_path = ${join(folder, 'exim.pid')}`,
    `local_interfaces = <; ${listen.map(({ host }) => host).join(' ; ')}`,
    `daemon_smtp_ports = ${listen
      .map(({ port }) => port)
      .slice(0, 1)
      .join('')}`,
    `disable_ipv6 = ${hasIpv6 ? 'false' : 'true'}`,
    'daemon_startup_retries = 0',
    'host_lookup =',
    'rfc1413_query_timeout = 0s',
    'tls_advertise_hosts =',
    'acl_smtp_connect = check_connect',
    'acl_smtp_rcpt = check_rcpt',
    'acl_smtp_predata = check_predata',
    'acl_smtp_data = check_data',
  ];
}

function acls(
  at: Readonly<Partial<Record<EximMoment, readonly string[]>>>,
  statements: readonly string[],
): readonly string[] {
  return [
    'begin acl',
    'check_connect:',
    ...(at.connect ?? []),
    'accept',
    'check_rcpt:',
    ...statements,
    'deny message = restricted characters in the local part',
    'domains = +own_domains',
    'local_parts = ^[.] : ^.*[@%!/|]',
    'deny message = restricted characters in the local part',
    'domains = !+own_domains',
    'local_parts = ^[./|] : ^.*[@%!] : ^.*/\\\\.\\\\./',
    ...(at.rcpt ?? []),
    'accept hosts = +trusted_hosts',
    'accept authenticated = *',
    ...(at.relay ?? []),
    'require message = relay not permitted',
    'domains = +own_domains',
    'require verify = recipient',
    ...(at.own ?? []),
    'accept',
    'check_predata:',
    ...(at.predata ?? []),
    'accept',
    'check_data:',
    ...(at.data ?? []),
    'accept',
  ];
}

function routers({ ownMail, preset }: EximFacts): readonly string[] {
  const fate = {
    'next-hop': ['driver = accept', 'transport = next_hop'],
    discard: ['driver = redirect', 'data = :blackhole:'],
    bounce: ['driver = redirect', 'allow_fail', 'data = :fail: no mail for elsewhere'],
  };
  return [
    'begin routers',
    'own_mailbox:',
    ...fate[ownMail],
    'domains = +own_domains',
    `local_parts = ${OWN_USERS.join(' : ')}`,
    'no_more_mailboxes:',
    'driver = redirect',
    'domains = +own_domains',
    'allow_fail',
    'data = :fail: no such mailbox',
    'elsewhere:',
    ...fate[preset.foreignMail ?? 'next-hop'],
  ];
}

function transports(nextHop: Endpoint): readonly string[] {
  return [
    'begin transports',
    'next_hop:',
    'driver = smtp',
    `hosts = <; ${nextHop.host}`,
    `port = ${nextHop.port}`,
    'hosts_override',
    'allow_localhost',
  ];
}

function authenticators({ preset, logins }: EximFacts): readonly string[] {
  if (preset.logins === undefined) {
    return [];
  }
  const condition = (user: string, password: string): string => {
    const right = Object.entries(logins).map(
      (login) => `{and{{eq{${user}}{${login[0]}}}{eq{${password}}{${login[1]}}}}}`,
    );
    return preset.logins === 'any' ? 'true' : `\${if or{${right.join('')}}}`;
  };
  return [
    'begin authenticators',
    'plain:',
    'driver = plaintext',
    'public_name = PLAIN',
    'server_prompts = :',
    `server_condition = ${condition('$auth2', '$auth3')}`,
    'server_set_id = $auth2',
    'login:',
    'driver = plaintext',
    'public_name = LOGIN',
    'server_prompts = <| Username: | Password:',
    `server_condition = ${condition('$auth1', '$auth2')}`,
    'server_set_id = $auth1',
  ];
}
