import * as fc from 'fast-check';
import { policyFromSettings } from '../../src/policy/policy.ts';
import type { Policy } from '../../src/policy/policy.ts';
import type { PolicySettings } from '../../src/policy/settings.ts';
import type { TablePolicy } from './truth-table.ts';

export const SEED = 20_260_901;

/** Few octets, so that entries and clients meet, and the edges of ranges among them. */
const octet = fc.oneof(fc.constantFrom(0, 1, 9, 10, 11, 15, 16, 31, 32, 127, 172, 192, 254, 255), fc.nat(255));
const octetPart = fc.oneof(
  { weight: 3, arbitrary: octet.map(String) },
  { weight: 2, arbitrary: fc.constant('*') },
  {
    weight: 2,
    arbitrary: fc.tuple(octet, octet).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
  },
);

export const ipv4Text = fc.tuple(octet, octet, octet, octet).map((parts) => parts.join('.'));

const group = fc.oneof(
  fc.constantFrom('0', '1', 'db8', '2001', 'ffff', 'FE80'),
  fc.nat(0xffff).map((n) => n.toString(16)),
);
export const ipv6Text = fc.oneof(
  fc.constantFrom('::', '::1', 'fe80::1%eth0', '2001:db8::1', '2001:DB8:0:0::1', '::1.2.3.4', '::fffe:1.2.3.4'),
  fc.array(group, { minLength: 8, maxLength: 8 }).map((groups) => groups.join(':')),
  fc
    .tuple(fc.array(group, { maxLength: 3 }), fc.array(group, { maxLength: 3 }))
    .map(([a, b]) => `${a.join(':')}::${b.join(':')}`),
);
const mappedText = fc.oneof(
  ipv4Text.map((ip) => `::ffff:${ip}`),
  ipv4Text.map((ip) => `0:0:0:0:0:FFFF:${ip}`),
);
export const clientText = fc.oneof({ weight: 4, arbitrary: ipv4Text }, ipv6Text, mappedText);

export const entryText = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(octetPart, octetPart, octetPart, octetPart).map((parts) => parts.join('.')) },
  { weight: 2, arbitrary: fc.tuple(ipv4Text, fc.nat(32)).map(([ip, prefix]) => `${ip}/${prefix}`) },
  { weight: 1, arbitrary: ipv6Text.filter((ip) => !ip.includes('%')) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        ipv6Text.filter((ip) => !ip.includes('%')),
        fc.nat(128),
      )
      .map(([ip, prefix]) => `${ip}/${prefix}`),
  },
  {
    weight: 1,
    arbitrary: fc.tuple(mappedText, fc.integer({ min: 80, max: 128 })).map(([ip, prefix]) => `${ip}/${prefix}`),
  },
  { weight: 1, arbitrary: fc.constantFrom('*', '*.*.*.*', '0.0.0.0/0', '::/0', '::ffff:0:0/96') },
);

const entries = fc.oneof(
  { weight: 1, arbitrary: fc.constant<string[]>([]) },
  { weight: 1, arbitrary: fc.constant(['*.*.*.*']) },
  { weight: 6, arbitrary: fc.array(entryText, { minLength: 1, maxLength: 5 }) },
);

const DOMAINS = [
  'example.com',
  '*.example.com',
  'Example.ORG.',
  'bücher.example',
  'xn--mnchen-3ya.example',
  '[192.0.2.1]',
  '*.Deep.example',
  'localhost',
];
const USERS = ['alice@example.com', 'BOB@Example.org', 'carol@xn--bcher-kva.example', 'dave@elsewhere.test'];

const domainText = fc.constantFrom(
  'example.com',
  'EXAMPLE.com.',
  'example.com..',
  'a.example.com',
  'b.A.Example.com',
  'example.org',
  'bücher.example',
  'BÜCHER.example',
  'xn--bcher-kva.example',
  'XN--BCHER-KVA.EXAMPLE.',
  'münchen.example',
  'elsewhere.test',
  'notexample.com',
  'example.com.evil.test',
  '[192.0.2.1]',
  '[192.0.2.2]',
  'deep.example',
  'x.deep.example',
  'localhost',
  '',
  '.',
  'com',
);
const localText = fc.constantFrom(
  'alice',
  'ALICE',
  'bob',
  'carol',
  'dave',
  'u%elsewhere.test',
  'elsewhere.test!u',
  '"u@elsewhere.test"',
  '"a b"',
  'u\\@elsewhere.test',
  '"a\\"b@c"',
  'a@b',
  '',
  '"',
  'postmaster',
  'a+b',
  '"u%x"',
  'u:x',
);
const mailbox = fc.tuple(localText, domainText).map(([local, domain]) => `${local}@${domain}`);
export const senderText = fc.oneof(
  { weight: 6, arbitrary: mailbox },
  localText,
  fc.constant(''),
  fc.constant('@a.test,@b.test:u@example.com'),
);
export const recipientText = fc.oneof(
  { weight: 6, arbitrary: mailbox },
  { weight: 1, arbitrary: localText },
  {
    weight: 2,
    arbitrary: fc
      .tuple(
        fc.constantFrom('@a.test', '@a.test,@b.test', '@[192.0.2.1]', '@[IPv6:::1],@a.test', '@example.com'),
        mailbox,
      )
      .map(([route, to]) => `${route}:${to}`),
  },
);

export const requestOf = fc.record({
  ip: clientText,
  login: fc.constantFrom(null, '', 'alice', 'nobody'),
  from: senderText,
  to: recipientText,
});

const restriction = fc.record({ toListedIps: fc.boolean(), toAuthenticated: fc.boolean() });

export const settingsOf: fc.Arbitrary<PolicySettings> = fc.record({
  domains: fc.subarray(DOMAINS, { minLength: 1 }),
  users: fc.subarray(USERS),
  logins: fc.subarray([{ user: 'alice', passwordHash: 'scrypt$16384$8$1$SALT$HASH' }]),
  allowRelayFrom: entries,
  disallowRelayFrom: entries,
  restrictInternal: restriction,
  restrictOutbound: restriction,
  restrictRelay: restriction,
  domainRestrictSend: fc.boolean(),
  userRestrictSend: fc.boolean(),
});

export function tableOf(settings: PolicySettings): TablePolicy {
  return {
    ...settings,
    hasLogins: settings.logins.length > 0,
    switches: [settings.restrictInternal, settings.restrictOutbound, settings.restrictRelay].map((one) => [
      one.toListedIps,
      one.toAuthenticated,
    ]),
  };
}

/** The default policy for example.com, with overrides. */
export function examplePolicy(overrides: Partial<PolicySettings> = {}): Policy {
  return policyFromSettings({ domains: ['example.com'], ...overrides });
}
