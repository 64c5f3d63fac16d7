import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Endpoint } from '../support/socket-server.ts';
import { OWN_DOMAIN, OWN_USERS, SERVER_NAME } from './own-domain.ts';
import { inPrivateView } from './private-view.ts';
import { queuedIn } from './moving-files.ts';
import { startRealServer } from './real-server.ts';
import type { RealServer, RealServerOptions } from './real-server.ts';
import { unpackedServer } from './unpacked.ts';

export const OPENSMTPD_PRESET_NAMES = ['closed', 'open', 'own-sender'] as const;

export type OpenSmtpdPresetName = (typeof OPENSMTPD_PRESET_NAMES)[number];

/** Own mail always goes to the next hop. */
export interface OpenSmtpdOptions extends Omit<RealServerOptions<OpenSmtpdPresetName>, 'ownMail' | 'logins'> {
  /** Rules after those of the preset; their action "relay" hands on to the next hop. */
  readonly rules?: readonly string[];
}

/** What is relayed beside own mail and the mail of trusted networks. */
const RELAYED: Readonly<Record<OpenSmtpdPresetName, readonly string[]>> = {
  closed: [],
  open: ['match from any for any action "next_hop"'],
  'own-sender': [`match from any mail-from "@${OWN_DOMAIN}" for any action "next_hop"`],
};

/** The users that the program was built to run as, made up for its own view. */
const USERS = [
  { name: 'opensmtpd', id: 990 },
  { name: 'opensmtpq', id: 991 },
];

/**
 * Starts Debian's OpenSMTPD from where `.ci/install-servers` has unpacked it. Its paths were fixed when it was built, so
 * it gets a view of its own, in which they lead into the server's folder.
 *
 * @throws Error with its own words when it does not start; needs root
 */
export async function startOpenSmtpd(options: OpenSmtpdOptions): Promise<RealServer> {
  const { root, program, env } = unpackedServer('opensmtpd');
  return startRealServer('opensmtpd', options, (folder, listen) => {
    const at = (name: string): string => join(folder, name);
    mkdirSync(at('spool'), { mode: 0o711 });
    mkdirSync(at('lib/opensmtpd/empty'), { recursive: true });
    extend('/etc/passwd', at('passwd'), ({ name, id }) => `${name}:x:${id}:${id}::/:/bin/false\n`);
    extend('/etc/group', at('group'), ({ name, id }) => `${name}:x:${id}:\n`);
    writeFileSync(at('resolv.conf'), 'nameserver 127.0.0.1\n');
    writeFileSync(at('smtpd.conf'), configuration(listen, options));
    const view = {
      binds: {
        '/etc/passwd': at('passwd'),
        '/etc/group': at('group'),
        '/etc/resolv.conf': at('resolv.conf'),
        '/var/spool': at('spool'),
        '/var/lib': at('lib'),
        '/usr/libexec': join(root, 'usr/libexec'),
      },
      empty: ['/run'],
      hostName: SERVER_NAME,
    };
    const queueIds = (): readonly string[] => envelopeIds(at('spool/smtpd'));
    return {
      argv: inPrivateView(view, [program, '-d', '-v', '-f', at('smtpd.conf')]),
      env,
      isReady: (output) => output.includes('smtp: listen on'),
      log: (output) => output,
      queueIds,
      onTheWay: (output) => queueIds().filter((id) => !hasFailedForNow(id, output)),
    };
  });
}

function configuration(listen: readonly Endpoint[], options: OpenSmtpdOptions): string {
  const { preset, nextHop, trusts = [], rules = [] } = options;
  const own = OWN_USERS.map((user) => `"${user}@${OWN_DOMAIN}"`).join(', ');
  return [
    ...listen.map(({ host, port }) => `listen on ${host} port ${port} hostname ${SERVER_NAME}`),
    ...['next_hop', 'relay'].map((name) => `action "${name}" relay host smtp://${nextHop.host}:${nextHop.port}`),
    `match from any for rcpt-to { ${own} } action "next_hop"`,
    ...trusts.map((network) => `match from src ${network} for any action "next_hop"`),
    ...RELAYED[preset],
    ...rules,
    '',
  ].join('\n');
}

function extend(source: string, path: string, line: (user: (typeof USERS)[number]) => string): void {
  writeFileSync(path, readFileSync(source, 'utf8') + USERS.map(line).join(''));
}

/**
 * Each recipient has an envelope file, named after its id, beside the message that it belongs to. The folders stand in the
 * order in which a message moves on, so that none is missed.
 */
function envelopeIds(spool: string): readonly string[] {
  return ['incoming', 'queue'].flatMap((folder) =>
    queuedIn(join(spool, folder), (file) => (/^[0-9a-f]{16}$/u.test(file) ? file : null)),
  );
}

function hasFailedForNow(id: string, log: string): boolean {
  return log.split('\n').some((line) => line.includes(`evpid=${id}`) && line.includes('TempFail'));
}
