import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { configFrom, findConfig, parseConfig } from '../../src/config/config-file.ts';
import { configJsonSchema } from '../../src/config/config-schema.ts';
import { formatProblem } from '../../src/document/problem.ts';
import { folderFor } from '../support/program.ts';

function problemsOf(text: string): readonly string[] {
  const parsed = parseConfig(text, 'relayproof.yaml');
  return parsed.kind === 'ok'
    ? []
    : parsed.problems.map((problem) => formatProblem(problem).replace('relayproof.yaml:', ''));
}

const WHOLE = `
policy: policy.yaml
targets: [mail.example.com, "10.0.0.5:2525"]
servers:
  - { recipe: postfix, path: mail/postfix }
  - { recipe: command, path: mail/server.conf, command: smtpd -f server.conf }
ownDomains: [example.com, "*.example.org"]
ownUsers: [alice@example.com]
outside: canary@example.net
from: stranger@example.org
helo: client.example.org
loginEnv: RELAYPROOF
vantages: [direct, proxy=203.0.113.9]
pace: polite
prove: true
catch: 10.0.0.9:25
authorizedBy: Ann Admin <ann@example.com>
baseline: baseline.json
waivers:
  - { fingerprint: 0123456789ab, reason: printer, who: Ann, expiry: 2027-01-31 }
failOn: high
allowOpening: [outbound]
outputs: { json: reports/audit.json, text: reports/audit.txt }
`;

describe('a configuration', () => {
  test('may say everything that a gate needs', () => {
    const parsed = parseConfig(WHOLE, 'relayproof.yaml');
    expect(parsed.kind === 'ok' ? parsed.value.settings : parsed.problems).toMatchObject({
      targets: ['mail.example.com', '10.0.0.5:2525'],
      servers: [
        { recipe: 'postfix', path: 'mail/postfix' },
        { recipe: 'command', command: 'smtpd -f server.conf' },
      ],
      waivers: [{ fingerprint: '0123456789ab', expiry: '2027-01-31' }],
      outputs: { json: 'reports/audit.json', text: 'reports/audit.txt' },
      failOn: 'high',
      wait: 10,
    });
  });

  test('tells where each of its settings stands', () => {
    const parsed = parseConfig(WHOLE, 'relayproof.yaml');
    if (parsed.kind === 'invalid') throw new Error('is valid');
    expect(parsed.value.placeOf(['servers', 1])).toEqual({ file: 'relayproof.yaml', line: 6 });
    expect(parsed.value.placeOf(['failOn'])).toEqual({ file: 'relayproof.yaml', line: 21 });
  });

  test('tells all that is wrong with it at once, each with its place and what would be right', () => {
    expect(
      problemsOf(
        [
          'polcy: policy.yaml',
          'targets: mail.example.com',
          'ownUsers: [alice]',
          'vantages: [proxy=nowhere]',
          'pace: hasty',
          'waivers:',
          '  - { fingerprint: xyz, reason: r, who: w, expiry: someday }',
          'servers:',
          '  - { recipe: postfix, path: p, command: x }',
          '  - { recipe: command, path: p }',
          'outputs: { txt: a, json: }',
        ].join('\n'),
      ),
    ).toEqual([
      '1:1: unknown key `polcy`: did you mean `policy`?',
      '2:10: `targets` must be a list, not the text `mail.example.com`',
      '3:12: `alice`: write a mailbox, such as canary@example.net, without angle brackets',
      '4:12: `proxy=nowhere`: `nowhere` is no IP address',
      '5:7: `pace` must be one of `polite`, `normal`, `fast`, not the text `hasty`',
      '7:20: `waivers[0].fingerprint`: a fingerprint is 12 to 64 hexadecimal digits, as the report shows it',
      '7:52: `waivers[0].expiry`: an expiry is a day such as 2027-01-31: a waiver without end is a hole',
      '9:42: `command` is for the recipe `command`, the recipe `postfix` knows how to start the server',
      '10:5: `command` is missing: say what starts the server',
      '11:12: unknown key `txt` in `outputs`: did you mean `text`?',
      expect.stringMatching(/^11:20: `outputs.json` has no value/),
    ]);
  });

  test('tells what does not go together', () => {
    expect(problemsOf('targets: [mail.example.com]\ncatch: 10.0.0.9:25\n')).toEqual([
      '1:1: which domains do the servers receive mail for? Give `ownDomains`, or a `policy`',
      '2:8: canaries are sent only with `prove: true`',
    ]);
  });

  test('tells with line and column which name is none, or is not the own one', () => {
    const text = [
      'ownDomains: [acme.zz, "*.com", co.uk, "", "a@b.zz", "[198.51.100.1]", "a\\r\\nb"]',
      'outside: a@b@c.zz',
      'from: "v@a.zz\\r\\nDATA"',
      'helo: two words',
      'partner: "*.acme.zz"',
    ];
    expect(problemsOf(text.join('\n')).map((problem) => problem.split(': ').slice(0, 2).join(': '))).toEqual([
      '1:23: `*.com`',
      '1:32: `co.uk`',
      '1:39: ``',
      '1:43: `a@b.zz`',
      '1:53: `[198.51.100.1]`',
      '1:71: `a\\x0d\\x0ab`',
      '2:10: `a@b@c.zz`',
      '3:7: `v@a.zz\\x0d\\x0aDATA`',
      '4:7: `two words`',
      '5:10: `*.acme.zz`',
    ]);
    expect(problemsOf('ownDomains: [acme.zz]\nownUsers: [a@acme.zz, a@b.zz]\noutside: v@acme.zz\n')).toEqual([
      '2:23: `a@b.zz` is in no own domain (acme.zz)',
      '3:10: `v@acme.zz` is in an own domain: name a mailbox elsewhere',
    ]);
  });

  test('takes domains and mailboxes with letters outside ASCII', () => {
    expect(problemsOf('ownDomains: [bücher.example]\nownUsers: [a@xn--bcher-kva.example]\n')).toEqual([]);
  });

  test('describes itself as a JSON Schema', () => {
    expect(configJsonSchema()).toMatchObject({
      $schema: 'http://json-schema.org/draft-07/schema#',
      additionalProperties: false,
      properties: {
        waivers: { type: 'array' },
        failOn: { default: 'medium' },
        outputs: { additionalProperties: false },
      },
    });
  });
});

describe('a configuration that is looked for', () => {
  test('is the nearest one upwards, and none beyond the root of the repository', (context) => {
    const root = folderFor(context);
    mkdirSync(join(root, 'repository/.git'), { recursive: true });
    mkdirSync(join(root, 'repository/a/b'), { recursive: true });
    writeFileSync(join(root, 'relayproof.yaml'), 'policy: p\n');
    expect(findConfig(join(root, 'repository/a/b'))).toBeNull();

    writeFileSync(join(root, 'repository/relayproof.yaml'), 'policy: p\n');
    expect(findConfig(join(root, 'repository/a/b'))).toBe(join(root, 'repository/relayproof.yaml'));

    writeFileSync(join(root, 'repository/a/relayproof.yaml'), 'policy: p\n');
    expect(findConfig(join(root, 'repository/a/b'))).toBe(join(root, 'repository/a/relayproof.yaml'));
  });

  test('names its files relative to itself', (context) => {
    const root = folderFor(context);
    mkdirSync(join(root, 'deep/er'), { recursive: true });
    writeFileSync(join(root, 'relayproof.yaml'), 'policy: policies/mail.yaml\n');
    const config = configFrom(undefined, join(root, 'deep'));
    expect(config.file).toBe('../relayproof.yaml');
    expect(config.pathOf('policies/mail.yaml')).toBe('../policies/mail.yaml');
    expect(config.pathOf('/etc/policy.yaml')).toBe('/etc/policy.yaml');
  });

  test('is asked for where there is none', (context) => {
    const root = folderFor(context);
    mkdirSync(join(root, '.git'));
    expect(() => configFrom(undefined, root)).toThrow(/relayproof init/);
  });
});
