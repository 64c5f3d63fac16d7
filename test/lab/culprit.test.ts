import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../src/judge/audit.ts';
import { culpritsOf } from '../../src/lab/culprit.ts';
import { postfixCulprit } from '../../src/lab/postfix-culprit.ts';
import { auditWith, findingNamed } from '../support/audits.ts';
import { folderFor } from '../support/program.ts';

function finding(id: Finding['id'], vantage = 'outside=198.51.100.10'): Finding {
  const evidence = {
    endpoint: '198.51.100.1:25',
    vantage,
    verdict: 'relayed',
    reason: 'it came out',
    transcript: 't',
    dialogue: [],
    caught: [],
  } as const;
  return findingNamed(id, { id, evidence: [evidence] });
}

describe('the line of a main.cf that lets a finding be', () => {
  test.each<[string, Finding['id'], readonly string[], number]>([
    ['the network that holds the stranger', 'third-party-relay', ['a = b', 'mynetworks = 0.0.0.0/0'], 2],
    [
      'that network among others',
      'spoofed-domain-send',
      ['mynetworks = 127.0.0.0/8', '  10.0.0.0/8,', '  198.51.100.0/24'],
      3,
    ],
    ['a network that another setting names', 'third-party-relay', ['mine = 198.51.100.0/24', 'mynetworks = $mine'], 1],
    ['the style of networks', 'third-party-relay', ['a = b', 'mynetworks_style = class'], 2],
    [
      'a sender check before the relay check',
      'spoofed-domain-send',
      [
        'mynetworks = 127.0.0.0/8',
        'smtpd_relay_restrictions =',
        '  permit_mynetworks',
        '  check_sender_access hash:/etc/postfix/senders',
        '  reject_unauth_destination',
      ],
      4,
    ],
    [
      'a HELO check before it, for a finding about claims',
      'client-claim-trusted',
      [
        'smtpd_relay_restrictions = permit_mynetworks,',
        '  check_sender_access hash:a,',
        '  check_helo_access hash:b,',
        '  reject_unauth_destination',
      ],
      3,
    ],
    [
      'a list without any relay check',
      'third-party-relay',
      ['a = b', 'smtpd_relay_restrictions = permit_mynetworks'],
      2,
    ],
    ['a setting that is known for it', 'routed-recipient', ['a = b', 'allow_untrusted_routing = yes'], 2],
    ['a setting for smuggling', 'message-smuggling', ['a = b', 'smtpd_forbid_bare_newline = no'], 2],
  ])('is %s', (_what, id, lines, line) => {
    expect(postfixCulprit(lines.join('\n'), finding(id))).toBe(line);
  });

  test('is no check behind the relay check, and no network of somebody else', () => {
    const text = [
      'mynetworks = 127.0.0.0/8 10.0.0.0/8 !198.51.100.10 /etc/postfix/networks [2001:db8::]/32',
      'smtpd_relay_restrictions = permit_mynetworks reject_unauth_destination check_sender_access hash:a',
    ].join('\n');
    expect(postfixCulprit(text, finding('client-address-lost'))).toBe(1);
    expect(postfixCulprit(`x = y\n${text}`, finding('spoofed-domain-send'))).toBe(3);
  });

  test('is the first where nothing can be told', () => {
    expect(postfixCulprit('', finding('reflection'))).toBe(1);
  });
});

describe('the place of a finding', () => {
  test('is in the Exim configuration where strangers are accepted', (context) => {
    const file = join(folderFor(context), 'exim.conf');
    writeFileSync(file, 'primary_hostname = x\nhostlist relay_from_hosts = 127.0.0.1 : 0.0.0.0/0\n');
    const found = finding('third-party-relay');
    expect(culpritsOf('exim', file, auditWith([found]))).toEqual(new Map([[found.fingerprint, { file, line: 2 }]]));
  });

  test('is in the policy of a guard where it lets strangers through', (context) => {
    const file = join(folderFor(context), 'policy.yaml');
    writeFileSync(file, 'domains: [example.com]\ndisallowRelayFrom: []\ndomainRestrictSend: false\n');
    const found = finding('third-party-relay');
    expect(culpritsOf('guard', file, auditWith([found])).get(found.fingerprint)?.line).toBe(2);
  });
});
