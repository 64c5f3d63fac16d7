import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SocketServer } from '../support/socket-server.ts';
import { until } from '../support/until.ts';
import { daemonFolder, startDaemon } from './daemon.ts';
import { startGreylist } from './greylist.ts';
import { startLoginService } from './login-service.ts';
import { OWN_LOGINS } from './own-domain.ts';
import { writePostfixInstance } from './postfix-config.ts';
import { POSTFIX_PRESETS } from './postfix-presets.ts';
import type { PostfixPreset, PostfixPresetName } from './postfix-presets.ts';
import { onFreePort } from './real-server.ts';
import type { RealServer, RealServerOptions } from './real-server.ts';

export const POSTFIX_MASTER = '/usr/lib/postfix/sbin/master';

const MOVING_QUEUES = ['maildrop', 'incoming', 'active'];
const RESTING_QUEUES = ['deferred', 'hold'];

export interface PostfixOptions extends RealServerOptions<PostfixPresetName> {
  /** Settings of main.cf that go before those of the preset, such as `smtpd_authorized_xclient_hosts`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Starts Debian's Postfix as its own instance, and first the server behind it where the preset has one.
 *
 * @throws Error with Postfix's own words when it does not start; needs root
 */
export async function startPostfix(options: PostfixOptions): Promise<RealServer> {
  const preset = POSTFIX_PRESETS[options.preset];
  if (preset.inner === undefined) {
    return onFreePort(options.port, (port) => startInstance(options, preset, port));
  }
  const { nextHop, ownMail = 'discard', namespace } = options;
  const inner = await startPostfix({
    preset: preset.inner,
    nextHop,
    ownMail,
    ...(namespace === undefined ? {} : { namespace }),
  });
  const settings = { inner_hop: `[${inner.host}]:${inner.port}`, ...options.settings };
  try {
    const outer = await onFreePort(options.port, (port) => startInstance({ ...options, settings }, preset, port));
    return {
      ...outer,
      log: () => outer.log() + inner.log(),
      queueIds: () => [...outer.queueIds(), ...inner.queueIds()],
      untilSettled: async (timeoutMs) => {
        await outer.untilSettled(timeoutMs);
        await inner.untilSettled(timeoutMs);
      },
      stop: async () => {
        await outer.stop();
        await inner.stop();
      },
    };
  } catch (error) {
    await inner.stop();
    throw error;
  }
}

async function startInstance(options: PostfixOptions, preset: PostfixPreset, port: number): Promise<RealServer> {
  const hosts = options.hosts ?? ['127.0.0.1'];
  const folder = daemonFolder('postfix');
  const conf = join(folder.path, 'conf');
  const maillog = join(folder.path, 'maillog');
  const log = (): string => (existsSync(maillog) ? readFileSync(maillog, 'utf8') : '');
  const queued = (names: readonly string[]): readonly string[] =>
    names.flatMap((name) => messageFiles(join(folder.path, 'queue', name)));
  let service: SocketServer | null = null;
  try {
    writePostfixInstance({
      folder: folder.path,
      listen: hosts.map((host) => ({ host, port })),
      nextHop: options.nextHop,
      ownMail: options.ownMail ?? 'discard',
      trusts: options.trusts ?? [],
      settings: { ...preset.settings, ...options.settings },
    });
    service = await startService(preset, options, folder.path);
    const daemon = await startDaemon({
      folder: folder.path,
      argv: [POSTFIX_MASTER, '-c', conf, '-d'],
      ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
      isReady: () => log().includes('daemon started'),
      // A wrong setting ends the master before it has a log; any other command that reads main.cf names it.
      explain: () =>
        log() || spawnSync('postmap', ['-c', conf, '-q', 'x', 'inline:{x=y}'], { encoding: 'utf8' }).stderr,
    });
    return {
      host: hosts[0] ?? '',
      port,
      log,
      queueIds: () => queued([...MOVING_QUEUES, ...RESTING_QUEUES]),
      untilSettled: (timeoutMs) =>
        until('Postfix to have nothing on its way', () => queued(MOVING_QUEUES).length === 0, timeoutMs),
      stop: async () => {
        await daemon.stop();
        await service?.stop();
        folder.remove();
      },
    };
  } catch (error) {
    await service?.stop();
    folder.remove();
    throw error;
  }
}

async function startService(
  preset: PostfixPreset,
  options: PostfixOptions,
  folder: string,
): Promise<SocketServer | null> {
  switch (preset.needs) {
    case 'greylist':
      return startGreylist(join(folder, 'greylist'));
    case 'given-logins':
      return startLoginService(join(folder, 'logins'), options.logins ?? OWN_LOGINS);
    case 'any-login':
      return startLoginService(join(folder, 'logins'), 'any');
    default:
      return null;
  }
}

/** A file of a message queue is named after the message's id, in folders of its first letters. */
function messageFiles(path: string): readonly string[] {
  try {
    return readdirSync(path, { recursive: true, withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [entry.name] : [],
    );
  } catch {
    // A message moved on, and its folder with it, while it was being read: whoever waits asks again.
    return ['moving'];
  }
}
