import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';

export const MAIN_CF = [
  '# Mail of example.com',
  'compatibility_level = 3.6',
  'myhostname = mx.example.com',
  'mydomain = example.com',
  'mydestination = example.com, $myhostname, localhost',
  '',
  '# Who may relay',
  'mynetworks = 127.0.0.0/8 10.99.0.0/16',
  'smtpd_relay_restrictions =',
  '  permit_mynetworks,',
  '  permit_sasl_authenticated,',
  '  reject_unauth_destination',
  'disable_vrfy_command = yes',
  '',
].join('\n');

/** A policy that a usual Postfix keeps: it does not look at senders. */
export const POLICY = [
  'domains: [example.com]',
  'allowRelayFrom: [127.*.*.*, 10.99.0.0/16]',
  'disallowRelayFrom: ["*.*.*.*"]',
  'restrictInternal: { toListedIps: false }',
  'domainRestrictSend: false',
  '',
].join('\n');

/** Writes files below a folder. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

export function gitIn(folder: string, ...args: readonly string[]): string {
  const identity = ['-c', 'user.name=Ann Admin', '-c', 'user.email=ann@example.com', '-c', 'init.defaultBranch=main'];
  const { status, stdout, stderr } = spawnSync('git', ['-C', folder, ...identity, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout.trim();
}

/** Writes files and commits all that changed. */
export function commit(folder: string, message: string, files: Readonly<Record<string, string>>): string {
  writeFiles(folder, files);
  gitIn(folder, 'add', '-A');
  gitIn(folder, 'commit', '-q', '-m', message);
  return gitIn(folder, 'rev-parse', 'HEAD');
}
