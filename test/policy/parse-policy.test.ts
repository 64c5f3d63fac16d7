import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatProblem } from '../../src/document/problem.ts';
import { decide } from '../../src/policy/decide.ts';
import { loadPolicy } from '../../src/policy/load-policy.ts';
import { parsePolicy } from '../../src/policy/parse-policy.ts';
import { policyJsonSchema } from '../../src/policy/policy-schema.ts';
import { policyDigest } from '../../src/policy/policy-digest.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { DEFAULT_SETTINGS } from '../../src/policy/settings.ts';
import { longList } from '../bench/long-list.ts';
import { examplePolicy } from './arbitrary-policy.ts';

const HASH = 'scrypt$16384$8$1$SALT$HASH';

function problemsOf(text: string): string[] {
  const parsed = parsePolicy(text, 'p');
  return parsed.kind === 'ok' ? [] : parsed.problems.map((problem) => formatProblem(problem).replace('p:', ''));
}

function policyOf(text: string): Policy {
  const parsed = parsePolicy(text, 'p');
  if (parsed.kind === 'invalid') throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return parsed.value;
}

describe('a policy file', () => {
  test('needs only its domains', () => {
    expect(policyOf('domains: [example.com]').settings).toEqual({ domains: ['example.com'], ...DEFAULT_SETTINGS });
  });

  test('with every key is read as it stands', () => {
    const policy = policyOf(`
domains: [example.com, "*.example.org", bücher.example, "[192.0.2.1]", "[IPv6:2001:db8::1]", localhost, example.net.]
users: [alice@example.com, "user@[192.0.2.1]"]
logins:
  - { user: alice, passwordHash: "${HASH}" }
allowRelayFrom: [127.*.*.*, "::1"]
disallowRelayFrom: ["*.*.*.*"]
restrictInternal: { toListedIps: false, toAuthenticated: true }
restrictOutbound: { toListedIps: false }
restrictRelay: { toAuthenticated: true }
domainRestrictSend: false
userRestrictSend: true
`);
    expect(policy.settings).toEqual({
      domains: [
        'example.com',
        '*.example.org',
        'bücher.example',
        '[192.0.2.1]',
        '[IPv6:2001:db8::1]',
        'localhost',
        'example.net.',
      ],
      users: ['alice@example.com', 'user@[192.0.2.1]'],
      logins: [{ user: 'alice', passwordHash: HASH }],
      allowRelayFrom: ['127.*.*.*', '::1'],
      disallowRelayFrom: ['*.*.*.*'],
      restrictInternal: { toListedIps: false, toAuthenticated: true },
      restrictOutbound: { toListedIps: false, toAuthenticated: false },
      restrictRelay: { toListedIps: true, toAuthenticated: true },
      domainRestrictSend: false,
      userRestrictSend: true,
    });
    expect(policy.ownDomains.includes('EXAMPLE.NET')).toBe(true);
  });

  test('may be JSON', () => {
    expect(policyOf('{"domains": ["example.com"], "allowRelayFrom": "10.*.*.*,::1"}').settings.allowRelayFrom).toEqual([
      '10.*.*.*',
      '::1',
    ]);
  });

  test.each([
    ['allowRelayFrom: []', []],
    ['allowRelayFrom: ""', []],
    ['allowRelayFrom: " , "', []],
    ['allowRelayFrom: 10.*.*.*', ['10.*.*.*']],
    [
      'allowRelayFrom: "10.*.*.*,::1\\t1.2.3.4 5.6.7.8\\n9.9.9.9"',
      ['10.*.*.*', '::1', '1.2.3.4', '5.6.7.8', '9.9.9.9'],
    ],
    ['allowRelayFrom: |\n  10.*.*.*\n  ::1, 1.2.3.4\n', ['10.*.*.*', '::1', '1.2.3.4']],
    ['allowRelayFrom: [::1]', ['::1']],
    ['allowRelayFrom:\n  - 2001:db8::/32\n  - "*"', ['2001:db8::/32', '*']],
  ])('writes its lists as YAML lists or in one string: %j', (line, entries) => {
    const policy = policyOf(`domains: [example.com]\n${line}`);
    expect(policy.settings.allowRelayFrom).toEqual(entries);
    expect(policy.allow.isBlank).toBe(entries.length === 0);
  });
});

describe('every problem of a policy file', () => {
  test.each([
    ['', ['1:1: the file is empty: it must be a mapping of keys to values']],
    ['users: []', ['1:1: `domains` is missing: it must be a list']],
    ['domains: []', ['1:10: `domains` must not be empty']],
    ['domains:', ['1:1: `domains` has no value: it must be a list']],
    ['domains: example.com', ['1:10: `domains` must be a list, not the text `example.com`']],
    ['domains: [example.com, 5]', ['1:24: `domains[1]` must be a text, not `5`']],
    ['domains: ["*"]', ['1:11: domain `*`: a wildcard stands only in front, as in *.example.com']],
    ['domains: [a.*.com]', ['1:11: domain `a.*.com`: a wildcard stands only in front, as in *.example.com']],
    ['domains: ["*.*.com"]', ['1:11: domain `*.*.com`: a wildcard stands only in front, as in *.example.com']],
    ['domains: [a@example.com]', ['1:11: domain `a@example.com`: a domain has no `@`, write example.com']],
    ['domains: [""]', ['1:11: domain ``: no domain name, write one such as example.com, *.example.com or [192.0.2.1]']],
    [
      'domains: ["*."]',
      ['1:11: domain `*.`: no domain name, write one such as example.com, *.example.com or [192.0.2.1]'],
    ],
    [
      'domains: ["*.[192.0.2.1]"]',
      ['1:11: domain `*.[192.0.2.1]`: no domain name, write one such as example.com, *.example.com or [192.0.2.1]'],
    ],
    [
      'domains: [a..com]',
      ['1:11: domain `a..com`: no domain name, write one such as example.com, *.example.com or [192.0.2.1]'],
    ],
    [
      'domains: ["a b"]',
      ['1:11: domain `a b`: no domain name, write one such as example.com, *.example.com or [192.0.2.1]'],
    ],
    [
      `domains: [${'a'.repeat(64)}.com]`,
      [
        `1:11: domain \`${'a'.repeat(64)}.com\`: no domain name, write one such as example.com, *.example.com or [192.0.2.1]`,
      ],
    ],
    [
      `domains: [${'a.'.repeat(126)}com]`,
      [
        `1:11: domain \`${'a.'.repeat(126)}com\`: no domain name, write one such as example.com, *.example.com or [192.0.2.1]`,
      ],
    ],
    ['domains: [a]\nusers: [alice]', ['2:9: user `alice`: write a full address such as alice@example.com']],
    ['domains: [a]\nusers: ["@a"]', ['2:9: user `@a`: write a full address such as alice@example.com']],
    ['domains: [a]\nusers: ["a@"]', ['2:9: user `a@`: write a full address such as alice@example.com']],
    [
      'domains: [a]\nusers: ["a@b..c"]',
      [
        '2:9: user `a@b..c`: domain `b..c`: no domain name, write one such as example.com, *.example.com or [192.0.2.1]',
      ],
    ],
    ['domains: [a]\nusers: ["a@*.b"]', ['2:9: user `a@*.b`: a user has one domain, without wildcard']],
    [
      'domains: [a]\nlogins: [{ user: "", passwordHash: x }]',
      [
        '2:18: `logins[0].user` must not be empty',
        '2:36: password hash: it must be scrypt$N$r$p$salt$hash, never a password in the clear',
      ],
    ],
    ['domains: [a]\nlogins: [alice]', ['2:10: `logins[0]` must be a mapping of keys to values, not the text `alice`']],
    ['domains: [a]\nlogins: x', ['2:9: `logins` must be a list, not the text `x`']],
    [
      `domains: [a]\nlogins:\n  - { user: a, passwordHash: ${HASH} }\n  - { user: a, passwordHash: ${HASH} }\n  - null\n`,
      [
        '4:13: login `a` is there already: each user once',
        '5:5: `logins[2]` has no value: it must be a mapping of keys to values',
      ],
    ],
    [
      'domains: [a]\nlogins: [{ user: a, password: secret }]',
      [
        '2:10: `logins[0].passwordHash` is missing: it must be a text',
        '2:21: unknown key `password` in `logins[0]`: did you mean `passwordHash`?',
      ],
    ],
    [
      'domains: [a]\nallowRelayFrom:',
      ['2:1: `allowRelayFrom` has no value: it must be a text or a list, `[]` where it is empty'],
    ],
    ['domains: [a]\nallowRelayFrom: 10', ['2:17: `allowRelayFrom` must be a text or a list, not `10`']],
    [
      'domains: [a]\nallowRelayFrom: ["10.0.0.0/8, ::1"]',
      ['2:18: address entry `10.0.0.0/8, ::1`: more than one address: write each as an item of its own'],
    ],
    [
      'domains: [a]\nallowRelayFrom: "10.*.*.*, 10.1.2, ::1\t256.1.1.1"',
      [
        '2:28: address entry `10.1.2`: an IPv4 entry has four parts, this has 3: write one such as 10.1.2.*',
        '2:40: address entry `256.1.1.1`: `256` is out of range: a part goes from 0 to 255',
      ],
    ],
    [
      'domains: [a]\nallowRelayFrom: |\n  10.*.*.*\n  1.2.3.4/33\n',
      ['4:3: address entry `1.2.3.4/33`: `/33` must be a whole number from /0 to /32'],
    ],
    [
      'domains: [a]\nallowRelayFrom: [10, 10.1, 1.2.3.4, 010.1.1.1]',
      [
        '2:18: address entry `10`: an IPv4 entry has four parts, this has 1: write one such as 10.*.*.*',
        '2:22: address entry `10.1`: an IPv4 entry has four parts, this has 2: write one such as 10.1.*.*',
        '2:37: address entry `010.1.1.1`: `010` has a leading zero, which some programs read as octal: write 10',
      ],
    ],
    [
      'domains: [a]\ndisallowRelayFrom: [*.*.*.*]',
      [
        '2:21: YAML reads `*.*.*.*` as an alias, which it does not know: an entry that begins with `*` must be quoted, "*.*.*.*"',
      ],
    ],
    ['domains: [a]\nrestrictRelay:', ['2:1: `restrictRelay` has no value: it must be a mapping of keys to values']],
    [
      'domains: [a]\nrestrictRelay: { toListedIps: }',
      ['2:18: `restrictRelay.toListedIps` has no value: it must be true or false'],
    ],
    [
      'domains: [a]\nrestrictRelay: { toListedIPs: true }',
      ['2:18: unknown key `toListedIPs` in `restrictRelay`: did you mean `toListedIps`?'],
    ],
    ['domains: [a]\ndomainRestrictSend: on', ['2:21: `domainRestrictSend` must be true or false, not the text `on`']],
    ['domains: [a]\ndomainRestrictSend: true\ndomainRestrictSend: false', ['3:1: repeated key `domainRestrictSend`']],
    ['domains: [a]\nallowRelayForm: []', ['2:1: unknown key `allowRelayForm`: did you mean `allowRelayFrom`?']],
  ])('of %j is told with its place', (text, problems) => {
    expect(problemsOf(text)).toEqual(problems);
  });

  test('comes in one run', () => {
    expect(
      problemsOf(`domain: [x]
domains: [a, "b c"]
allowRelayFrom: 10.1.2, 256.1.1.1
disallowRelayFrom:
  - *.*.*.*
  - mail.example.com
users: [x]
restrictRelay: { toListedIp: true, toAuthenticated: yes }
userRestrictSend: 1
userRestrictSend: 2
`).map((problem) => problem.split(' ')[0]),
    ).toEqual(['1:1:', '2:14:', '3:17:', '3:25:', '5:5:', '6:5:', '7:9:', '8:18:', '8:53:', '10:1:', '10:19:']);
  });

  test('never repeats a password', () => {
    expect(problemsOf('domains: [a]\nlogins: [{ user: a, passwordHash: hunter2 }]').join('\n')).not.toContain(
      'hunter2',
    );
    expect(problemsOf('domains: [a]\nlogins: [{ user: a, passwordHash: 12345 }]').join('\n')).not.toContain('12345');
  });

  test('of a list of 100,000 entries comes quickly, each in its place', () => {
    const entries = longList(100_000, 1000);
    entries[50_000] = '1.2.3';
    entries[99_999] = '1.2.3';
    expect(
      problemsOf(`domains: [a]\nallowRelayFrom:\n${entries.map((entry) => `  - "${entry}"\n`).join('')}`).map(
        (problem) => problem.split(' ')[0],
      ),
    ).toEqual(['50003:5:', '100002:5:']);
  });
});

describe('a policy on disk', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'policy-'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test('is loaded, its problems with the name of the file', () => {
    const file = join(folder, 'policy.yaml');
    writeFileSync(file, 'domains: [example.com]\n');
    const loaded = loadPolicy(file);
    expect(loaded.kind === 'ok' && loaded.value.settings.domains).toEqual(['example.com']);
    writeFileSync(file, 'domains: 1\n');
    expect(loadPolicy(file)).toMatchObject({ kind: 'invalid', problems: [{ file, line: 1, column: 10 }] });
  });

  test('that cannot be read is a problem at its first character', () => {
    const file = join(folder, 'absent.yaml');
    const loaded = loadPolicy(file);
    expect(loaded).toMatchObject({ kind: 'invalid', problems: [{ file, line: 1, column: 1 }] });
    expect(loaded.kind === 'invalid' && loaded.problems[0]?.message).toMatch(/^cannot read the policy: ENOENT/u);
  });

  test('that is no UTF-8 is a problem too', () => {
    const file = join(folder, 'latin1.yaml');
    writeFileSync(file, Buffer.from('domains: [b\u{fc}cher.example]', 'latin1'));
    const loaded = loadPolicy(file);
    expect(loaded.kind === 'invalid' && loaded.problems[0]?.message).toMatch(/^cannot read the policy: /u);
  });
});

describe('the digest of a policy', () => {
  const base = examplePolicy({ users: ['a@example.com', 'b@example.com'] });
  test('is the same however the same is written', () => {
    const same = examplePolicy({
      domains: ['EXAMPLE.com.', 'example.com'],
      users: ['B@example.com', 'A@Example.com'],
      allowRelayFrom: ['::1', '127.0.0.0/8', '192.168.0.0/16', '10.*.*.*', '172.16.0.0/12', '10.0.0.0/8'],
      disallowRelayFrom: ['*'],
    });
    expect(policyDigest(same)).toBe(policyDigest(base));
    expect(policyDigest(base)).toMatch(/^sha256:[\da-f]{64}$/u);
    expect(policyDigest(examplePolicy({ domains: ['*.bücher.example'] }))).toBe(
      policyDigest(examplePolicy({ domains: ['*.xn--bcher-kva.example'] })),
    );
    expect(policyDigest(examplePolicy({ domains: ['b.example', '*.A.example'] }))).toBe(
      policyDigest(examplePolicy({ domains: ['*.a.example', 'b.example', 'B.example'] })),
    );
    const login = (user: string) => ({ user, passwordHash: HASH });
    expect(policyDigest(examplePolicy({ logins: [login('b'), login('a')] }))).toBe(
      policyDigest(examplePolicy({ logins: [login('a'), login('b')] })),
    );
  });

  test('differs where anything differs, but for password hashes', () => {
    const digests = [
      base,
      examplePolicy(),
      examplePolicy({ domains: ['example.org'] }),
      examplePolicy({ domains: ['*.example.com'] }),
      examplePolicy({ domains: ['*.example.org'] }),
      examplePolicy({ allowRelayFrom: [] }),
      examplePolicy({ disallowRelayFrom: [] }),
      examplePolicy({ disallowRelayFrom: ['0.0.0.0/0'] }),
      examplePolicy({ restrictRelay: { toListedIps: false, toAuthenticated: false } }),
      examplePolicy({ domainRestrictSend: false }),
      examplePolicy({ userRestrictSend: true }),
      examplePolicy({ logins: [{ user: 'b', passwordHash: HASH }] }),
      examplePolicy({ logins: [{ user: 'a', passwordHash: HASH }] }),
    ].map(policyDigest);
    expect(new Set(digests).size).toBe(digests.length);
    const other = examplePolicy({ logins: [{ user: 'a', passwordHash: 'scrypt$2$1$1$AAAA$AAAA' }] });
    expect(policyDigest(other)).toBe(digests.at(-1));
  });
});

test('settings made by a program must have valid entries', () => {
  expect(() => examplePolicy({ allowRelayFrom: ['10.1'] })).toThrow(RangeError);
});

test('the JSON Schema for editors knows every key, and needs only the domains', () => {
  const schema = policyJsonSchema();
  expect(schema).toMatchObject({
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    required: ['domains'],
    additionalProperties: false,
    properties: { restrictRelay: { properties: { toListedIps: { type: 'boolean', default: true } } } },
  });
  const { settings } = examplePolicy();
  expect('properties' in schema && Object.keys(schema.properties ?? {}).sort()).toEqual(Object.keys(settings).sort());
});

test('a decision follows the file', () => {
  const policy = policyOf('domains: [example.com]\nallowRelayFrom: ["203.0.113.*"]\ndomainRestrictSend: false\n');
  const request = { login: null, from: 'a@elsewhere.test', to: 'b@elsewhere.test' };
  expect(decide(policy, { ...request, ip: '203.0.113.9' }).action).toBe('accept');
  expect(decide(policy, { ...request, ip: '203.0.114.9' }).action).toBe('refuse');
});
