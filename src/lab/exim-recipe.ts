import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { textFrom } from '../document/files.ts';
import { UsageError } from '../document/usage-error.ts';
import { accountId } from './accounts.ts';
import type { LabSite, PreparedServer } from './recipe.ts';

const PROGRAMS = ['exim4', 'exim'];
const USERS = ['Debian-exim', 'exim'];

/** Main options that have to be the lab's own; each can be set only once. */
const OWN_OPTIONS = [
  'spool_directory',
  'log_file_path',
  'pid_file_path',
  'exim_path',
  'keep_environment',
  'deliver_drop_privilege',
  'local_interfaces',
  'daemon_smtp_ports',
  'daemon_startup_retries',
  'tls_on_connect_ports',
] as const;

/** Runs a copy of an Exim configuration, with a spool of the lab's own. */
export function prepareExim(site: LabSite): PreparedServer {
  const program = site.program ?? findProgram();
  const text = textFrom(site.path);
  const user = userOf(/^exim_user\s*=\s*(\S+)/m.exec(text)?.[1]);
  for (const name of ['spool', 'log']) {
    mkdirSync(join(site.folder, name));
    chownSync(join(site.folder, name), accountId('/etc/passwd', user), accountId('/etc/group', user));
  }
  const config = join(site.folder, 'exim.conf');
  writeFileSync(config, eximConfForLab(text, site, program));
  const log = join(site.folder, 'log/mainlog');
  return {
    argv: [program, '-C', config, '-bdf'],
    notes: ['local deliveries run without root and fail; mail for elsewhere goes to the catcher'],
    log: () => (existsSync(log) ? readFileSync(log, 'utf8') : ''),
  };
}

/** The configuration with the lab's own main options in front; every other line keeps its words. */
export function eximConfForLab(
  text: string,
  { folder, server }: Pick<LabSite, 'folder' | 'server'>,
  program: string,
): string {
  const own: Readonly<Record<(typeof OWN_OPTIONS)[number], string>> = {
    spool_directory: join(folder, 'spool'),
    log_file_path: join(folder, 'log/%slog'),
    pid_file_path: join(folder, 'exim.pid'),
    exim_path: program,
    keep_environment: 'LD_LIBRARY_PATH',
    deliver_drop_privilege: 'true',
    local_interfaces: `<; ${server.outer} ; ${server.inner} ; 127.0.0.1`,
    daemon_smtp_ports: '25',
    daemon_startup_retries: '0',
    tls_on_connect_ports: '',
  };
  const lines = OWN_OPTIONS.map((name) => `${name} = ${own[name]}`);
  const isOwn = new RegExp(`^\\s*(?:hide\\s+)?(?:no_)?(?:${OWN_OPTIONS.join('|')})\\b`);
  let inMain = true;
  let goesOn = false;
  const kept = text.split('\n').map((line) => {
    if (/^\s*begin\s/.test(line)) inMain = false;
    const dropped = inMain && (goesOn || isOwn.test(line));
    goesOn = dropped && line.endsWith('\\');
    return dropped ? '' : line;
  });
  return [...lines, ...kept].join('\n');
}

function findProgram(): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/usr/exim/bin'];
  const found = PROGRAMS.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) =>
    existsSync(path),
  );
  if (found === undefined) throw new UsageError(['Exim is not installed here: name its program with --program']);
  return found;
}

function userOf(named: string | undefined): string {
  const passwd = readFileSync('/etc/passwd', 'utf8');
  const users = named === undefined ? USERS : [named, ...USERS];
  return users.find((user) => new RegExp(`^${user}:`, 'm').test(passwd)) ?? 'Debian-exim';
}
