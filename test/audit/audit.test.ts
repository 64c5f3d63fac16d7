import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, type TestContext } from 'vitest';
import { CommanderError } from '@commander-js/extra-typings';
import { createProgram } from '../../src/cli/program.ts';
import { processTerminal } from '../../src/terminal/terminal.ts';
import { UsageError } from '../../src/document/usage-error.ts';
import { auditSchema } from '../../src/judge/audit-schema.ts';
import { freePort, startSocketServer } from '../support/socket-server.ts';
import { folderFor, runProgram, startProgram } from '../support/program.ts';
import {
  openAnswer,
  soundAnswer,
  startScriptServer,
  type Answer,
  type ScriptServer,
} from '../support/script-server.ts';

const SCENARIO = ['--scenario', 'third-party', '--own-domain', 'example.com', '--own-user', 'alice@example.com'];
const QUICK = [...SCENARIO, '--wait', '0'];

async function serve(
  context: TestContext,
  answer: Answer = soundAnswer,
): Promise<ScriptServer & { readonly at: string }> {
  const server = await startScriptServer(answer);
  context.onTestFinished(() => server.stop());
  return { ...server, at: `127.0.0.1:${server.port}` };
}

const refuseAll: Answer = (line, session) =>
  line.startsWith('RCPT') ? '554 5.7.1 Client host rejected' : soundAnswer(line, session);

describe.concurrent('the exit code of an audit', { timeout: 90_000 }, () => {
  test('is 0 for a closed server', async (context) => {
    const server = await serve(context);
    const { code, stdout, stderr } = await runProgram(['audit', server.at, ...QUICK]);
    expect(stderr).not.toContain('bug');
    expect(stdout).toContain('CLOSED');
    expect(code).toBe(0);
  });

  test('is 1 for an open one', async (context) => {
    const server = await serve(context, openAnswer);
    const { code, stdout } = await runProgram(['audit', server.at, ...QUICK]);
    expect(stdout).toContain('POSSIBLY OPEN');
    expect(code).toBe(1);
  });

  test('is 3 for a server that refuses everybody', async (context) => {
    const server = await serve(context, refuseAll);
    const { code, stdout } = await runProgram(['audit', server.at, ...QUICK]);
    expect(stdout).toContain('COULD NOT TELL');
    expect(code).toBe(3);
  });

  test('is 3 where nobody listens, and the report says why', async () => {
    const port = await freePort();
    const { code, stdout } = await runProgram(['audit', `127.0.0.1:${port}`, ...QUICK]);
    expect(stdout).toContain('ECONNREFUSED');
    expect(code).toBe(3);
  });

  test('is 3 for a name that nobody has', async () => {
    const { code, stderr } = await runProgram(['audit', 'relayproof-nowhere.invalid', ...QUICK]);
    expect(stderr).toContain('relayproof-nowhere.invalid: unreachable');
    expect(code).toBe(3);
  });

  test('is 1 rather than 3 where one server is open and another not there', async (context) => {
    const server = await serve(context, openAnswer);
    const { code } = await runProgram(['audit', `127.0.0.1:${await freePort()}`, server.at, ...QUICK]);
    expect(code).toBe(1);
  });

  test('is 2 rather than 1 where an option is wrong, and nothing is sent', async (context) => {
    const server = await serve(context, openAnswer);
    const { code } = await runProgram(['audit', server.at, ...QUICK, '--output', 'yaml=x']);
    expect(code).toBe(2);
    expect(server.peers()).toEqual([]);
  });
});

describe.concurrent('a server that greets behind a PROXY header only', { timeout: 90_000 }, () => {
  const PROXY_SCENARIOS = ['--own-domain', 'example.com', '--own-user', 'alice@example.com', '--wait', '0'];

  async function serveBehindProxy(context: TestContext, answer: Answer): Promise<string> {
    const server = await startSocketServer({ host: '127.0.0.1', port: 0 }, (socket) => {
      const timer = setTimeout(() => socket.end(), 1000);
      socket.on('close', () => clearTimeout(timer));
      let isBehindProxy = false;
      socket.on('data', (chunk) => {
        for (const line of chunk.toString('latin1').split('\r\n').slice(0, -1)) {
          if (!isBehindProxy && !line.startsWith('PROXY ')) return void socket.destroy();
          const reply = isBehindProxy ? answer(line, { number: 0, lines: [] }) : '220 mx.example.com ESMTP';
          isBehindProxy = true;
          clearTimeout(timer);
          socket.write(`${reply}\r\n`);
        }
      });
    });
    context.onTestFinished(() => server.stop());
    return `127.0.0.1:${server.port}`;
  }

  test('and relays for whoever sends one is open, not unreachable', async (context) => {
    const at = await serveBehindProxy(context, openAnswer);
    const { code, stdout } = await runProgram(['audit', at, ...PROXY_SCENARIOS, '--format', 'json']);
    const audit = auditSchema.parse(JSON.parse(stdout));
    expect(audit.findings).toContainEqual(
      expect.objectContaining({ scenario: 'proxy-line-first', severity: 'critical' }),
    );
    expect(audit.results.filter(({ verdict }) => verdict !== 'skipped')).toHaveLength(3);
    expect(code).toBe(1);
  });

  test('and refuses to relay could not be told about: no control is known', async (context) => {
    const at = await serveBehindProxy(context, soundAnswer);
    const { code, stdout } = await runProgram(['audit', at, ...PROXY_SCENARIOS]);
    expect(stdout).toContain('COULD NOT TELL');
    expect(code).toBe(3);
  });
});

/** What the command line has against these arguments, in this process. */
async function complaintAbout(args: readonly string[]): Promise<string> {
  const said: string[] = [];
  const terminal = {
    ...processTerminal(AbortSignal.abort()),
    out: (text: string) => void said.push(text),
    say: (line: string) => void said.push(line),
  };
  try {
    await createProgram(terminal, () => undefined).parseAsync(['node', 'relayproof', ...args]);
  } catch (error) {
    if (error instanceof UsageError || error instanceof CommanderError) return [...said, error.message].join('\n');
    throw error;
  }
  return '';
}

describe.concurrent('an audit that is asked for wrongly sends nothing and ends with 2', () => {
  test.each<readonly [string, readonly string[], string]>([
    ['without a host', ['audit'], "missing required argument 'host'"],
    ['with an unknown option', ['audit', '127.0.0.1', '--own-domian', 'x'], '--own-domain'],
    ['without an own domain', ['audit', '127.0.0.1'], '--own-domain'],
    ['with a public address and nobody who answers for it', ['audit', '8.8.8.8', ...SCENARIO], '--authorized-by'],
    ['with a bad port', ['audit', '127.0.0.1:99999', ...SCENARIO], 'port'],
    ['with no host at all', ['audit', 'user@example.com', ...SCENARIO], 'HOST:PORT'],
    ['with a bad vantage', ['audit', '127.0.0.1', ...SCENARIO, '--vantage', 'proxy=nowhere'], 'no IP address'],
    [
      'with an unknown scenario',
      ['audit', '127.0.0.1', '--own-domain', 'a.test', '--scenario', 'no-such-*'],
      'no-such-*',
    ],
    [
      'with a mailbox in angle brackets',
      ['audit', '127.0.0.1', ...SCENARIO, '--outside', '<v@b.test>'],
      'angle brackets',
    ],
    ['with an outside that is inside', ['audit', '127.0.0.1', ...SCENARIO, '--outside', 'v@example.com'], 'own domain'],
    [
      'with proof to a mailbox of somebody',
      ['audit', '127.0.0.1', ...SCENARIO, '--outside', 'v@victim.zz', '--prove'],
      'reserved',
    ],
    [
      'with proof and a sender that is somebody',
      ['audit', '127.0.0.1', ...SCENARIO, '--from', 's@victim.zz', '--prove'],
      'victim.zz (--from)',
    ],
    [
      'with proof at a public target for a domain that nobody shows to own',
      [
        'audit',
        '8.8.8.8',
        '--authorized-by',
        'Ann <ann@a.test>',
        '--prove',
        '--own-domain',
        'acme.zz',
        '--own-domain',
        'other.zz',
      ],
      'other.zz (--own-domain): it needs a TXT record _relayproof.other.zz',
    ],
    ['with a public suffix as an own domain', ['audit', '127.0.0.1', '--own-domain', '*.co.uk'], 'many owners'],
    ['with an own user elsewhere', ['audit', '127.0.0.1', ...SCENARIO, '--own-user', 'a@b.test'], 'in no own domain'],
    ['with a partner that is no domain', ['audit', '127.0.0.1', ...SCENARIO, '--partner', 'a\r\nb'], '--partner'],
    [
      'with the address of no single host',
      ['audit', '0.0.0.0', ...SCENARIO],
      '0.0.0.0 is the address of no single host',
    ],
    ['with a login that is not set', ['audit', '127.0.0.1', ...SCENARIO, '--login-env', 'NOWHERE'], 'NOWHERE_PASSWORD'],
    ['with a policy that is not there', ['audit', '127.0.0.1', '--policy', 'nowhere.yaml'], 'nowhere.yaml:1:1: '],
    ['with an unknown format', ['audit', '127.0.0.1', ...SCENARIO, '--format', 'pdf'], 'Allowed choices'],
    ['with a command that there is not', ['adit'], 'audit'],
  ])('%s', async (_, args, said) => {
    expect(await complaintAbout(args)).toContain(said);
  });

  test('with a policy whose own domain is a public suffix', async (context) => {
    const policy = join(folderFor(context), 'policy.yaml');
    writeFileSync(policy, 'domains: [example.com, "*.com"]\n');
    expect(await complaintAbout(['audit', '127.0.0.1', '--policy', policy])).toContain(`${policy}: domains: \`*.com\``);
  });

  test('as the program tells it: on stderr, without a stack', async () => {
    const { code, stdout, stderr } = await runProgram(['audit', '8.8.8.8', ...SCENARIO]);
    expect(stderr).toContain('--authorized-by');
    expect(stderr).not.toMatch(/bug| at /);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});

describe.concurrent('what an audit writes', { timeout: 90_000 }, () => {
  test('as JSON is the audit object, and nothing else is on stdout', async (context) => {
    const server = await serve(context, openAnswer);
    const { stdout } = await runProgram(['audit', server.at, ...QUICK, '--json']);
    const parsed = auditSchema.safeParse(JSON.parse(stdout));
    expect(parsed.error).toBeUndefined();
    expect(parsed.data).toMatchObject({
      schema: 'relayproof/audit/1',
      target: { host: '127.0.0.1', port: server.port },
    });
  });

  test('into files is for their owner only, beside what stdout shows', async (context) => {
    const server = await serve(context);
    const folder = folderFor(context);
    const [text, json] = [join(folder, 'deep/a.txt'), join(folder, 'b.json')];
    const { stdout } = await runProgram([
      'audit',
      server.at,
      ...QUICK,
      '--output',
      text,
      '--output',
      `json=${json}`,
      '--save',
      join(folder, 'runs'),
    ]);
    expect(stdout).toBe('');
    expect(readFileSync(text, 'utf8')).toContain('CLOSED');
    expect(auditSchema.safeParse(JSON.parse(readFileSync(json, 'utf8'))).success).toBe(true);
    const saved = readdirSync(join(folder, 'runs')).map((name) => join(folder, 'runs', name));
    expect(saved).toHaveLength(1);
    for (const file of [text, json, ...saved]) expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('is not coloured where nobody looks, and says its progress on stderr', async (context) => {
    const server = await serve(context);
    const { stdout, stderr } = await runProgram(['audit', server.at, ...QUICK]);
    expect(stdout + stderr).not.toContain('\u001b');
    expect(stderr).toContain('sessions');
  });

  test('can be judged again and drawn again: the same audit, the same report', async (context) => {
    const server = await serve(context, openAnswer);
    const folder = folderFor(context);
    const [json, runs] = [join(folder, 'audit.json'), join(folder, 'runs')];
    const first = await runProgram(['audit', server.at, ...QUICK, '--save', runs, '--output', `json=${json}`]);
    const judged = await runProgram(['judge', runs, '--json']);
    expect(JSON.parse(judged.stdout)).toEqual(JSON.parse(readFileSync(json, 'utf8')));
    expect(judged.code).toBe(1);
    const drawn = await runProgram(['report', json]);
    expect(drawn.stdout).toBe(first.stdout);
  });
});

describe.concurrent('an audit that is interrupted', { timeout: 90_000 }, () => {
  /** Answers all but the first few sessions so late that there is time to interrupt. */
  const slow: Answer = (line, session) =>
    session.number > 6 && line.startsWith('MAIL') ? null : soundAnswer(line, session);
  const ALL = ['--own-domain', 'example.com', '--own-user', 'alice@example.com'];

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('by %s writes what was found so far and ends with %i', async (signal, code) => {
    const server = await startScriptServer(slow);
    const running = startProgram(['audit', `127.0.0.1:${server.port}`, ...ALL, '--json']);
    while (server.peers().length < 9) await new Promise((resolve) => setTimeout(resolve, 10));
    running.child.kill(signal);
    const finished = await running.finished;
    await server.stop();
    expect(finished.code).toBe(code);
    const audit = auditSchema.parse(JSON.parse(finished.stdout));
    expect(audit.interrupted).toBe(true);
    expect(audit.summary.sessions).toBeGreaterThan(0);
  });

  test('by a closed pipe ends without a word about it', async (context) => {
    const server = await serve(context, openAnswer);
    const running = startProgram(['audit', server.at, ...QUICK, '--json']);
    running.child.stdout?.destroy();
    const { code, stderr } = await running.finished;
    expect(stderr).not.toMatch(/EPIPE|bug|at .*\.js/);
    expect(code).not.toBe(70);
  });
});

describe.concurrent('a password', { timeout: 90_000 }, () => {
  const LOGIN = { RP_USER: 'alice', RP_PASSWORD: 'tr0ub4dor-and-3' };
  const forms = [LOGIN.RP_PASSWORD, Buffer.from('\0alice\0tr0ub4dor-and-3').toString('base64')];

  test('is in no output, no file and no argument of the process', async (context) => {
    const seen: string[] = [];
    const server = await serve(context, (line, session) => {
      if (!line.startsWith('AUTH')) return openAnswer(line, session);
      return `535 5.7.8 you said ${line} and ${LOGIN.RP_PASSWORD}`;
    });
    const folder = folderFor(context);
    const running = startProgram(
      [
        'audit',
        server.at,
        ...QUICK,
        '--scenario',
        'authenticated*',
        '--login-env',
        'RP',
        '--insecure-login',
        '--save',
        folder,
        '--output',
        `json=${join(folder, 'a.json')}`,
      ],
      { env: LOGIN },
    );
    seen.push(readFileSync(`/proc/${running.child.pid ?? 0}/cmdline`, 'utf8'));
    const { stdout, stderr } = await running.finished;
    expect(server.lines().some((line) => line.startsWith('AUTH PLAIN'))).toBe(true);
    seen.push(stdout, stderr, ...readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8')));
    for (const text of seen) for (const form of forms) expect(text).not.toContain(form);
  });
});
