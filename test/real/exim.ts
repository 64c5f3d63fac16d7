import { chownSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SocketServer } from '../support/socket-server.ts';
import { until } from '../support/until.ts';
import { accountId } from './account-id.ts';
import { daemonFolder, startDaemon } from './daemon.ts';
import { eximConfig } from './exim-config.ts';
import { EXIM_PRESETS } from './exim-presets.ts';
import type { EximPreset, EximPresetName } from './exim-presets.ts';
import { startGreylist } from './greylist.ts';
import { OWN_LOGINS } from './own-domain.ts';
import { onFreePort } from './real-server.ts';
import type { RealServer, RealServerOptions } from './real-server.ts';
import { unpackedServer } from './unpacked.ts';

/** The user that Debian's Exim is built for; without it the program does not start. */
const EXIM_USER = 'Debian-exim';

export interface EximProgram {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Null where `.ci/install-servers` has not unpacked it. */
export function eximProgram(): EximProgram | null {
  const unpacked = unpackedServer('exim');
  return unpacked === null ? null : { path: join(unpacked.root, 'usr/sbin/exim4'), env: unpacked.env };
}

/**
 * Starts Debian's Exim from where `.ci/install-servers` has unpacked it.
 *
 * @throws Error with Exim's own words when it does not start; needs root
 */
export async function startExim(options: RealServerOptions<EximPresetName>): Promise<RealServer> {
  return onFreePort(options.port, (port) => startInstance(options, EXIM_PRESETS[options.preset], port));
}

async function startInstance(
  options: RealServerOptions<EximPresetName>,
  preset: EximPreset,
  port: number,
): Promise<RealServer> {
  const program = eximProgram();
  if (program === null) {
    throw new Error('Exim is not here: `.ci/install-servers` brings it');
  }
  const hosts = options.hosts ?? ['127.0.0.1'];
  const folder = daemonFolder('exim');
  const config = join(folder.path, 'exim.conf');
  const log = (): string => readLog(join(folder.path, 'log'));
  let greylist: SocketServer | null = null;
  try {
    for (const name of ['spool', 'log']) {
      mkdirSync(join(folder.path, name));
      chownSync(join(folder.path, name), accountId('/etc/passwd', EXIM_USER), accountId('/etc/group', EXIM_USER));
    }
    writeFileSync(
      config,
      eximConfig({
        folder: folder.path,
        program: program.path,
        hosts,
        nextHop: options.nextHop,
        ownMail: options.ownMail ?? 'discard',
        trusts: options.trusts ?? [],
        preset,
        logins: options.logins ?? OWN_LOGINS,
      }),
    );
    greylist = await startGreylist(join(folder.path, 'greylist'));
    const daemon = await startDaemon({
      folder: folder.path,
      argv: [program.path, '-C', config, '-bdf', '-oX', `${port}`],
      env: program.env,
      ...(options.namespace === undefined ? {} : { namespace: options.namespace }),
      isReady: () => log().includes('daemon started'),
      explain: log,
    });
    const queueIds = (): readonly string[] => messageIds(join(folder.path, 'spool/input'));
    return {
      host: hosts[0] ?? '',
      port,
      log,
      queueIds,
      untilSettled: (timeoutMs) =>
        until('Exim to have nothing on its way', () => queueIds().every((id) => rests(id, log())), timeoutMs),
      stop: async () => {
        await daemon.stop();
        await greylist?.stop();
        folder.remove();
      },
    };
  } catch (error) {
    await greylist?.stop();
    folder.remove();
    throw error;
  }
}

/** The main log, then what Exim only writes when something is badly wrong. */
function readLog(folder: string): string {
  return ['mainlog', 'paniclog']
    .map((name) => join(folder, name))
    .map((path) => (existsSync(path) ? readFileSync(path, 'utf8') : ''))
    .join('');
}

/** Each message has a header file `ID-H` in the spool as long as it is queued. */
function messageIds(input: string): readonly string[] {
  return existsSync(input)
    ? readdirSync(input).flatMap((name) => (name.endsWith('-H') ? [name.slice(0, -'-H'.length)] : []))
    : [];
}

/** Whether a queued message waits for its next try, or for the administrator; no queue runner will come for it. */
function rests(id: string, log: string): boolean {
  return log.split('\n').some((line) => line.includes(` ${id} `) && / == |frozen/iu.test(line));
}
