import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, type TestContext } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { processTerminal } from '../../src/terminal/terminal.ts';
import { auditSchema } from '../../src/judge/audit-schema.ts';
import { sendMessage } from '../support/send-message.ts';
import { folderFor, runProgram, startProgram, type Running } from '../support/program.ts';
import { freePort } from '../support/socket-server.ts';
import { until } from '../support/until.ts';
import { caughtSchema } from '../../src/session/caught-schema.ts';

const TIMEOUT = { timeout: 90_000 };

function policyFile(context: TestContext, text = 'domains: [example.com]\n'): string {
  const file = join(folderFor(context), 'policy.yaml');
  writeFileSync(file, text);
  return file;
}

function stopsWith(context: TestContext, running: Running): Running {
  context.onTestFinished(() => void running.child.kill('SIGKILL'));
  return running;
}

describe.concurrent('policy check', TIMEOUT, () => {
  test('says of a good policy that it is valid', async (context) => {
    const file = policyFile(context);
    const { code, stdout } = await runProgram(['policy', 'check', file]);
    expect(stdout).toContain(`${file}: valid`);
    expect(code).toBe(0);
  });

  test('tells every error of a bad one in one run, each with line and column, and ends with 2', async (context) => {
    const file = policyFile(
      context,
      'domans: [a.test]\nallowRelayFrom: [10.0.0.300, 192.168.9-3.*]\ndomainRestrictSend: perhaps\n',
    );
    const { code, stdout, stderr } = await runProgram(['policy', 'check', file]);
    const places = [...stderr.matchAll(/policy\.yaml:(\d+):(\d+): /g)].map(([, line]) => Number(line));
    expect(new Set(places)).toEqual(new Set([1, 2, 3]));
    expect(stderr).toContain('domains');
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});

describe.concurrent('policy check of several files', TIMEOUT, () => {
  test('says of each what it is, and ends with 2 where one is bad', async (context) => {
    const good = policyFile(context);
    const [bad, worse] = [policyFile(context, 'domans: [a.test]\n'), policyFile(context, 'domains: 7\n')];
    const { code, stdout, stderr } = await runProgram(['policy', 'check', bad, good, worse]);
    expect(stdout).toMatch(/^\S+policy\.yaml: valid, sha256:[0-9a-f]+\n$/);
    expect(stderr).toContain(`${bad}:1:1: `);
    expect(stderr).toContain(`${worse}:1:`);
    expect(code).toBe(2);
  });
});

describe.concurrent('policy decide', TIMEOUT, () => {
  const REQUESTS = [
    '{"ip":"203.0.113.9","login":null,"from":"a@elsewhere.test","to":"b@example.com"}',
    '{"ip":"203.0.113.9","login":null,"from":"a@elsewhere.test","to":"b@elsewhere.test"}',
  ];
  const DECISIONS = [
    '{"action":"accept","flow":"inbound","listed":false,"violated":[]}',
    '{"action":"refuse","flow":"relay","listed":false,"violated":["restrictRelay.toListedIps","domainRestrictSend"],"code":550}',
  ];

  test('answers line by line, byte for byte as documented', async (context) => {
    const { code, stdout } = await runProgram(['policy', 'decide', policyFile(context)], {
      stdin: `${REQUESTS.join('\n')}\n`,
    });
    expect(stdout).toBe(`${DECISIONS.join('\n')}\n`);
    expect(code).toBe(0);
  });

  test('answers a bad line in its place, goes on, and ends with 2', async (context) => {
    const stdin = [REQUESTS[0], 'nonsense', '{"ip":"1.2.3"}', '[]', REQUESTS[1]].join('\n');
    const { code, stdout } = await runProgram(['policy', 'decide', policyFile(context)], { stdin });
    const answers = stdout.trimEnd().split('\n');
    expect(answers[0]).toBe(DECISIONS[0]);
    expect(answers[4]).toBe(DECISIONS[1]);
    expect(answers.slice(1, 4).map((line) => JSON.parse(line) as unknown)).toEqual(
      [2, 3, 4].map((line) => ({ error: expect.any(String), line })),
    );
    expect(code).toBe(2);
  });
});

describe.concurrent('scenarios', TIMEOUT, () => {
  test('list, show and check know the same catalogue', async () => {
    const listed = await runProgram(['scenarios', 'list', '--json']);
    const all: readonly unknown[] = JSON.parse(listed.stdout);
    expect(all.length).toBeGreaterThan(100);
    const shown = await runProgram(['scenarios', 'show', 'third-party']);
    expect(shown.stdout).toContain('RCPT TO:<{outside}>');
    const checked = await runProgram(['scenarios', 'check']);
    expect(checked.stdout).toContain(`${all.length} scenarios in `);
    expect([listed.code, shown.code, checked.code]).toEqual([0, 0, 0]);
  });

  test('check tells the errors of all files of a folder in one run', async (context) => {
    const folder = folderFor(context);
    writeFileSync(join(folder, 'a.yaml'), 'family: a\ntitel: A\n');
    writeFileSync(join(folder, 'b.yaml'), 'family: B b\n');
    const { code, stderr } = await runProgram(['scenarios', 'check', folder]);
    expect(stderr).toMatch(/a\.yaml:2:1: .*title/);
    expect(stderr).toMatch(/b\.yaml:1:\d+: /);
    expect(code).toBe(2);
  });
});

describe.concurrent('catch', TIMEOUT, () => {
  test('prints a line for each recipient, and ends when it is told to', async (context) => {
    const port = await freePort();
    const running = stopsWith(context, startProgram(['catch', '--listen', `127.0.0.1:${port}`]));
    await running.untilSaid('catching on');
    await sendMessage({ host: '127.0.0.1', port }, { from: 's@sender.test', to: ['v@outside.test', 'w@outside.test'] });
    await until('two lines', () => running.stdout().split('\n').length === 3);
    running.child.kill('SIGINT');
    const { code, stdout } = await running.finished;
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => caughtSchema.parse(JSON.parse(line)));
    expect(lines.map(({ from, to, canary }) => [from, to, canary])).toEqual([
      ['s@sender.test', 'v@outside.test', null],
      ['s@sender.test', 'w@outside.test', null],
    ]);
    expect(Object.keys(lines[0] ?? {})).toEqual(['at', 'peer', 'helo', 'from', 'to', 'canary', 'received', 'subject']);
    expect(code).toBe(130);
  });

  test('into a file keeps the file to its owner', async (context) => {
    const [port, output] = [await freePort(), join(folderFor(context), 'caught.ndjson')];
    const running = stopsWith(context, startProgram(['catch', '--listen', `127.0.0.1:${port}`, '--output', output]));
    await running.untilSaid('catching on');
    await sendMessage({ host: '127.0.0.1', port }, { from: '', to: ['v@outside.test'] });
    await until('a line', () => readFileSync(output, 'utf8').endsWith('\n'));
    expect(statSync(output).mode & 0o777).toBe(0o600);
    running.child.kill('SIGTERM');
    expect((await running.finished).code).toBe(143);
  });

  test('says so where the port is taken', async (context) => {
    const port = await freePort();
    const running = stopsWith(context, startProgram(['catch', '--listen', `127.0.0.1:${port}`]));
    await running.untilSaid('catching on');
    const { code, stderr } = await runProgram(['catch', '--listen', `127.0.0.1:${port}`]);
    expect(stderr).toContain('cannot listen');
    expect(code).toBe(2);
  });
});

describe.concurrent('a guard', TIMEOUT, () => {
  test('is closed for strangers when it is audited with messages, and its next hop gets only what the policy admits', async (context) => {
    const [hop, port] = [await freePort(), await freePort()];
    const policy = policyFile(
      context,
      'domains: [example.com]\nusers: [alice@example.com]\nallowRelayFrom: ["10.*.*.*"]\n',
    );
    const caught = join(folderFor(context), 'caught.ndjson');
    const catcher = stopsWith(context, startProgram(['catch', '--listen', `127.0.0.1:${hop}`, '--output', caught]));
    await catcher.untilSaid('catching on');
    const guard = stopsWith(
      context,
      startProgram(['guard', '--policy', policy, '--listen', `127.0.0.1:${port}`, '--next-hop', `127.0.0.1:${hop}`]),
    );
    await guard.untilSaid('guarding on');
    const audit = await runProgram([
      'audit',
      `127.0.0.1:${port}`,
      '--policy',
      policy,
      '--own-user',
      'alice@example.com',
      '--outside',
      'v@example.net',
      '--prove',
      '--caught',
      caught,
      '--wait',
      '0.5',
      '--scenario',
      'third-party*',
      '--scenario',
      'spoof-own-user',
      '--concurrency',
      '2',
      '--json',
    ]);
    const { findings, summary } = auditSchema.parse(JSON.parse(audit.stdout));
    expect(findings).toEqual([]);
    expect(summary.verdicts.relayed).toBe(0);
    expect(summary.verdicts.refused).toBeGreaterThan(0);
    expect(audit.code).toBe(0);
    const recipients = readFileSync(caught, 'utf8')
      .split('\n')
      .filter((line) => line !== '');
    expect(recipients.length).toBeGreaterThan(0);
    for (const line of recipients) expect(line).toContain('@example.com"');
    guard.child.kill('SIGTERM');
    expect((await guard.finished).code).toBe(143);
  });
});

describe.concurrent('the program', TIMEOUT, () => {
  test('shows its stack and ends with 70 where it is itself what broke', async () => {
    const breaking = 'process.stdout.write = () => { throw new RangeError("a bug of ours"); };';
    const { code, stdout, stderr } = await runProgram(['schema', 'audit'], {
      env: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(breaking)}` },
    });
    expect(code).toBe(70);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/a bug of ours[^]*\n +at /);
  });

  test('lists its commands and its exit codes', async () => {
    const { stdout, code } = await runProgram(['--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('Exit codes:');
    const commands = [...stdout.matchAll(/^ {2}([a-z]+) (?:\[options\]|<|\[)?/gm)].map(([, name]) => name ?? '');
    expect(commands).toEqual(expect.arrayContaining(['demo', 'audit', 'judge', 'verify', 'guard', 'catch', 'report']));
  });

  test('shows an example in the help of every command that it lists', () => {
    const program = createProgram(processTerminal(AbortSignal.abort()), () => undefined);
    const listed = new Set<unknown>(program.createHelp().visibleCommands(program));
    const commands = program.commands
      .filter((command) => listed.has(command))
      .flatMap((command) => (command.commands.length > 0 ? command.commands : [command]));
    expect(commands.length).toBeGreaterThan(10);
    for (const command of commands) {
      let help = '';
      command.configureOutput({ writeOut: (text) => void (help += text) }).outputHelp();
      expect(help, command.name()).toContain('Examples:\n  $ ');
    }
  });

  test.runIf(isOld('/usr/bin/node'))('says to an old Node which one it needs', async () => {
    const { code, stderr } = await runProgram(['--version'], { node: '/usr/bin/node' });
    expect(stderr).toMatch(/^relayproof needs Node 22\.18 or newer, this is \d+\.\d+\.\d+\n$/);
    expect(code).toBe(2);
  });

  test('is its own when its output is closed early', async () => {
    const running = startProgram(['scenarios', 'list', '--json']);
    running.child.stdout?.destroy();
    expect((await running.finished).stderr).toBe('');
  });
});

function isOld(node: string): boolean {
  if (!existsSync(node)) return false;
  return Number(/^v(\d+)/.exec(execFileSync(node, ['--version'], { encoding: 'utf8' }))?.[1]) < 22;
}
