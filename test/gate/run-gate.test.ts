import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, type TestContext } from 'vitest';
import { startGuard } from '../../src/guard/guard.ts';
import { policyFromSettings } from '../../src/policy/policy.ts';
import { describeReal } from '../real/availability.ts';
import { commit, gitIn, MAIN_CF, POLICY } from '../support/postfix-repository.ts';
import { folderFor, runProgram, type Finished } from '../support/program.ts';

interface Printed {
  readonly exitCode: number;
  readonly steps: readonly {
    readonly name: string;
    readonly outcome: string;
    readonly summary: string;
    readonly notes: readonly { level: string; place: { file: string; line: number }; message: string }[];
  }[];
}

function repository(context: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = folderFor(context);
  gitIn(folder, 'init', '-q');
  commit(folder, 'Begin', files);
  return folder;
}

async function gate(cwd: string, ...args: readonly string[]): Promise<Finished & { readonly printed: Printed }> {
  const finished = await runProgram(['gate', '--json', ...args], { cwd });
  if (finished.stdout === '') throw new Error(finished.stderr);
  const printed: Printed = JSON.parse(finished.stdout);
  return { ...finished, printed };
}

function step(printed: Printed, name: string): Printed['steps'][number] {
  const found = printed.steps.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no step ${name} in ${JSON.stringify(printed.steps)}`);
  return found;
}

const POLICY_ONLY = 'policy: policy.yaml\nverify: false\n';

describe('the gate of a policy', () => {
  test('opens for a policy that is sound and did not change', async (context) => {
    const folder = repository(context, { 'relayproof.yaml': POLICY_ONLY, 'policy.yaml': POLICY });
    commit(folder, 'Say why', { 'policy.yaml': `# why\n${POLICY}` });
    const { code, printed } = await gate(folder);
    expect(code).toBe(0);
    expect(printed.steps.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(['policy passed', 'change passed']);
  });

  test('fails on a change that opens something, at the line of the setting that does it', async (context) => {
    const folder = repository(context, { 'relayproof.yaml': POLICY_ONLY, 'policy.yaml': POLICY });
    commit(folder, 'Trust the neighbours', {
      'policy.yaml': POLICY.replace('10.99.0.0/16', '10.99.0.0/16, 10.98.0.0/16'),
    });
    const { code, printed } = await gate(folder);
    expect(code).toBe(1);
    const change = step(printed, 'change');
    expect(change.outcome).toBe('failed');
    expect(change.notes.map(({ message }) => message.split(' ')[1])).toEqual(['bounce', 'outbound', 'relay']);
    for (const note of change.notes) {
      expect(note).toEqual({
        level: 'error',
        place: { file: 'policy.yaml', line: 2 },
        message: expect.stringMatching(/^OPENS .* because of allowRelayFrom, for 65,536 IPv4: 10\.98\.\*\.\*;/),
      });
    }
  });

  test('lets a change open what it was told that it may', async (context) => {
    const folder = repository(context, { 'relayproof.yaml': POLICY_ONLY, 'policy.yaml': POLICY });
    commit(folder, 'Trust the neighbours', {
      'policy.yaml': POLICY.replace('10.99.0.0/16', '10.99.0.0/16, 10.98.0.0/16'),
    });
    const allowed = ['outbound', 'relay', 'bounce'].flatMap((flow) => ['--allow-opening', flow]);
    expect((await gate(folder, ...allowed)).code).toBe(0);
    expect((await gate(folder, ...allowed.slice(0, 4))).code).toBe(1);
  });

  test('compares with the revision that it is given, and with the place where the branch began by itself', async (context) => {
    const folder = repository(context, { 'relayproof.yaml': POLICY_ONLY, 'policy.yaml': POLICY });
    const first = gitIn(folder, 'rev-parse', 'HEAD');
    gitIn(folder, 'update-ref', 'refs/remotes/origin/main', first);
    gitIn(folder, 'symbolic-ref', 'refs/remotes/origin/HEAD', 'refs/remotes/origin/main');
    commit(folder, 'Trust', { 'policy.yaml': POLICY.replace('10.99.0.0/16', '10.99.0.0/16, 10.98.0.0/16') });
    commit(folder, 'Say why', { 'README.md': 'why\n' });

    expect(step((await gate(folder)).printed, 'change').summary).toContain(`since ${first.slice(0, 12)}: 3 openings`);
    expect(step((await gate(folder, '--base', 'HEAD^')).printed, 'change').summary).toContain('0 openings');
  });

  test('says so where there is nothing to compare with', async (context) => {
    const folder = repository(context, { 'relayproof.yaml': POLICY_ONLY, 'policy.yaml': POLICY });
    const { code, printed } = await gate(folder);
    expect(code).toBe(0);
    expect(step(printed, 'change')).toMatchObject({
      outcome: 'skipped',
      notes: [{ level: 'notice', message: expect.stringContaining('no earlier revision') }],
    });
  });

  test('fails on an open relay at the line that makes it one', async (context) => {
    const open = POLICY.replace('disallowRelayFrom: ["*.*.*.*"]', 'disallowRelayFrom: []');
    const folder = repository(context, { 'relayproof.yaml': POLICY_ONLY, 'policy.yaml': open });
    const { code, printed } = await gate(folder);
    expect(code).toBe(1);
    expect(step(printed, 'policy').notes[0]).toMatchObject({ level: 'error', place: { file: 'policy.yaml', line: 3 } });
    expect((await gate(folder, '--fail-on', 'never')).code).toBe(0);
  });

  test('ends with 2 and the place where a file is wrong, before anything else', async (context) => {
    const folder = repository(context, { 'relayproof.yaml': POLICY_ONLY, 'policy.yaml': 'domain: [example.com]\n' });
    const { code, stdout, stderr } = await runProgram(['gate'], { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('policy.yaml:1:1: unknown key `domain`: did you mean `domains`?');
  });

  test('verifies the guard under the policy', async (context) => {
    const files = { 'relayproof.yaml': 'policy: policy.yaml\nscenarios: [third-party]\n', 'policy.yaml': POLICY };
    const { code, printed } = await gate(repository(context, files));
    expect(code).toBe(0);
    expect(step(printed, 'verify')).toMatchObject({
      outcome: 'passed',
      summary: expect.stringContaining('0 disagreements'),
    });
  });
});

describe('the gate of running servers', () => {
  async function openGuard(context: TestContext): Promise<number> {
    const guard = await startGuard({
      policy: policyFromSettings({ domains: ['example.com'], disallowRelayFrom: [], domainRestrictSend: false }),
      listen: { host: '127.0.0.1', port: 0 },
      nextHop: { host: '127.0.0.1', port: 9 },
    });
    context.onTestFinished(() => guard.close());
    return guard.port;
  }

  function configFor(port: number): string {
    return [
      `targets: ["127.0.0.1:${port}"]`,
      'ownDomains: [example.com]',
      'scenarios: [third-party]',
      'outputs: { json: out/audit.json, sarif: out/audit.sarif }',
      '',
    ].join('\n');
  }

  test('fails on findings at the line that names the target, and passes them once they are known', async (context) => {
    const port = await openGuard(context);
    const folder = repository(context, { 'relayproof.yaml': configFor(port) });

    const first = await gate(folder);
    expect(first.code).toBe(1);
    expect(step(first.printed, 'targets').notes[0]).toMatchObject({
      level: 'error',
      place: { file: 'relayproof.yaml', line: 1 },
      message: expect.stringContaining('third-party-relay'),
    });
    expect(readFileSync(join(folder, 'out/audit.sarif'), 'utf8')).toContain('"uri": "relayproof.yaml"');

    const second = await gate(folder, '--baseline', 'out/audit.json');
    expect(second.code).toBe(0);
    expect(step(second.printed, 'targets').summary).toContain('1 known');
  });

  test('passes what is waived, tells waivers that are over, and those that fit nothing', async (context) => {
    const port = await openGuard(context);
    const folder = repository(context, { 'relayproof.yaml': configFor(port) });
    await gate(folder);
    const [audit]: readonly { readonly findings: readonly { readonly fingerprint: string }[] }[] = [
      JSON.parse(readFileSync(join(folder, 'out/audit.json'), 'utf8')),
    ].flat();
    const found = audit?.findings[0]?.fingerprint ?? '';
    const waivers = (expiry: string, fingerprint: string): string =>
      `${configFor(port)}waivers:\n  - { fingerprint: ${fingerprint}, reason: moving out, who: Ann, expiry: ${expiry} }\n`;

    commit(folder, 'Waive', { 'relayproof.yaml': waivers('2999-01-01', found) });
    const held = await gate(folder);
    expect({ code: held.code, summary: step(held.printed, 'targets').summary }).toEqual({
      code: 0,
      summary: expect.stringContaining('1 waived'),
    });

    commit(folder, 'Forget', { 'relayproof.yaml': waivers('2020-01-01', found) });
    const over = await gate(folder);
    expect(over.code).toBe(1);
    expect(step(over.printed, 'waivers').notes).toEqual([
      {
        level: 'warning',
        place: { file: 'relayproof.yaml', line: 6 },
        message: expect.stringContaining('ended on 2020-01-01: the finding counts again'),
      },
    ]);

    commit(folder, 'Mistype', { 'relayproof.yaml': waivers('2999-01-01', 'abcdefabcdef') });
    const useless = await gate(folder);
    expect(useless.code).toBe(1);
    expect(step(useless.printed, 'waivers').notes[0]?.message).toContain('fits no finding');
  });

  test('could not tell where nobody listens', async (context) => {
    const folder = repository(context, { 'relayproof.yaml': configFor(9) });
    const { code, printed } = await gate(folder);
    expect(code).toBe(3);
    expect(step(printed, 'targets').outcome).toBe('could-not-tell');
  });
});

describeReal('the gate of a repository with a Postfix configuration', ['namespaces', 'postfix'], () => {
  const CONFIG = [
    'policy: policy.yaml',
    'servers:',
    '  - { recipe: postfix, path: mail/postfix }',
    'ownUsers: [alice@example.com]',
    'scenarios: [third-party, spoof-own-user]',
    'verify: false',
    'outputs: { sarif: out/relayproof.sarif }',
    '',
  ].join('\n');
  const MAIN = 'mail/postfix/main.cf';

  test('passes a harmless commit, and fails on two that open the server, with the right finding at the right line', async (context) => {
    const folder = repository(context, { 'relayproof.yaml': CONFIG, 'policy.yaml': POLICY, [MAIN]: MAIN_CF });
    commit(folder, 'Greet by name', { [MAIN]: MAIN_CF.replace('mydomain', 'smtpd_banner = $myhostname\nmydomain') });
    const harmless = await gate(folder);
    expect({ code: harmless.code, lab: step(harmless.printed, `lab mail/postfix`).notes }).toEqual({
      code: 0,
      lab: [],
    });

    commit(folder, 'Trust everybody', { [MAIN]: MAIN_CF.replace(/mynetworks = .*/u, 'mynetworks = 0.0.0.0/0') });
    const trusting = await gate(folder);
    expect(trusting.code).toBe(1);
    expect(step(trusting.printed, 'lab mail/postfix').notes).toEqual(
      ['third-party-relay', 'spoofed-domain-send'].map((kind) => ({
        level: 'error',
        place: { file: MAIN, line: 8 },
        message: expect.stringMatching(new RegExp(`^\\w+ ${kind} \\(confidence high\\)`, 'u')),
      })),
    );

    commit(folder, 'Let the own senders out', {
      [MAIN]: MAIN_CF.replace('  permit_sasl', '  check_sender_access hash:/etc/postfix/senders,\n  permit_sasl'),
      'mail/postfix/senders': 'example.com OK\n',
    });
    const claiming = await gate(folder);
    expect(claiming.code).toBe(1);
    expect(step(claiming.printed, 'lab mail/postfix').notes).toEqual([
      {
        level: 'error',
        place: { file: MAIN, line: 11 },
        message: expect.stringMatching(/^\w+ spoofed-domain-send \(confidence high\)/u),
      },
    ]);
    const sarif = readFileSync(join(folder, 'out/relayproof.sarif'), 'utf8');
    expect(sarif).toContain(`"uri": "${MAIN}"`);
    expect(sarif).toContain('"startLine": 11');
  }, 240_000);

  test('ends with 2 and the words of the server where it does not start', async (context) => {
    const folder = repository(context, {
      'relayproof.yaml': CONFIG,
      'policy.yaml': POLICY,
      [MAIN]: MAIN_CF.replace('compatibility_level = 3.6', 'compatibility_level = new'),
    });
    const { code, printed } = await gate(folder);
    expect(code).toBe(2);
    expect(step(printed, 'lab mail/postfix').outcome).toBe('broken');
  }, 120_000);
});
