import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { textFrom } from '../document/files.ts';
import { UsageError } from '../document/usage-error.ts';
import { accountId } from './accounts.ts';
import { expand, parseMainCf, type MainCfSetting } from './main-cf.ts';
import { masterCfForLab, standardMasterCf } from './master-cf.ts';
import type { LabSite, PreparedServer } from './recipe.ts';

const MASTERS = ['/usr/lib/postfix/sbin/master', '/usr/libexec/postfix/master', '/usr/lib/postfix/master'];
/** Where configurations say that they lie. */
const USUAL_FOLDER = '/etc/postfix';
/** What the machine's own installation adds: which table types there are. */
const MACHINE_FILES = ['dynamicmaps.cf', 'dynamicmaps.cf.d'];

const QUEUE_FOLDERS: Readonly<Record<string, number>> = {
  active: 0o700,
  bounce: 0o700,
  corrupt: 0o700,
  defer: 0o700,
  deferred: 0o700,
  flush: 0o700,
  hold: 0o700,
  incoming: 0o700,
  maildrop: 0o730,
  private: 0o700,
  public: 0o710,
  saved: 0o700,
  trace: 0o700,
};

/** A table that has to be built from its text first. */
const BUILT_TABLE = /\b(hash|btree|lmdb|cdb|dbm|sdbm):([^\s,{}]+)/g;

/** Runs a copy of a Postfix configuration, with a queue of the lab's own. */
export function preparePostfix(site: LabSite): PreparedServer {
  const master = site.program ?? MASTERS.find((path) => existsSync(path));
  if (master === undefined) throw new UsageError([`Postfix is not installed here: ${MASTERS.join(', ')} do not exist`]);
  const conf = join(site.folder, 'conf');
  const text = textFrom(join(site.path, 'main.cf'));
  cpSync(site.path, conf, { recursive: true, dereference: true });
  layOutFolders(site.folder);
  const settings = parseMainCf(text);
  const { overrides, notes } = labSettings(site, settings);
  writeOld(join(conf, 'main.cf'), `${text.trimEnd()}\n\n${overrides.join('\n')}\n`);
  writeOld(
    join(conf, 'master.cf'),
    existsSync(join(conf, 'master.cf')) ? masterCfForLab(textFrom(join(conf, 'master.cf'))) : standardMasterCf(),
  );
  for (const name of MACHINE_FILES) {
    const own = join(USUAL_FOLDER, name);
    if (existsSync(own) && !existsSync(join(conf, name))) cpSync(own, join(conf, name), { recursive: true });
  }
  const maillog = join(site.folder, 'maillog');
  return {
    argv: ['sh', '-c', startScript(conf, settings), 'relayproof-lab', master, '-c', conf, '-d'],
    notes,
    log: () => (existsSync(maillog) ? readFileSync(maillog, 'utf8') : complaint(conf)),
  };
}

/** A wrong setting ends the master before it has a log; any other command that reads main.cf names the setting. */
function complaint(conf: string): string {
  return spawnSync('postmap', ['-c', conf, '-q', 'x', 'inline:{x=y}'], { encoding: 'utf8' }).stderr;
}

function layOutFolders(folder: string): void {
  const owner = accountId('/etc/passwd', 'postfix');
  const group = accountId('/etc/group', 'postfix');
  const submitters = accountId('/etc/group', 'postdrop');
  mkdirSync(join(folder, 'queue/pid'), { recursive: true });
  mkdirSync(join(folder, 'data'));
  chownSync(join(folder, 'data'), owner, group);
  for (const [name, mode] of Object.entries(QUEUE_FOLDERS)) {
    const path = join(folder, 'queue', name);
    mkdirSync(path);
    chownSync(path, owner, name === 'public' || name === 'maildrop' ? submitters : group);
    chmodSync(path, mode);
  }
}

/** Settings that stand behind those of the repository, where the last one counts. */
function labSettings(
  { folder, world, ownUsers }: LabSite,
  settings: ReadonlyMap<string, MainCfSetting>,
): { readonly overrides: readonly string[]; readonly notes: readonly string[] } {
  const hop = `[${world.host}]:${world.port}`;
  const mailboxes = ['postmaster', 'root', ...ownUsers].map((user) => `{${user}=lab}`).join(' ');
  const known = settings.get('local_recipient_maps')?.value ?? 'proxy:unix:passwd.byname $alias_maps';
  const withoutFile = ['alias_maps', 'alias_database'].filter((name) => namesMissingFile(name, settings));
  const overrides = {
    queue_directory: join(folder, 'queue'),
    data_directory: join(folder, 'data'),
    maillog_file: join(folder, 'maillog'),
    maillog_file_prefixes: folder,
    inet_interfaces: 'all',
    inet_protocols: 'ipv4',
    // Whether one message was taken or two shows only where own mail comes out, too.
    local_transport: `smtp:${hop}`,
    virtual_transport: `smtp:${hop}`,
    smtp_tls_security_level: 'may',
    smtp_sasl_auth_enable: 'no',
    smtpd_sasl_auth_enable: 'no',
    // An empty list means that every mailbox exists.
    ...(known === '' ? {} : { local_recipient_maps: `inline:{${mailboxes}} ${known}` }),
    ...Object.fromEntries(withoutFile.map((name) => [name, ''])),
    ...((settings.get('relayhost')?.value ?? '') === '' ? {} : { relayhost: hop }),
  };
  return {
    overrides: Object.entries(overrides).map(([name, value]) => `${name} = ${value}`),
    notes: [
      'mail for own mailboxes, and what would go to a relayhost, goes to the catcher',
      ...(settings.get('smtpd_sasl_auth_enable')?.value === 'yes'
        ? ['logins are off: nothing here checks passwords, so what a login may do is not asked']
        : []),
      ...withoutFile.map((name) => `${name} is empty: its file is not here`),
    ],
  };
}

/** The default of both is a file of the machine, which need not have one; a table that is missing defers all mail. */
function namesMissingFile(name: string, settings: ReadonlyMap<string, MainCfSetting>): boolean {
  const setting = settings.get(name);
  const [, , path] = /^(hash|btree|lmdb):(\/\S+)$/.exec(setting?.value ?? 'hash:/etc/aliases') ?? [];
  return path !== undefined && !path.startsWith(`${USUAL_FOLDER}/`) && !existsSync(`${path}.db`);
}

/**
 * Shows the copy where configurations say that they lie, for this program alone (`ip netns exec` gives it mounts of its
 * own), builds its tables and becomes the server.
 */
function startScript(conf: string, settings: ReadonlyMap<string, MainCfSetting>): string {
  const tables = new Set(
    [...settings.values()].flatMap(({ value }) =>
      [
        ...expand(value, settings)
          .replaceAll(/\$\{?config_directory\}?/g, USUAL_FOLDER)
          .matchAll(BUILT_TABLE),
      ].flatMap(([, type, path]) => (type !== undefined && path !== undefined ? sourceOf(conf, type, path) : [])),
    ),
  );
  return [
    ...(existsSync(USUAL_FOLDER) ? [`mount --bind ${quoted(conf)} ${USUAL_FOLDER} || exit 1`] : []),
    ...[...tables].map((table) => `postmap -c ${quoted(conf)} ${quoted(table)}`),
    'exec "$@"',
  ].join('\n');
}

/** The table to build, where its text is in the repository. */
function sourceOf(conf: string, type: string, path: string): readonly string[] {
  const inCopy = path.startsWith(`${USUAL_FOLDER}/`) ? join(conf, path.slice(USUAL_FOLDER.length)) : path;
  return isAbsolute(path) && inCopy.startsWith(conf) && existsSync(inCopy) ? [`${type}:${inCopy}`] : [];
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** Postfix reads a file that was just changed again and again for 2 s, unless it looks old. */
function writeOld(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o644);
  utimesSync(path, 0, 0);
}
