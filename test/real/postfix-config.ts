import { chmodSync, chownSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Endpoint } from '../support/socket-server.ts';
import { accountId } from './account-id.ts';
import { OWN_DOMAIN, OWN_USERS, SERVER_NAME } from './own-domain.ts';

export interface PostfixFacts {
  readonly folder: string;
  readonly listen: readonly Endpoint[];
  readonly nextHop: Endpoint;
  readonly ownMail: 'discard' | 'next-hop';
  readonly trusts: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
}

/** Written by every queue user; `public` and `maildrop` are shared with the group of the sending commands. */
const QUEUE_FOLDERS: Readonly<Record<string, number>> = {
  active: 0o700,
  bounce: 0o700,
  corrupt: 0o700,
  defer: 0o700,
  deferred: 0o700,
  flush: 0o700,
  hold: 0o700,
  incoming: 0o700,
  maildrop: 0o730,
  private: 0o700,
  public: 0o710,
  saved: 0o700,
  trace: 0o700,
};

/** Service, type, and the columns private, unprivileged, chroot, wake-up, processes and command of master.cf. */
const SERVICES: readonly string[] = [
  'pickup unix n - n 60 1 pickup',
  'cleanup unix n - n - 0 cleanup',
  'qmgr unix n - n 300 1 qmgr',
  'tlsmgr unix - - n 1000? 1 tlsmgr',
  'rewrite unix - - n - - trivial-rewrite',
  'bounce unix - - n - 0 bounce',
  'defer unix - - n - 0 bounce',
  'trace unix - - n - 0 bounce',
  'verify unix - - n - 1 verify',
  'flush unix n - n 1000? 0 flush',
  'proxymap unix - - n - - proxymap',
  'proxywrite unix - - n - 1 proxymap',
  'smtp unix - - n - - smtp',
  'relay unix - - n - - smtp',
  'showq unix n - n - - showq',
  'error unix - - n - - error',
  'retry unix - - n - - error',
  // A command that fails for good: mail for the `error` service itself would already be refused at RCPT.
  'returned unix - n n - - pipe user=nobody argv=/bin/false',
  'discard unix - - n - - discard',
  'anvil unix - - n - 1 anvil',
  'scache unix - - n - 1 scache',
  'postlog unix-dgram n - n - 1 postlogd',
];

/**
 * Lays out a Postfix instance that shares nothing with the machine's own: configuration, queue, data, pid files and log
 * lie in `folder`. It asks no DNS and trusts no client address.
 */
export function writePostfixInstance(facts: PostfixFacts): void {
  const { folder } = facts;
  const owner = accountId('/etc/passwd', 'postfix');
  const group = accountId('/etc/group', 'postfix');
  const submitters = accountId('/etc/group', 'postdrop');
  const queue = join(folder, 'queue');
  mkdirSync(join(queue, 'pid'), { recursive: true });
  mkdirSync(join(folder, 'data'));
  chownSync(join(folder, 'data'), owner, group);
  for (const [name, mode] of Object.entries(QUEUE_FOLDERS)) {
    const path = join(queue, name);
    mkdirSync(path);
    chownSync(path, owner, name === 'public' || name === 'maildrop' ? submitters : group);
    chmodSync(path, mode);
  }
  mkdirSync(join(folder, 'conf'));
  const settings = Object.entries({ ...baseSettings(facts), ...facts.settings });
  const listeners = facts.listen.map(({ host, port }) => `${bracketed(host)}:${port} inet n - n - - smtpd`);
  writeConfig(
    join(folder, 'conf/main.cf'),
    settings.map(([name, value]) => `${name} = ${value}`),
  );
  writeConfig(join(folder, 'conf/master.cf'), [...listeners, ...SERVICES]);
}

/** A file that was just changed may still be changing: Postfix reads it again and again for 2 s, unless it looks old. */
function writeConfig(path: string, lines: readonly string[]): void {
  writeFileSync(path, `${lines.join('\n')}\n`);
  utimesSync(path, 0, 0);
}

function baseSettings({ folder, listen, nextHop, ownMail, trusts }: PostfixFacts): Readonly<Record<string, string>> {
  const hop = `[${nextHop.host}]:${nextHop.port}`;
  return {
    compatibility_level: '3.6',
    queue_directory: join(folder, 'queue'),
    data_directory: join(folder, 'data'),
    maillog_file: join(folder, 'maillog'),
    maillog_file_prefixes: folder,
    inet_interfaces: 'all',
    inet_protocols: [nextHop, ...listen].some(({ host }) => host.includes(':')) ? 'all' : 'ipv4',
    myhostname: SERVER_NAME,
    mydomain: OWN_DOMAIN,
    myorigin: OWN_DOMAIN,
    mydestination: `${OWN_DOMAIN}, $myhostname, localhost`,
    mynetworks: trusts.map(bracketedNetwork).join(' '),
    smtpd_banner: '$myhostname ESMTP $mail_name (Debian/GNU)',
    biff: 'no',
    alias_maps: '',
    local_recipient_maps: `inline:{${OWN_USERS.map((user) => `{${user}=local}`).join(' ')}}`,
    local_transport: ownMail === 'discard' ? 'discard:own' : `smtp:${hop}`,
    relayhost: hop,
    smtp_dns_support_level: 'disabled',
    smtp_host_lookup: 'native',
    smtpd_peername_lookup: 'no',
    greylist: `unix:${join(folder, 'greylist')}`,
    smtpd_sasl_type: 'dovecot',
    smtpd_sasl_path: join(folder, 'logins'),
  };
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** Postfix writes an IPv6 network as `[2001:db8::]/32`. */
function bracketedNetwork(network: string): string {
  const [address = '', length] = network.split('/');
  return length === undefined ? bracketed(address) : `${bracketed(address)}/${length}`;
}
