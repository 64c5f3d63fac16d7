import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Endpoint } from '../support/socket-server.ts';
import { OWN_DOMAIN, SERVER_NAME } from './own-domain.ts';
import { inPrivateView } from './private-view.ts';
import { queuedIn, textIfThere } from './moving-files.ts';
import { startRealServer } from './real-server.ts';
import type { RealServer, RealServerOptions } from './real-server.ts';
import { unpackedServer } from './unpacked.ts';
import type { UnpackedServer } from './unpacked.ts';

export const SENDMAIL_PRESET_NAMES = ['closed', 'open', 'own-sender'] as const;

export type SendmailPresetName = (typeof SENDMAIL_PRESET_NAMES)[number];

/** Own mail always goes to the next hop, there as `alice@[ADDRESS]` with the next hop's own address; any local part is a mailbox. */
export type SendmailOptions = Omit<RealServerOptions<SendmailPresetName>, 'ownMail' | 'logins'>;

const FEATURES: Readonly<Record<SendmailPresetName, readonly string[]>> = {
  closed: [],
  open: ["FEATURE(`promiscuous_relay')"],
  'own-sender': ["FEATURE(`relay_local_from')"],
};

/**
 * Starts Debian's sendmail from where `.ci/install-servers` has unpacked it. Whatever its rules, it relays for 127.0.0.1
 * and ::1: a test must speak to it from another address, such as 127.0.0.2.
 *
 * @throws Error with its own words when it does not start; needs root
 */
export async function startSendmail(options: SendmailOptions): Promise<RealServer> {
  const server = unpackedServer('sendmail');
  return startRealServer('sendmail', options, (folder, listen) => {
    const at = (name: string): string => join(folder, name);
    mkdirSync(at('queue'), { mode: 0o700 });
    // It waits a minute at its start where the machine's own name has no domain.
    writeFileSync(at('hosts'), `127.0.0.1 ${SERVER_NAME} localhost\n`);
    writeFileSync(at('nsswitch.conf'), 'hosts: files\npasswd: files\ngroup: files\n');
    writeFileSync(at('service.switch'), 'hosts files\naliases files\npasswd files\n');
    writeFileSync(at('sendmail.cf'), configuration(server, folder, listen, options));
    const view = {
      binds: { '/etc/hosts': at('hosts'), '/etc/nsswitch.conf': at('nsswitch.conf') },
      empty: [],
      hostName: SERVER_NAME,
    };
    const log = (output: string): string => output + textIfThere(at('traffic'));
    return {
      argv: inPrivateView(view, [server.program, '-C', at('sendmail.cf'), '-bD', '-X', at('traffic')]),
      env: server.env,
      isReady: () => existsSync(at('pid')),
      log,
      queueIds: () => messageIds(at('queue')),
      onTheWay: () => messageIds(at('queue')).filter((id) => !wasTried(textIfThere(at(`queue/qf${id}`)))),
    };
  });
}

function configuration(
  { root, env }: UnpackedServer,
  folder: string,
  listen: readonly Endpoint[],
  { preset, nextHop, trusts = [] }: SendmailOptions,
): string {
  const sources = join(root, 'usr/share/sendmail/cf');
  const definitions = {
    confDOMAIN_NAME: SERVER_NAME,
    QUEUE_DIR: join(folder, 'queue'),
    STATUS_FILE: join(folder, 'statistics'),
    confPID_FILE: join(folder, 'pid'),
    confSERVICE_SWITCH_FILE: join(folder, 'service.switch'),
    ALIAS_FILE: 'null:',
    confDONT_PROBE_INTERFACES: 'true',
    confTO_IDENT: '0',
    SMART_HOST: `esmtp:[${nextHop.host}]`,
    MAIL_HUB: `esmtp:[${nextHop.host}]`,
    ESMTP_MAILER_ARGS: `TCP $h ${nextHop.port}`,
  };
  const input = [
    "OSTYPE(`linux')",
    ...Object.entries(definitions).map(([name, value]) => `define(\`${name}', \`${value}')`),
    ...['nocanonify', 'accept_unresolvable_domains', 'no_default_msa'].map((name) => `FEATURE(\`${name}')`),
    ...listen.map(({ host, port }) => `DAEMON_OPTIONS(\`Addr=${host}, Port=${port}, Name=MTA')`),
    ...FEATURES[preset],
    "MAILER(`smtp')",
    'LOCAL_CONFIG',
    `Cw${OWN_DOMAIN}`,
    `CR${trusts.map(octets).join(' ')}`,
    '',
  ].join('\n');
  const m4 = spawnSync(join(root, 'usr/bin/m4'), [`-D_CF_DIR_=${sources}/`, join(sources, 'm4/cf.m4'), '-'], {
    input,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  if (m4.status !== 0) {
    throw new Error(`m4 made no configuration: ${m4.stderr}`);
  }
  return m4.stdout;
}

/** Sendmail names a network by its first octets. */
function octets(network: string): string {
  const [address = '', length = '32'] = network.split('/');
  if (!['8', '16', '24', '32'].includes(length)) {
    throw new RangeError(`sendmail knows no network ${network}: its length must be 8, 16, 24 or 32`);
  }
  return address
    .split('.')
    .slice(0, Number(length) / 8)
    .join('.');
}

/** Each message has a control file `qfID` as long as it is queued. */
function messageIds(queue: string): readonly string[] {
  return queuedIn(queue, (file) => (file.startsWith('qf') ? file.slice(2) : null));
}

/** The control file counts the delivery attempts in its `N` line; after the first, the message waits for a queue run. */
function wasTried(control: string): boolean {
  return /^N[1-9]/mu.test(control);
}
