import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressEntry } from '../../src/policy/address-entry.ts';
import { compileAddressList } from '../../src/policy/address-matcher.ts';
import type { Reach } from '../../src/policy/address-set.ts';
import { decide } from '../../src/policy/decide.ts';
import { diffLines, explanationLines } from '../../src/policy/explain-text.ts';
import { diffPolicies } from '../../src/policy/diff.ts';
import { explainPolicy } from '../../src/policy/explain.ts';
import { policyFromSettings } from '../../src/policy/policy.ts';
import { REACH_FLOWS } from '../../src/policy/policy-reach.ts';
import type { PolicySettings } from '../../src/policy/settings.ts';
import { parseClientAddress } from '../../src/smtp/client-address.ts';
import { mailboxForm } from '../../src/smtp/mailbox-form.ts';
import { clientText, examplePolicy, ipv4Text, SEED, settingsOf, tableOf } from './arbitrary-policy.ts';
import { tableDecision } from './truth-table.ts';

const POLICIES = Number(process.env['EXPLAIN_POLICIES'] ?? 300);
const OFF = { toListedIps: false, toAuthenticated: false };
const ALICE = { user: 'alice', passwordHash: 'scrypt$16384$8$1$SALT$HASH' };

const explain = (overrides: Partial<PolicySettings> = {}) => explainPolicy(examplePolicy(overrides));
const lintsOf = (overrides: Partial<PolicySettings>) =>
  explain(overrides).lints.map(({ setting, text, entries }) => [setting, text, ...(entries ?? [])].join(' | '));

function reachHolds(reach: Reach): (ip: string) => boolean {
  const list = compileAddressList([...reach.ipv4.patterns, ...reach.ipv6.patterns].map(addressEntry));
  return (ip) => {
    const address = parseClientAddress(ip);
    return address !== null && list.matches(address);
  };
}

describe('the default policy', () => {
  test('has the reach of its documentation and is no open relay', () => {
    const explanation = explain();
    const listed = {
      ipv4: { count: '34668544', patterns: ['10.*.*.*', '127.*.*.*', '172.16-31.*.*', '192.168.*.*'] },
      ipv6: { count: '1', patterns: ['::1'] },
    };
    const nobody = { ipv4: { count: '0', patterns: [] }, ipv6: { count: '0', patterns: [] } };
    const everybody = {
      ipv4: { count: '4294967296', patterns: ['0.0.0.0/0'] },
      ipv6: { count: '340282366920938463463374607431768211456', patterns: ['::/0'] },
    };
    expect(explanation).toEqual({
      flows: {
        internal: { anonymous: listed, authenticated: everybody },
        outbound: { anonymous: listed, authenticated: everybody },
        relay: { anonymous: nobody, authenticated: nobody },
        bounce: { anonymous: listed, authenticated: everybody },
      },
      openRelay: false,
      reasons: [],
      publicAllowed: nobody,
      closing: [],
      lints: [],
    });
  });
});

describe('an open relay', () => {
  test.each<[string, Partial<PolicySettings>, readonly string[], string]>([
    ['a blank allow list', { allowRelayFrom: [] }, ['allowRelayFrom'], 'set allowRelayFrom to private addresses'],
    ['a blank disallow list', { disallowRelayFrom: [] }, ['disallowRelayFrom'], 'set disallowRelayFrom to "*.*.*.*"'],
    [
      'a partial disallow list',
      { disallowRelayFrom: ['0.0.0.0/1'] },
      ['disallowRelayFrom'],
      'set disallowRelayFrom to "*.*.*.*"',
    ],
    [
      'IPv6 left out',
      { disallowRelayFrom: ['0.0.0.0/0'] },
      ['disallowRelayFrom'],
      'set disallowRelayFrom to "*.*.*.*"',
    ],
    [
      'outbound without restriction',
      { restrictOutbound: OFF },
      ['restrictOutbound.toListedIps'],
      'turn on restrictOutbound.toListedIps',
    ],
    [
      'relay without restriction',
      { restrictRelay: OFF, domainRestrictSend: false },
      ['restrictRelay.toListedIps', 'domainRestrictSend', 'restrictRelay.toListedIps', 'domainRestrictSend'],
      'turn on restrictRelay.toListedIps',
    ],
    [
      'entries too wide',
      { allowRelayFrom: ['11.0.0.0/8', '10.0.0.0/8'] },
      ['allowRelayFrom', 'allowRelayFrom'],
      'take the widest public entries out of allowRelayFrom',
    ],
    [
      'nothing but entries too wide',
      { allowRelayFrom: ['*'] },
      ['allowRelayFrom', 'allowRelayFrom'],
      'set allowRelayFrom to private addresses',
    ],
    [
      'two faults at once',
      { restrictOutbound: OFF, allowRelayFrom: [], domainRestrictSend: false },
      ['allowRelayFrom', 'restrictOutbound.toListedIps'],
      'turn on restrictRelay.toAuthenticated',
    ],
  ])('by %s is explained and closed', (_, overrides, settings, closing) => {
    const explanation = explain(overrides);
    expect(explanation.openRelay).toBe(true);
    expect(explanation.reasons.map(({ setting }) => setting)).toEqual(expect.arrayContaining([...settings]));
    expect(
      explanation.closing.some(({ text }) => text.includes(closing)),
      JSON.stringify(explanation.closing),
    ).toBe(true);
    for (const { witness } of explanation.reasons)
      expect(decide(examplePolicy(overrides), witness).action).toBe('accept');
  });

  test('is the first suggestion of a single fault, and takes two changes for two', () => {
    expect(explain({ restrictOutbound: OFF }).closing[0]).toEqual({
      changes: [{ setting: 'restrictOutbound.toListedIps', to: true }],
      text: 'turn on restrictOutbound.toListedIps',
    });
    const two = explain({ restrictOutbound: OFF, disallowRelayFrom: [], allowRelayFrom: ['10.*.*.*'] }).closing;
    expect(two.map(({ changes }) => changes.length)).toEqual([1]);
    const lists = explain({ restrictOutbound: OFF, restrictRelay: OFF, domainRestrictSend: false });
    expect(lists.closing[0]?.text).toBe('turn on restrictRelay.toListedIps, and turn on restrictOutbound.toListedIps');
    expect(lists.closing.every(({ changes }) => changes.length === 2)).toBe(true);
    expect(lists.closing.length).toBeLessThanOrEqual(5);
  });

  test.each<[string, Partial<PolicySettings>, boolean]>([
    ['65,536 public addresses', { allowRelayFrom: ['11.1.*.*'] }, false],
    ['65,537 public addresses', { allowRelayFrom: ['11.1.*.*', '11.2.0.0'] }, true],
    ['one public /48', { allowRelayFrom: ['2a00:1::/48'] }, false],
    ['more than one public /48', { allowRelayFrom: ['2a00:1::/48', '2a00:2::1'] }, true],
    [
      'private, shared and documentation space',
      { allowRelayFrom: ['10.0.0.0/8', '100.64.0.0/10', '203.0.113.0/24', 'fc00::/7', '2001:db8::/32'] },
      false,
    ],
    [
      'many public addresses that must authenticate',
      {
        allowRelayFrom: ['*'],
        restrictOutbound: { toListedIps: true, toAuthenticated: true },
        restrictRelay: { toListedIps: true, toAuthenticated: true },
      },
      false,
    ],
    ['internal mail alone', { restrictInternal: OFF }, false],
  ])('starts where it must: %s', (_, overrides, open) => {
    expect(explain(overrides).openRelay).toBe(open);
  });

  test('with users restricted lets strangers claim a user only', () => {
    const restricted = { restrictOutbound: OFF, userRestrictSend: true };
    expect(explain({ ...restricted, users: ['alice@example.com'] }).reasons[0]?.witness.from).toBe('alice@example.com');
    expect(explain(restricted).openRelay).toBe(false);
    const foreign = explain({
      restrictRelay: OFF,
      domainRestrictSend: false,
      userRestrictSend: true,
      users: ['bob@partner.test'],
    });
    expect(foreign.reasons[0]?.witness).toMatchObject({ from: 'bob@partner.test', ip: '203.0.113.9' });
  });

  test('lists public addresses on the allow list apart in any case', () => {
    expect(explain({ allowRelayFrom: ['10.0.0.0/8', '11.1.2.3', '2a00::5'] }).publicAllowed).toEqual({
      ipv4: { count: '1', patterns: ['11.1.2.3'] },
      ipv6: { count: '1', patterns: ['2a00::5'] },
    });
  });
});

describe('what is worth a second look', () => {
  test.each<[Partial<PolicySettings>, readonly string[]]>([
    [{ allowRelayFrom: [] }, ['allowRelayFrom | is blank, which is no restriction: every client address is listed']],
    [
      { disallowRelayFrom: [] },
      ['disallowRelayFrom | is blank, which is no restriction: every client address is listed'],
    ],
    [
      { disallowRelayFrom: ['0.0.0.0/0'] },
      [
        'disallowRelayFrom | leaves IPv6 open: 340282366920938463463374607431768211455 IPv6 addresses are on neither list, and so are listed; "*.*.*.*" covers both families',
      ],
    ],
    [
      { disallowRelayFrom: ['0.0.0.0/1', '::/0'] },
      [
        'disallowRelayFrom | is not everything: 2146369536 IPv4 and 0 IPv6 addresses are on neither list, and so are listed',
      ],
    ],
    [
      { allowRelayFrom: ['11.1.1.0/24'] },
      ['allowRelayFrom | is wider than private space: 256 public IPv4 and 0 public IPv6 addresses'],
    ],
    [
      { allowRelayFrom: ['11.1.1.0/23', '2a00::/63', '2a00:1::/64'] },
      ['allowRelayFrom | entries with more public addresses than a /24 or a /64 | 11.1.1.0/23 | 2a00::/63'],
    ],
    [{ allowRelayFrom: ['10.0.0.0/8', '10.*.*.*'] }, ['allowRelayFrom | entries that repeat another one | 10.*.*.*']],
    [
      { allowRelayFrom: ['10.0.0.0/9', '10.128.0.0/9', '10.1-200.*.*', 'fd00::/8', 'fd01::/16'] },
      ['allowRelayFrom | entries without effect: other entries cover every address of each | 10.1-200.*.* | fd01::/16'],
    ],
    [
      { disallowRelayFrom: ['*', '10.1.*.*'] },
      [
        'disallowRelayFrom | entries without effect: other entries cover every address of each | 10.1.*.*',
        'disallowRelayFrom | entries without effect: the allow list has every address of each, and it wins | 10.1.*.*',
      ],
    ],
    [
      { restrictRelay: { toListedIps: true, toAuthenticated: true }, logins: [ALICE] },
      [
        'restrictRelay.toListedIps | is useless beside restrictRelay.toAuthenticated: a login lifts the address check, and without one nobody may',
      ],
    ],
    [
      { restrictInternal: { toListedIps: false, toAuthenticated: true } },
      ['restrictInternal.toAuthenticated | is on, but the policy has no login: nobody may'],
    ],
    [
      { userRestrictSend: true },
      ['userRestrictSend | is on, but the policy has no user: nobody can send to a foreign address'],
    ],
    [
      { restrictOutbound: OFF },
      ['domainRestrictSend | stands alone: a sender is only a claim, and anybody may claim an own one'],
    ],
  ])('in %j', (overrides, lints) => {
    expect(lintsOf(overrides)).toEqual(expect.arrayContaining([...lints]));
  });

  test('is silent about what is right', () => {
    expect(
      lintsOf({
        logins: [ALICE],
        users: ['a@example.com'],
        userRestrictSend: true,
        restrictOutbound: { toListedIps: false, toAuthenticated: true },
      }),
    ).toEqual([]);
    expect(lintsOf({ restrictOutbound: OFF, domainRestrictSend: false })).toEqual([]);
  });
});

describe('theorems', () => {
  const domains = [
    'example.com',
    'host.example.com',
    'example.org',
    'bücher.example',
    'xn--mnchen-3ya.example',
    '[192.0.2.1]',
    'x.deep.example',
    'localhost',
    'elsewhere.test',
  ];
  const senders = [
    '',
    ...domains.flatMap((domain) => ['zed', 'alice', 'bob', 'carol', 'dave'].map((local) => `${local}@${domain}`)),
  ];
  const recipients = domains.map((domain) => `zed@${domain}`);

  test('explain contains an address if and only if decide accepts some sender from it', () => {
    fc.assert(
      fc.property(
        settingsOf,
        fc.array(clientText, { minLength: 2, maxLength: 2 }),
        ipv4Text,
        (settings, clients, ip) => {
          const explanation = explainPolicy(policyFromSettings(settings));
          const table = tableOf(settings);
          for (const client of [...clients, ip]) {
            for (const login of [null, 'somebody']) {
              const accepted = new Set<string>();
              for (const from of senders) {
                for (const to of recipients) {
                  const { action, flow } = tableDecision(table, { ip: client, login, from, to });
                  if (action === 'accept') accepted.add(flow === 'relay' && from === '' ? 'bounce' : flow);
                }
              }
              for (const flow of REACH_FLOWS) {
                const reach = explanation.flows[flow][login === null ? 'anonymous' : 'authenticated'];
                expect(reachHolds(reach)(client), `${flow} ${client} ${login}`).toBe(accepted.has(flow));
              }
            }
          }
        },
      ),
      { seed: SEED, numRuns: Math.ceil(POLICIES / 5) },
    );
  }, 120_000);

  test('every reason has a witness that decide accepts, in plain mailboxes, and every suggestion closes the relay', () => {
    let opened = 0;
    fc.assert(
      fc.property(settingsOf, (settings) => {
        const policy = policyFromSettings(settings);
        const explanation = explainPolicy(policy);
        expect(explanation.openRelay).toBe(explanation.reasons.length > 0);
        for (const { witness } of explanation.reasons) {
          expect(decide(policy, witness).action).toBe('accept');
          expect(mailboxForm(witness.from).kind).toBe('plain');
          expect(mailboxForm(witness.to).kind).toBe('plain');
        }
        if (!explanation.openRelay) return;
        opened += 1;
        expect(explanation.closing.length).toBeGreaterThan(0);
        for (const { changes } of explanation.closing) {
          const closed: Record<string, unknown> = { ...settings };
          for (const { setting, to } of changes) {
            const [name = '', key] = setting.split('.');
            closed[name] = key === undefined ? to : Object.assign({}, closed[name], { [key]: to });
          }
          expect(explainPolicy(policyFromSettings(Object.assign({}, settings, closed))).openRelay).toBe(false);
        }
      }),
      { seed: SEED, numRuns: POLICIES },
    );
    expect(opened).toBeGreaterThan(POLICIES / 10);
  }, 120_000);
});

describe('the text for a person', () => {
  test('says first whether the policy is an open relay', () => {
    expect(explanationLines(explain())).toEqual([
      'This policy makes no open relay.',
      '',
      'Who may send what (inbound mail is for everybody):',
      '  internal (own sender to own recipient)',
      '    without a login: 34,668,544 IPv4: 10.*.*.*, 127.*.*.*, 172.16-31.*.*, 192.168.*.*; 1 IPv6: ::1',
      '    with a login: everybody',
      '  outbound (own sender to foreign recipient)',
      '    without a login: 34,668,544 IPv4: 10.*.*.*, 127.*.*.*, 172.16-31.*.*, 192.168.*.*; 1 IPv6: ::1',
      '    with a login: everybody',
      '  relay (foreign sender to foreign recipient)',
      '    without a login: nobody',
      '    with a login: nobody',
      '  bounce (null sender to foreign recipient)',
      '    without a login: 34,668,544 IPv4: 10.*.*.*, 127.*.*.*, 172.16-31.*.*, 192.168.*.*; 1 IPv6: ::1',
      '    with a login: everybody',
      '',
      'Public addresses on the allow list: nobody',
    ]);
  });

  test('says why, and what would close it', () => {
    const lines = explanationLines(
      explain({ restrictOutbound: OFF, allowRelayFrom: ['10.*.*.*', '10.1.*.*', '0.0.0.0/0'] }),
    );
    expect(lines).toContain('This policy makes an OPEN RELAY.');
    expect(lines).toContain(
      '    2001:db8::9 without a login: MAIL FROM:<sender@example.com> RCPT TO:<recipient@elsewhere.test>',
    );
    expect(lines).toContain('Any one of these closes it:');
    expect(lines.some((line) => line.includes('all IPv4; no IPv6'))).toBe(true);
    expect(lines).toContain(
      '  allowRelayFrom: entries without effect: other entries cover every address of each: 10.*.*.*, 10.1.*.*',
    );
  });

  test('of a diff says what opens before what closes', () => {
    expect(diffLines(diffPolicies(examplePolicy(), examplePolicy()))).toEqual(['Both policies accept the same.']);
    const narrow = examplePolicy({ allowRelayFrom: ['10.0.0.1'], logins: [ALICE] });
    const other = examplePolicy({
      allowRelayFrom: Array.from({ length: 14 }, (_, at) => `10.0.${at}.9`),
      restrictRelay: { toListedIps: true, toAuthenticated: true },
    });
    const lines = diffLines(diffPolicies(narrow, other));
    expect(lines[0]).toMatch(
      /^OPENS internal \(own sender to own recipient\) without a login, because of allowRelayFrom$/u,
    );
    expect(lines[1]).toBe('  for 14 IPv4: 10.0.0-13.9; no IPv6');
    expect(lines[2]).toBe(
      '  such as 10.0.0.9 without a login: MAIL FROM:<sender@example.com> RCPT TO:<recipient@example.com>',
    );
    expect(lines).toContain(
      'closes bounce (null sender to foreign recipient) without a login, because of allowRelayFrom and restrictRelay.toAuthenticated',
    );
    const scattered = diffLines(
      diffPolicies(
        narrow,
        examplePolicy({ allowRelayFrom: Array.from({ length: 15 }, (_, at) => `10.0.${at}.${at + 7}`) }),
      ),
    );
    expect(scattered.join('\n')).toMatch(/ and 3 more; no IPv6/u);
    const login = diffLines(
      diffPolicies(examplePolicy({ logins: [ALICE] }), examplePolicy({ logins: [ALICE], domainRestrictSend: false })),
    );
    expect(login.join('\n')).toContain('with login alice: MAIL FROM:<sender@elsewhere.test>');
  });
});
