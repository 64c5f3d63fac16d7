import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A mail server whose package is not installed but unpacked, for Debian's mail servers exclude each other. */
export interface UnpackedServer {
  /** The folder that stands for the file system's root in the package. */
  readonly root: string;
  /** The server's program. */
  readonly program: string;
  /** Lets the programs in it find the libraries that were unpacked with them. */
  readonly env: Readonly<Record<string, string>>;
}

export type UnpackedName = 'exim' | 'opensmtpd' | 'sendmail';

/** Where `.ci/install-servers` unpacks: only root can write there, and every user that a server runs as can read. */
const UNPACKED = '/var/cache/relayproof-servers';

const PROGRAMS: Readonly<Record<UnpackedName, string>> = {
  exim: 'usr/sbin/exim4',
  opensmtpd: 'usr/sbin/smtpd',
  sendmail: 'usr/libexec/sendmail/sendmail',
};

/** Null where it has not been unpacked. */
export function findUnpacked(name: UnpackedName): UnpackedServer | null {
  const root = join(UNPACKED, name);
  const program = join(root, PROGRAMS[name]);
  if (!existsSync(program)) {
    return null;
  }
  const lib = join(root, 'usr/lib');
  const perArchitecture = existsSync(lib) ? readdirSync(lib).filter((entry) => entry.endsWith('-linux-gnu')) : [];
  const folders = [lib, ...perArchitecture.map((entry) => join(lib, entry))];
  return { root, program, env: { LD_LIBRARY_PATH: folders.join(':') } };
}

/** @throws Error that says what brings it, where it has not been unpacked */
export function unpackedServer(name: UnpackedName): UnpackedServer {
  const found = findUnpacked(name);
  if (found === null) {
    throw new Error(`${name} is not here: \`.ci/install-servers\` as root brings it`);
  }
  return found;
}
