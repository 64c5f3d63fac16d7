import { describe, expect, test } from 'vitest';
import { FINDING_KIND_INFO } from '../../src/judge/finding-kind.ts';
import { REMEDY_GUARD } from '../../src/judge/remedy-guard.ts';
import { parsePolicy } from '../../src/policy/parse-policy.ts';
import { FINDING_KINDS } from '../../src/scenario/finding-kind.ts';
import { runProgram } from '../support/program.ts';

const SERVERS = ['Postfix', 'Exim', 'sendmail', 'OpenSMTPD', 'Haraka', 'Microsoft Exchange', 'relayproof guard'];

describe.concurrent('explain', () => {
  test('lists every kind of finding without an argument', async () => {
    const { stdout, code } = await runProgram(['explain']);
    expect(code).toBe(0);
    const names = stdout
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(' ')[0]);
    expect(names).toEqual([...FINDING_KINDS]);
  });

  test('tells what a finding is, who makes use of it, and how seven servers close it', async () => {
    const { stdout, code } = await runProgram(['explain', 'third-party-relay']);
    expect(code).toBe(0);
    expect(stdout).toContain(FINDING_KIND_INFO['third-party-relay'].title);
    expect(stdout).toContain('Who makes use of it: ');
    for (const server of SERVERS) expect(stdout).toMatch(new RegExp(`^${server}$`, 'm'));
    expect(stdout).toContain('\n      mynetworks = 127.0.0.1/32 [::1]/128 192.0.2.0/24\n');
  });

  test('has a remedy for every kind in every server, also as JSON', async () => {
    const { stdout } = await runProgram(['explain', '--json']);
    const all: readonly { readonly finding: string; readonly servers: Readonly<Record<string, unknown>> }[] =
      JSON.parse(stdout);
    expect(all.map(({ finding }) => finding)).toEqual([...FINDING_KINDS]);
    for (const { servers } of all) expect(Object.keys(servers)).toHaveLength(SERVERS.length);
  });

  test('names the kinds that there are to whoever asks for another', async () => {
    const { stderr, code } = await runProgram(['explain', 'no-such-finding']);
    expect(code).toBe(2);
    expect(stderr).toContain('third-party-relay');
  });
});

test('the lines for the guard are lines of a policy', () => {
  for (const { lines } of Object.values(REMEDY_GUARD)) {
    const text = [...(lines.some((line) => line.startsWith('domains:')) ? [] : ['domains: [example.com]']), ...lines];
    expect(parsePolicy(text.join('\n'), 'policy.yaml').kind).toBe('ok');
  }
});
