import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SocketServer } from '../support/socket-server.ts';
import { startGreylist } from './greylist.ts';
import { startLoginService } from './login-service.ts';
import { OWN_LOGINS } from './own-domain.ts';
import { writePostfixInstance } from './postfix-config.ts';
import { POSTFIX_PRESETS } from './postfix-presets.ts';
import type { PostfixPreset, PostfixPresetName } from './postfix-presets.ts';
import { queuedIn, textIfThere } from './moving-files.ts';
import { startRealServer } from './real-server.ts';
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
    return startInstance(options, preset);
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
    const outer = await startInstance({ ...options, settings }, preset);
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

async function startInstance(options: PostfixOptions, preset: PostfixPreset): Promise<RealServer> {
  return startRealServer('postfix', options, async (folder, listen) => {
    writePostfixInstance({
      folder,
      listen,
      nextHop: options.nextHop,
      ownMail: options.ownMail ?? 'discard',
      trusts: options.trusts ?? [],
      settings: { ...preset.settings, ...options.settings },
    });
    const conf = join(folder, 'conf');
    const maillog = join(folder, 'maillog');
    const messages = (queues: readonly string[]): readonly string[] =>
      queues.flatMap((queue) => messageFiles(join(folder, 'queue', queue)));
    return {
      argv: [POSTFIX_MASTER, '-c', conf, '-d'],
      isReady: () => textIfThere(maillog).includes('daemon started'),
      log: () => (existsSync(maillog) ? textIfThere(maillog) : complaint(conf)),
      queueIds: () => messages([...MOVING_QUEUES, ...RESTING_QUEUES]),
      onTheWay: () => messages(MOVING_QUEUES),
      services: await startServices(preset, options, folder),
    };
  });
}

/** A wrong setting ends the master before it has a log; any other command that reads main.cf names the setting. */
function complaint(conf: string): string {
  return spawnSync('postmap', ['-c', conf, '-q', 'x', 'inline:{x=y}'], { encoding: 'utf8' }).stderr;
}

async function startServices(
  preset: PostfixPreset,
  options: PostfixOptions,
  folder: string,
): Promise<readonly SocketServer[]> {
  switch (preset.needs) {
    case 'greylist':
      return [await startGreylist(join(folder, 'greylist'))];
    case 'given-logins':
      return [await startLoginService(join(folder, 'logins'), options.logins ?? OWN_LOGINS)];
    case 'any-login':
      return [await startLoginService(join(folder, 'logins'), 'any')];
    default:
      return [];
  }
}

/** A file of a message queue is named after the message's id, in folders of its first letters. */
function messageFiles(path: string): readonly string[] {
  return queuedIn(path, (file) => file);
}
