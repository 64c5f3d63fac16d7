import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { processTerminal } from '../../src/terminal/terminal.ts';
import { folderFor } from '../support/program.ts';

const OFF = { toListedIps: false, toAuthenticated: false };
const BOTH = { toListedIps: true, toAuthenticated: true };
const LOGIN_ONLY = { toListedIps: false, toAuthenticated: true };

/** Policies that differ in everything that decides; all but the domains is written as a policy file writes it. */
const POLICIES: Readonly<Record<string, object>> = {
  'every switch off': {
    restrictInternal: OFF,
    restrictOutbound: OFF,
    restrictRelay: OFF,
    domainRestrictSend: false,
  },
  'every switch on': {
    restrictInternal: BOTH,
    restrictOutbound: BOTH,
    restrictRelay: BOTH,
    userRestrictSend: true,
    users: ['alice@example.com'],
  },
  'internal mail only with a login': { restrictInternal: LOGIN_ONLY },
  'internal mail for everybody': { restrictInternal: OFF },
  'outbound mail only with a login': { restrictOutbound: LOGIN_ONLY },
  'outbound mail for everybody': { restrictOutbound: OFF },
  'relaying only with a login, for any sender': { restrictRelay: LOGIN_ONLY, domainRestrictSend: false },
  'relaying for everybody who names an own sender': { restrictRelay: OFF },
  'relaying of foreign senders for listed clients': { domainRestrictSend: false },
  'named users only': { userRestrictSend: true, users: ['alice@example.com'] },
  'named users, but nobody is one': { userRestrictSend: true },
  'a blank allow list': { allowRelayFrom: [] },
  'a blank disallow list': { disallowRelayFrom: [] },
  'a deny list only': { allowRelayFrom: ['192.0.2.1'], disallowRelayFrom: ['198.51.100.*', '203.0.113.0/24'] },
  'IPv6 only': { allowRelayFrom: ['2001:db8::/32', 'fd00::/8'] },
  'ranges that are no blocks': { allowRelayFrom: ['10-20.*.5-9.*', '*.*.*.7', '127.0.0.1'] },
  'a wildcard domain only': { domains: ['*.example.com'] },
  'a wildcard domain beside a plain one': { domains: ['example.org', '*.example.com'] },
};

async function verify(
  file: string,
  scenarios: readonly string[],
): Promise<{ readonly code: number; readonly text: string }> {
  let code = 0;
  const said: string[] = [];
  const terminal = {
    ...processTerminal(new AbortController().signal),
    out: (text: string) => void said.push(text),
    say: () => undefined,
  };
  await createProgram(terminal, (given) => {
    code = given;
  }).parseAsync([
    'node',
    'relayproof',
    'verify',
    '--policy',
    file,
    ...scenarios.flatMap((glob) => ['--scenario', glob]),
  ]);
  return { code, text: said.join('') };
}

describe('expectation and guard agree', { timeout: 120_000 }, () => {
  test('under the default policy for every scenario, and so does the author of each', async (context) => {
    const file = join(folderFor(context), 'policy.yaml');
    writeFileSync(file, 'domains: [example.com]\nusers: [alice@example.com, bob@example.com]\n');
    const { code, text } = await verify(file, []);
    expect(text).toContain('expectation and behaviour agree everywhere, and so does the author of each scenario');
    expect(code).toBe(0);
  });

  test.each(Object.entries(POLICIES))('under a policy of %s', async (_, policy) => {
    const file = join(folderFor(), 'policy.yaml');
    writeFileSync(file, JSON.stringify({ domains: ['example.com'], ...policy }));
    const { code, text } = await verify(file, ['third-party-relay', 'spoofed-domain', 'internal', 'authenticated']);
    expect(text).toContain('expectation and behaviour agree everywhere');
    expect(text).not.toContain('DISAGREE');
    expect(code).toBe(0);
  });
});
