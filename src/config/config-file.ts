import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import type { Checked, Problem } from '../document/problem.ts';
import { readDocument, type DocumentPath } from '../document/read-document.ts';
import { compileOwnDomains } from '../policy/own-domains.ts';
import { splitEnvelopeAddress } from '../smtp/envelope-address.ts';
import { configSchema, type ConfigSettings } from './config-schema.ts';
import { textFrom } from '../document/files.ts';
import { UsageError } from '../document/usage-error.ts';

export const CONFIG_NAME = 'relayproof.yaml';

/** A line of a file. */
export interface FileLine {
  readonly file: string;
  readonly line: number;
}

/** A configuration with the place that it was read from. */
export interface Config {
  /** As it is named to people: relative to the working directory. */
  readonly file: string;
  readonly settings: ConfigSettings;
  /** A file that the configuration names, which is relative to it, as the working directory sees it. */
  readonly pathOf: (named: string) => string;
  /** Where a setting stands. */
  readonly placeOf: (path: DocumentPath) => FileLine;
}

/** The nearest `relayproof.yaml` from a folder upwards, up to the root of its git repository; null where there is none. */
export function findConfig(folder: string): string | null {
  for (let here = resolve(folder); ; here = dirname(here)) {
    const file = join(here, CONFIG_NAME);
    if (existsSync(file)) return file;
    if (existsSync(join(here, '.git')) || dirname(here) === here) return null;
  }
}

/** Reads `--config FILE`, or the one that is found. @throws UsageError with every problem of the file */
export function configFrom(named: string | undefined, folder: string): Config {
  const file = named ?? findConfig(folder);
  if (file === null)
    throw new UsageError([
      `no ${CONFIG_NAME} from here up to the root of the repository: \`relayproof init\` writes one, --config names another`,
    ]);
  const shown = isAbsolute(file) ? shortened(file, folder) : file;
  const parsed = parseConfig(textFrom(file), shown);
  if (parsed.kind === 'invalid') throw UsageError.fromProblems(parsed.problems);
  const base = dirname(shown);
  return { ...parsed.value, pathOf: (path) => (isAbsolute(path) ? path : join(base, path)) };
}

/** Reads a configuration; `file` is the name that problems carry. */
export function parseConfig(text: string, file: string): Checked<Omit<Config, 'pathOf'>> {
  const read = readDocument(text, file, configSchema);
  if (read.kind === 'invalid') return read;
  const { value: settings, positionOf } = read.value;
  const problems = contradictions(settings).map(({ path, message }): Problem => ({
    file,
    ...positionOf(path),
    message,
  }));
  if (problems.length > 0) return { kind: 'invalid', problems };
  return { kind: 'ok', value: { file, settings, placeOf: (path) => ({ file, line: positionOf(path).line }) } };
}

function contradictions(settings: ConfigSettings): readonly { path: DocumentPath; message: string }[] {
  const { policy, targets, servers, ownDomains, ownUsers, outside, prove, catch: catching, caught } = settings;
  const isOwn = (mailbox: string): boolean =>
    compileOwnDomains(ownDomains).includes(splitEnvelopeAddress(mailbox).domain ?? '');
  const asks = targets.length > 0 || servers.length > 0;
  return [
    ...(policy === undefined && ownDomains.length === 0 && asks
      ? [{ path: [], message: 'which domains do the servers receive mail for? Give `ownDomains`, or a `policy`' }]
      : []),
    ...ownUsers.flatMap((user, index) =>
      ownDomains.length === 0 || isOwn(user)
        ? []
        : [{ path: ['ownUsers', index], message: `\`${user}\` is in no own domain (${ownDomains.join(', ')})` }],
    ),
    ...(outside !== undefined && isOwn(outside)
      ? [{ path: ['outside'], message: `\`${outside}\` is in an own domain: name a mailbox elsewhere` }]
      : []),
    ...(!prove && (catching !== undefined || caught !== undefined)
      ? [
          {
            path: [catching === undefined ? 'caught' : 'catch'],
            message: 'canaries are sent only with `prove: true`',
          },
        ]
      : []),
  ];
}

function shortened(file: string, folder: string): string {
  const path = relative(folder, file);
  return path.startsWith(`..${sep}..${sep}..`) ? file : path;
}
