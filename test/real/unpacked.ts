import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** A mail server whose package is not installed but unpacked, for Debian's mail servers exclude each other. */
export interface UnpackedServer {
  /** The folder that stands for the file system's root in the package. */
  readonly root: string;
  /** Lets the programs in it find the libraries that were unpacked with them. */
  readonly env: Readonly<Record<string, string>>;
}

/** Where `.ci/install-servers` unpacks: only root can write there, and every user that a server runs as can read. */
const UNPACKED = '/var/cache/relayproof-servers';

/** Null where nothing of that name has been unpacked. */
export function unpackedServer(name: string): UnpackedServer | null {
  const root = join(UNPACKED, name);
  const lib = join(root, 'usr/lib');
  if (!existsSync(lib)) {
    return null;
  }
  const perArchitecture = readdirSync(lib).filter((entry) => entry.endsWith('-linux-gnu'));
  return { root, env: { LD_LIBRARY_PATH: [lib, ...perArchitecture.map((entry) => join(lib, entry))].join(':') } };
}
