import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/config-file.ts';
import { startConfig, startPolicy, type InitAnswers } from '../../src/config/start-config.ts';
import { explainPolicy } from '../../src/policy/explain.ts';
import { parsePolicy } from '../../src/policy/parse-policy.ts';
import { startTmux } from '../dashboard/tmux.ts';
import { describeReal } from '../real/availability.ts';
import { folderFor, runProgram } from '../support/program.ts';

const FEW: InitAnswers = {
  ownDomains: ['example.com'],
  ownUsers: [],
  outside: null,
  targets: [],
  servers: [],
  policy: 'policy.yaml',
  authorizedBy: null,
};

const MANY: InitAnswers = {
  ownDomains: ['example.com', '*.example.org'],
  ownUsers: ['alice@example.com', '"odd,#name"@example.com'],
  outside: 'canary@example.net',
  targets: ['mail.example.com', '[2001:db8::1]:25'],
  servers: [
    { recipe: 'postfix', path: 'mail/postfix' },
    { recipe: 'exim', path: 'odd: name/exim.conf' },
  ],
  policy: 'policies/my: policy.yaml',
  authorizedBy: 'Ann Admin <ann@example.com>',
};

function settingsOf(text: string): object {
  const parsed = parseConfig(text, 'relayproof.yaml');
  if (parsed.kind === 'invalid') throw new Error(JSON.stringify(parsed.problems));
  return parsed.value.settings;
}

describe('a start configuration', () => {
  test('is valid and says what was answered, however odd', () => {
    expect(settingsOf(startConfig(MANY))).toMatchObject({ ...MANY });
    expect(settingsOf(startConfig(FEW))).toMatchObject({
      policy: 'policy.yaml',
      ownDomains: ['example.com'],
      targets: [],
    });
  });

  test('is valid, too, once its examples are no comments any more', () => {
    const text = startConfig(FEW)
      .split('\n')
      .map((line) => line.replace(/^# (?=[a-zA-Z]+:(?: |$)|\s+- )/u, ''))
      .join('\n');
    expect(settingsOf(text)).toMatchObject({
      ownUsers: ['alice@example.com'],
      servers: [{ recipe: 'postfix', path: 'mail/postfix' }],
      waivers: [{ who: 'Ann Admin' }],
      baseline: 'relayproof-baseline.json',
    });
  });

  test('comes with a policy that makes no open relay', () => {
    const parsed = parsePolicy(startPolicy(['example.com']), 'policy.yaml');
    expect(parsed.kind === 'ok' && explainPolicy(parsed.value)).toMatchObject({ openRelay: false, lints: [] });
  });
});

describe('init', () => {
  test('writes what the options say, and finds the servers of the repository', async (context) => {
    const cwd = folderFor(context);
    mkdirSync(join(cwd, 'mail/postfix'), { recursive: true });
    writeFileSync(join(cwd, 'mail/postfix/main.cf'), '');
    const { code, stderr } = await runProgram(['init', '--own-domain', 'example.com'], { cwd });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'relayproof: wrote policy.yaml\nrelayproof: wrote relayproof.yaml; `relayproof gate` does what it says\n',
    });
    expect(settingsOf(readFileSync(join(cwd, 'relayproof.yaml'), 'utf8'))).toMatchObject({
      servers: [{ recipe: 'postfix', path: 'mail/postfix' }],
    });
  });

  test('overwrites a configuration only by force, and a policy never', async (context) => {
    const cwd = folderFor(context);
    writeFileSync(join(cwd, 'relayproof.yaml'), 'mine');
    writeFileSync(join(cwd, 'policy.yaml'), 'mine');
    const args = ['init', '--own-domain', 'example.com'];

    const refused = await runProgram(args, { cwd });
    expect(refused).toMatchObject({
      code: 2,
      stderr: 'relayproof: relayproof.yaml is there already: --force overwrites it\n',
    });
    expect(readFileSync(join(cwd, 'relayproof.yaml'), 'utf8')).toBe('mine');

    expect(await runProgram([...args, '--force'], { cwd })).toMatchObject({ code: 0 });
    expect(readFileSync(join(cwd, 'relayproof.yaml'), 'utf8')).not.toBe('mine');
    expect(readFileSync(join(cwd, 'policy.yaml'), 'utf8')).toBe('mine');
  });

  test('asks nothing without a terminal, and writes nothing without a domain', async (context) => {
    const cwd = folderFor(context);
    expect(await runProgram(['init'], { cwd })).toMatchObject({
      code: 2,
      stderr: 'relayproof: which domain does the server receive mail for? Give --own-domain\n',
    });
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describeReal('init on a terminal', ['tmux'], () => {
  test('asks until an answer will do, and takes an empty line for what stands in brackets', async (context) => {
    const cwd = folderFor(context);
    const screen = startTmux(context, { columns: 100, rows: 30 });
    const answer = async (question: RegExp, typed: string): Promise<void> => {
      await screen.untilShown(question);
      screen.literal(typed);
      screen.keys('Enter');
    };
    screen.literal(
      `cd '${cwd}' && '${process.execPath}' '${join(process.cwd(), 'dist/cli/main.js')}' init; echo code $?`,
    );
    screen.keys('Enter');
    await answer(/receives mail for \[example\.com\]:/u, 'not@domain');
    await answer(/a domain has no `@`.*\n.*receives mail for \[example\.com\]:/u, '');
    await answer(/Mailboxes that exist there:/u, 'alice@example.com bob@example.com');
    await answer(/A mailbox of yours elsewhere:/u, '');
    await answer(/Running servers to audit, HOST:PORT:/u, '');
    await screen.untilShown('code 0');
    expect(settingsOf(readFileSync(join(cwd, 'relayproof.yaml'), 'utf8'))).toMatchObject({
      ownDomains: ['example.com'],
      ownUsers: ['alice@example.com', 'bob@example.com'],
      targets: [],
    });
  }, 60_000);

  test('writes nothing after Ctrl-C', async (context) => {
    const cwd = folderFor(context);
    const screen = startTmux(context, { columns: 100, rows: 30 });
    screen.literal(
      `cd '${cwd}' && '${process.execPath}' '${join(process.cwd(), 'dist/cli/main.js')}' init; echo code $?`,
    );
    screen.keys('Enter');
    await screen.untilShown('receives mail for');
    screen.keys('C-c');
    await screen.untilShown('code 130');
    expect(readdirSync(cwd)).toEqual([]);
  }, 60_000);
});
