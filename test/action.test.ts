import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test, type TestContext } from 'vitest';
import { parse } from 'yaml';
import { startGuard } from '../src/guard/guard.ts';
import { policyFromSettings } from '../src/policy/policy.ts';
import { folderFor } from './support/program.ts';

interface Step {
  readonly name: string;
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

interface Hook {
  readonly id: string;
  readonly entry: string;
  readonly files: string;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const NODE = join(ROOT, 'node_modules/.bin');
const textOf = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
const action: Action = parse(textOf('action.yml'));
const hooks: readonly Hook[] = parse(textOf('.pre-commit-hooks.yaml'));
const { version }: { readonly version: string } = JSON.parse(textOf('package.json'));

const gate = action.runs.steps.find(({ id }) => id === 'gate');

describe('the action', () => {
  test('and the README run the version that they belong to', () => {
    expect(action.inputs['version']?.default).toBe(version);
    const named = [...textOf('README.md').matchAll(/relayproof@v?(\d[\w.-]*)/g)].map(([, one]) => one);
    expect(new Set(named)).toEqual(new Set([version]));
  });

  test('uses other actions by the hash of a commit only', () => {
    const used = action.runs.steps.flatMap(({ uses }) => uses ?? []);
    expect(used.length).toBeGreaterThan(0);
    for (const one of used) expect(one).toMatch(/^[\w-]+\/[\w-]+(\/[\w-]+)?@[0-9a-f]{40}$/);
  });

  test('puts no input into the text of a shell', () => {
    const scripts = action.runs.steps.flatMap(({ run }) => run ?? []);
    expect(scripts).toHaveLength(1);
    for (const script of scripts) expect(script).not.toContain('${{');
  });

  test('passes on every input, and every output that a step gives', () => {
    const text = textOf('action.yml');
    for (const name of Object.keys(action.inputs)) expect(text).toContain(`inputs.${name}`);
    for (const [name, { value }] of Object.entries(action.outputs)) {
      expect(value).toBe(`\${{ steps.gate.outputs.${name} }}`);
      expect(gate?.run).toMatch(new RegExp(`\\b${name}=`));
    }
  });
});

interface ActionRun {
  readonly code: number | null;
  readonly log: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly summary: string;
}

/** Runs the gate's step as a runner does; `npx` is the program of this repository. */
async function runAction(
  context: TestContext,
  config: string,
  env: Readonly<Record<string, string>>,
): Promise<ActionRun> {
  const folder = folderFor(context);
  const file = (name: string): string => join(folder, name);
  for (const name of ['bin', 'work', 'work/.git']) mkdirSync(file(name));
  writeFileSync(
    file('bin/npx'),
    `#!/bin/sh\necho "npx $1 $2"\nshift 2\nexec ${NODE}/node ${ROOT}dist/cli/main.js "$@"\n`,
  );
  chmodSync(file('bin/npx'), 0o755);
  writeFileSync(file('work/relayproof.yaml'), config);
  writeFileSync(file('outputs'), '');
  writeFileSync(file('summary'), '');
  writeFileSync(file('script.sh'), gate?.run ?? '');
  const inputs = Object.keys(gate?.env ?? {}).map((name) => [name, '']);
  const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', file('script.sh')], {
    cwd: file('work'),
    env: {
      ...Object.fromEntries(inputs),
      RELAYPROOF_VERSION: version,
      RELAYPROOF_SARIF: 'relayproof.sarif',
      PATH: `${file('bin')}:${NODE}:${process.env['PATH']}`,
      RUNNER_TEMP: folder,
      GITHUB_OUTPUT: file('outputs'),
      GITHUB_STEP_SUMMARY: file('summary'),
      ...env,
    },
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (log += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  const lines = readFileSync(file('outputs'), 'utf8').split('\n').filter(Boolean);
  return {
    code,
    log,
    outputs: Object.fromEntries(lines.map((line) => line.split('=', 2))),
    summary: readFileSync(file('summary'), 'utf8'),
  };
}

async function configFor(context: TestContext, allowRelayFrom: readonly string[]): Promise<string> {
  const guard = await startGuard({
    policy: policyFromSettings({ domains: ['example.com'], allowRelayFrom, domainRestrictSend: false }),
    listen: { host: '127.0.0.1', port: 0 },
    nextHop: { host: '127.0.0.1', port: 9 },
  });
  context.onTestFinished(() => guard.close());
  const target = `targets: ["127.0.0.1:${guard.port}"]`;
  return `${target}\nownDomains: [example.com]\nscenarios: [third-party]\n`;
}

describe('the step of the action', () => {
  test('fails on an open server: annotations, summary, outputs and SARIF', async (context) => {
    const config = await configFor(context, ['127.*.*.*']);
    const { code, log, outputs, summary } = await runAction(context, config, {});
    expect(code).toBe(1);
    expect(log).toContain(`npx --yes relayproof@${version}`);
    expect(log).toMatch(/^::error file=relayproof\.yaml,line=1,title=relayproof gate%3A targets::/m);
    expect(outputs).toMatchObject({ 'exit-code': '1', findings: '1', worst: 'critical' });
    expect(JSON.parse(readFileSync(outputs['sarif-path'] ?? '', 'utf8'))).toMatchObject({ version: '2.1.0' });
    expect(JSON.parse(readFileSync(outputs['report-path'] ?? '', 'utf8'))).toMatchObject({
      schema: 'relayproof/audit/1',
    });
    expect(summary).toMatch(/^## The gate is shut/);
    expect(summary).toContain('third-party-relay');
  });

  test('passes a closed one', async (context) => {
    const { code, outputs, summary } = await runAction(context, await configFor(context, ['10.99.0.1']), {});
    expect({ code, outputs }).toMatchObject({ code: 0, outputs: { 'exit-code': '0', findings: '0', worst: 'none' } });
    expect(summary).toMatch(/^## The gate is open/);
  });

  test('ends with 2 and its outputs where the configuration is wrong', async (context) => {
    const { code, log, outputs } = await runAction(context, 'target: []\n', {});
    expect({ code, outputs }).toEqual({ code: 2, outputs: { 'exit-code': '2' } });
    expect(log).toContain('relayproof.yaml:1:1');
  });

  test('takes an input for a word, never for shell', async (context) => {
    const wrong = await runAction(context, 'targets: []\n', { RELAYPROOF_VERSION: '1.0.0; echo OUCH' });
    expect(wrong.code).toBe(2);
    expect(wrong.log).not.toMatch(/^OUCH/m);
    const odd = await runAction(context, 'targets: []\n', { RELAYPROOF_CONFIG: '$(echo OUCH)`echo OUCH`' });
    expect(odd.code).toBe(2);
    expect(odd.log).toContain('$(echo OUCH)');
  });
});

test('the hooks for commits look at files only, and call commands that there are', () => {
  expect(hooks.length).toBeGreaterThan(0);
  for (const { entry } of hooks) expect(entry).toMatch(/^relayproof (policy|scenarios) check$/);
  const fits = (name: string): readonly string[] =>
    hooks.filter(({ files }) => new RegExp(files).test(name)).map(({ id }) => id);
  expect(fits('mail/relay-policy.yaml')).toEqual(['relayproof-policy', 'relayproof-policy-system']);
  expect(fits('scenarios/own.yaml')).toEqual(['relayproof-scenarios']);
  expect(fits('network-policy-notes.md')).toEqual([]);
});
