import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, type TestContext } from 'vitest';
import { hashPassword } from '../../src/policy/password-hash.ts';
import type { Audit } from '../../src/judge/audit.ts';
import { describeReal } from '../real/availability.ts';
import { findUnpacked } from '../real/unpacked.ts';
import { MAIN_CF, POLICY, writeFiles } from '../support/postfix-repository.ts';
import {
  folderFor,
  runProgram,
  startProgram,
  type Finished,
  type ProgramOptions,
  type Running,
} from '../support/program.ts';
import { until } from '../support/until.ts';

/** What labs leave on the machine as long as they are there. */
function traces(prefix: string): readonly string[] {
  const namespaces = spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' }).stdout.split('\n');
  const files = existsSync('/etc/netns') ? readdirSync('/etc/netns') : [];
  return [...namespaces, ...files, ...readdirSync(tmpdir())].filter((name) => name.startsWith(prefix));
}

async function tryLab(
  args: readonly string[],
  options: ProgramOptions = {},
): Promise<Finished & { readonly audit: Audit }> {
  const running = startProgram(['lab', '--json', '--scenario', 'third-party', ...args], options);
  const finished = await running.finished;
  expect(traces(`relayproof-lab-${running.child.pid}`)).toEqual([]);
  if (finished.stdout === '') throw new Error(finished.stderr);
  return { ...finished, audit: JSON.parse(finished.stdout) };
}

function verdicts({ results }: Audit, asked = 'third-party'): readonly string[] {
  return results.filter(({ scenario }) => scenario === asked).map(({ vantage, verdict }) => `${vantage} ${verdict}`);
}

function postfixFolder(context: TestContext, changes: readonly (readonly [string, string])[] = []): string {
  const folder = folderFor(context);
  const mainCf = changes.reduce((text, [old, now]) => text.replace(old, now), MAIN_CF);
  writeFiles(folder, { 'postfix/main.cf': mainCf, 'policy.yaml': POLICY });
  return folder;
}

const POSTFIX = ['--recipe', 'postfix', '--config-dir', 'postfix'];
const CLOSED = ['outside=198.51.100.10 refused', 'roaming=198.51.100.20 refused', 'inside=10.99.1.10 relayed'];

describeReal('a lab with Postfix', ['namespaces', 'postfix'], () => {
  test('audits it from outside, from a roaming host and from inside, each by its true address', async (context) => {
    const { code, audit } = await tryLab([...POSTFIX, '--policy', 'policy.yaml'], { cwd: postfixFolder(context) });
    expect({ code, verdicts: verdicts(audit) }).toEqual({ code: 0, verdicts: CLOSED });
    expect(audit.endpoints.map(({ name }) => name)).toEqual(['198.51.100.1:25']);
    expect(audit.target.host).toBe('postfix.lab.example');
  }, 90_000);

  test('greets with the name that DNS has for the address of each host', async (context) => {
    const args = [...POSTFIX, '--policy', 'policy.yaml', '--scenario', 'helo-own-reverse-name'];
    const { audit } = await tryLab(args, { cwd: postfixFolder(context) });
    expect(verdicts(audit, 'helo-own-reverse-name')).toEqual(CLOSED);
  }, 90_000);

  test('asks from outside alone where no policy says what the inside may', async (context) => {
    const args = [...POSTFIX, '--own-domain', 'example.com'];
    const { code, audit, stderr } = await tryLab(args, { cwd: postfixFolder(context) });
    expect({ code, verdicts: verdicts(audit) }).toEqual({ code: 0, verdicts: CLOSED.slice(0, 2) });
    expect(stderr).toContain('no --policy says what the inside may');
  }, 90_000);

  test('trusts no stranger for being a neighbour, where the server trusts its own network', async (context) => {
    const cwd = postfixFolder(context, [['mynetworks = 127.0.0.0/8 10.99.0.0/16', 'mynetworks_style = subnet']]);
    const { code, audit } = await tryLab([...POSTFIX, '--policy', 'policy.yaml'], { cwd });
    expect({ code, verdicts: verdicts(audit) }).toEqual({ code: 0, verdicts: CLOSED });
  }, 90_000);

  test('sends what would go to a smart host to its own catcher', async (context) => {
    const cwd = postfixFolder(context, [
      ['mynetworks = 127.0.0.0/8 10.99.0.0/16', 'mynetworks = 0.0.0.0/0\nrelayhost = [smart.isp.example]:587'],
    ]);
    const { code, audit } = await tryLab([...POSTFIX, '--policy', 'policy.yaml'], { cwd });
    expect({ code, findings: audit.findings.map(({ id }) => id) }).toEqual({
      code: 1,
      findings: ['third-party-relay'],
    });
    expect(verdicts(audit)[0]).toBe('outside=198.51.100.10 relayed');
  }, 90_000);

  test('is gone after Ctrl-C, and what was found so far is told', async (context) => {
    const running = startProgram(['lab', '--json', ...POSTFIX, '--policy', 'policy.yaml'], {
      cwd: postfixFolder(context),
    });
    await untilAsked(running, ['outside', 'roaming', 'inside']);
    running.child.kill('SIGINT');
    const { code, stdout } = await running.finished;
    const audit: Audit = JSON.parse(stdout);
    expect({ code, interrupted: audit.interrupted }).toEqual({ code: 130, interrupted: true });
    expect(traces(`relayproof-lab-${running.child.pid}`)).toEqual([]);
  }, 90_000);

  test('is gone after a crash, and so is the server in it', async (context) => {
    const running = startProgram(['lab', ...POSTFIX, '--policy', 'policy.yaml'], { cwd: postfixFolder(context) });
    await untilAsked(running, ['outside']);
    const name = `relayproof-lab-${running.child.pid}`;
    const pids = spawnSync('ip', ['netns', 'pids', `${name}-1-middle`], { encoding: 'utf8' })
      .stdout.trim()
      .split('\n');
    expect(pids.length).toBeGreaterThan(3);
    running.child.kill('SIGKILL');
    await until('nothing to be left of the lab', () => traces(name).length === 0, 20_000);
    expect(pids.filter((pid) => existsSync(`/proc/${pid}/exe`) && !isZombie(pid))).toEqual([]);
  }, 90_000);

  test('ends with 2 and the words of the server where it does not start', async (context) => {
    const cwd = postfixFolder(context, [['compatibility_level = 3.6', 'compatibility_level = new']]);
    const { code, stdout, stderr } = await runProgram(['lab', ...POSTFIX, '--policy', 'policy.yaml'], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/postfix: the server \(postfix\) .*; it said:\n.*compatibility level/su);
  }, 90_000);
});

describeReal('a lab', ['namespaces'], () => {
  test('tries the guard under a policy, with a login where there is one', async (context) => {
    const cwd = folderFor(context);
    const hash = await hashPassword('open sesame', { N: 2, r: 1, p: 1 });
    writeFiles(cwd, {
      'policy.yaml': [
        'domains: [example.com]',
        `logins: [{ user: alice, passwordHash: "${hash}" }]`,
        'allowRelayFrom: [10.99.0.0/16]',
        'domainRestrictSend: false',
      ].join('\n'),
    });
    const args = ['--recipe', 'guard', '--config-dir', 'policy.yaml', '--policy', 'policy.yaml', '--login-env', 'LAB'];
    const { code, audit } = await tryLab(args, { cwd, env: { LAB_USER: 'alice', LAB_PASSWORD: 'open sesame' } });
    expect(code).toBe(0);
    expect(verdicts({ ...audit, results: audit.results.filter(({ login }) => login === null) })).toEqual(CLOSED);
    expect(verdicts({ ...audit, results: audit.results.filter(({ login }) => login === 'alice') })).toEqual(
      CLOSED.map((verdict) => verdict.replace('refused', 'relayed')),
    );
  }, 90_000);

  test('tries whatever a command starts', async (context) => {
    const cwd = folderFor(context);
    writeFiles(cwd, { 'policy.yaml': 'domains: [example.com]\ndisallowRelayFrom: []\ndomainRestrictSend: false\n' });
    const command = `"${process.execPath}" "${join(process.cwd(), 'dist/cli/main.js')}" guard --policy policy.yaml --listen 0.0.0.0:25 --all-addresses --next-hop 198.51.100.10:25`;
    const args = ['--command', command, '--config-dir', 'policy.yaml', '--own-domain', 'example.com'];
    const { code, audit } = await tryLab(args, { cwd });
    expect(code).toBe(1);
    expect(verdicts(audit)).toEqual(['outside=198.51.100.10 relayed', 'roaming=198.51.100.20 relayed']);
  }, 90_000);

  test('takes away first what a lab has left whose process is no more', async (context) => {
    const { pid } = spawnSync('true');
    const stale = `relayproof-lab-${pid}-1`;
    spawnSync('ip', ['netns', 'add', `${stale}-outside`]);
    mkdirSync(join(tmpdir(), stale));
    context.onTestFinished(() => void spawnSync('ip', ['netns', 'delete', `${stale}-outside`]));
    expect(traces(stale)).toHaveLength(2);
    const args = ['lab', '--command', 'false', '--own-domain', 'example.com'];
    const { code, stderr } = await runProgram(args, { cwd: folderFor(context) });
    expect(code).toBe(2);
    expect(stderr).toContain(`took away what was left of ${stale}`);
    expect(traces(stale)).toEqual([]);
  }, 60_000);
});

describeReal('a lab with Exim', ['namespaces', 'exim'], () => {
  const EXIM = [
    'primary_hostname = mx.example.com',
    'domainlist local_domains = example.com : mx.example.com',
    'hostlist relay_from_hosts = 127.0.0.1 : 10.99.0.0/16',
    'spool_directory = /var/spool/exim4',
    'acl_smtp_rcpt = acl_check_rcpt',
    'begin acl',
    'acl_check_rcpt:',
    '  accept hosts = +relay_from_hosts',
    '  require message = relay not permitted',
    '          domains = +local_domains',
    '  accept',
    'begin routers',
    'dnslookup:',
    '  driver = dnslookup',
    '  domains = ! +local_domains',
    '  transport = remote_smtp',
    '  no_more',
    'local:',
    '  driver = redirect',
    '  data = :blackhole:',
    'begin transports',
    'remote_smtp:',
    '  driver = smtp',
    '',
  ].join('\n');

  test('audits it as it does Postfix, and finds the network that is too wide', async (context) => {
    const cwd = folderFor(context);
    writeFiles(cwd, {
      'exim.conf': EXIM,
      'open.conf': EXIM.replace('10.99.0.0/16', '0.0.0.0/0'),
      'policy.yaml': POLICY,
    });
    const unpacked = findUnpacked('exim');
    const options = { cwd, env: unpacked?.env ?? {} };
    const args = ['--recipe', 'exim', '--program', unpacked?.program ?? '', '--policy', 'policy.yaml', '--config-dir'];

    const closed = await tryLab([...args, 'exim.conf'], options);
    expect({ code: closed.code, verdicts: verdicts(closed.audit) }).toEqual({ code: 0, verdicts: CLOSED });

    const open = await tryLab([...args, 'open.conf'], options);
    expect({ code: open.code, findings: open.audit.findings.map(({ id }) => id) }).toEqual({
      code: 1,
      findings: ['third-party-relay'],
    });
  }, 120_000);
});

describe('a lab that may not be', () => {
  test.runIf(process.getuid?.() === 0)('says so, and how to go without', async (context) => {
    const cwd = folderFor(context);
    const main = join(process.cwd(), 'dist/cli/main.js');
    const args = ['--reuid=65534', '--regid=65534', '--clear-groups', process.execPath, main];
    const { status, stderr, stdout } = spawnSync(
      'setpriv',
      [...args, 'lab', '--command', 'true', '--own-domain', 'example.com'],
      { cwd: '/', encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: cwd } },
    );
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain('the lab needs network namespaces, which this user may not make here');
    expect(stderr).toContain('--vantage xclient=198.51.100.10');
  });

  test('is asked for with one server, started in one way', async () => {
    const { code, stderr } = await runProgram(['lab', '--own-domain', 'example.com']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'relayproof: how does the server start? Give one of --recipe and --command\n',
    });
  });
});

/** Waits until these hosts ask the server. */
function untilAsked(running: Running, roles: readonly string[]): Promise<void> {
  return until(
    `${roles.join(', ')} to ask`,
    () => roles.every((role) => running.stderr().includes(`${role}: `)),
    60_000,
  );
}

/** Ended, but not yet collected by the first process of the machine. */
function isZombie(pid: string): boolean {
  const { stdout } = spawnSync('cat', [`/proc/${pid}/stat`], { encoding: 'utf8' });
  return /\) [ZX]/u.test(stdout);
}
