import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { accountId } from './account-id.ts';
import { eximConfig } from './exim-config.ts';
import { EXIM_PRESETS } from './exim-presets.ts';
import type { EximPresetName } from './exim-presets.ts';
import { startGreylist } from './greylist.ts';
import { OWN_LOGINS } from './own-domain.ts';
import { queuedIn, textIfThere } from './moving-files.ts';
import { startRealServer } from './real-server.ts';
import type { RealServer, RealServerOptions } from './real-server.ts';
import { unpackedServer } from './unpacked.ts';

/** The user that Debian's Exim is built for; without it the program does not start. */
const EXIM_USER = 'Debian-exim';

export interface EximOptions extends RealServerOptions<EximPresetName> {
  /** Statements of the main part, such as `hostlist relay_from_hosts = ...`. @default none */
  readonly settings?: readonly string[];
  /** Statements of the RCPT list that go before those of the preset. @default none */
  readonly statements?: readonly string[];
}

/**
 * Starts Debian's Exim from where `.ci/install-servers` has unpacked it.
 *
 * @throws Error with Exim's own words when it does not start; needs root
 */
export async function startExim(options: EximOptions): Promise<RealServer> {
  const { program, env } = unpackedServer('exim');
  return startRealServer('exim', options, async (folder, listen) => {
    const config = join(folder, 'exim.conf');
    const log = (): string => readLog(join(folder, 'log'));
    const queueIds = (): readonly string[] => messageIds(join(folder, 'spool/input'));
    for (const name of ['spool', 'log']) {
      mkdirSync(join(folder, name));
      chownSync(join(folder, name), accountId('/etc/passwd', EXIM_USER), accountId('/etc/group', EXIM_USER));
    }
    const facts = {
      folder,
      program,
      listen,
      nextHop: options.nextHop,
      ownMail: options.ownMail ?? 'discard',
      trusts: options.trusts ?? [],
      preset: EXIM_PRESETS[options.preset],
      logins: options.logins ?? OWN_LOGINS,
      settings: options.settings ?? [],
      statements: options.statements ?? [],
    };
    writeFileSync(config, eximConfig(facts));
    return {
      argv: [program, '-C', config, '-bdf'],
      env,
      isReady: () => log().includes('daemon started'),
      log: (output) => output + log(),
      queueIds,
      onTheWay: () => queueIds().filter((id) => !rests(id, log())),
      services: [await startGreylist(join(folder, 'greylist'))],
    };
  });
}

/** The main log, then what Exim only writes when something is badly wrong. */
function readLog(folder: string): string {
  return ['mainlog', 'paniclog'].map((name) => textIfThere(join(folder, name))).join('');
}

/** Each message has a header file `ID-H` in the spool as long as it is queued. */
function messageIds(input: string): readonly string[] {
  return queuedIn(input, (file) => (file.endsWith('-H') ? file.slice(0, -'-H'.length) : null));
}

/** Whether a queued message waits for its next try, or for the administrator; no queue runner will come for it. */
function rests(id: string, log: string): boolean {
  return log.split('\n').some((line) => line.includes(` ${id} `) && / == |frozen/iu.test(line));
}
