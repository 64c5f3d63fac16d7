import { describe, expect, test } from 'vitest';
import { DEFECTS, DEFECT_NAMES } from '../../src/guard/defects.ts';
import type { DefectName } from '../../src/guard/defects.ts';
import type { GuardOptions } from '../../src/guard/guard-options.ts';
import { hashPassword } from '../../src/policy/password-hash.ts';
import type { PolicySettings } from '../../src/policy/settings.ts';
import { plainResponse } from '../../src/smtp/sasl.ts';
import { selfSignedIdentity } from '../../src/smtp/self-signed.ts';
import { UNLISTED, MESSAGE, rigPolicy, startRig } from './rig.ts';
import type { Rig } from './rig.ts';
import type { ClientOptions } from './client.ts';

/** What a stranger sends to get a message out, and the recipients that must not come out of a sound guard. */
interface Exploit {
  readonly lines: readonly string[];
  /** What comes out of the guard with the defect. */
  readonly leaks: readonly string[];
  /** The code of the last reply of a guard with the defect, where nothing comes out. */
  readonly says?: number;
  /** What comes out of a guard without it, rightly. @default nothing */
  readonly rightly?: readonly string[];
  readonly client?: Omit<ClientOptions, 'port'>;
  /** Name of the first greeting; null: none is sent. @default client.test */
  readonly helo?: string | null;
  readonly options?: Partial<GuardOptions>;
  readonly settings?: Partial<PolicySettings>;
}

const RELAY = 'MAIL FROM:<s@elsewhere.test>';
const SPOOF = 'MAIL FROM:<alice@example.com>';
const OUT = 'RCPT TO:<v@outside.test>';
const IN = 'RCPT TO:<bob@example.com>';
const SEND = ['DATA', MESSAGE];
const LOGIN = { allowInsecureAuth: true };
const proxied = (address: string): Partial<Exploit> => ({
  client: {
    first: `PROXY TCP${address.includes(':') ? 6 : 4} ${address} ${address.includes(':') ? '::1' : '127.0.0.1'} 1 25\r\n`,
  },
  options: { trustProxyFrom: [UNLISTED] },
});

const logins = [{ user: 'alice', passwordHash: await hashPassword('wonderland', { N: 1024, r: 8, p: 1 }) }];
const wrong = `AUTH PLAIN ${plainResponse({ user: 'alice', password: 'nonsense' })}`;
const right = `AUTH PLAIN ${plainResponse({ user: 'alice', password: 'wonderland' })}`;

const routed = (path: string): Exploit => ({ lines: [RELAY, `RCPT TO:<${path}>`, ...SEND], leaks: ['v@outside.test'] });
/** A recipient of the own domain that a sound guard hands on as it is. */
const packed = (path: string): Exploit => ({ ...routed(path), rightly: [path] });
/** Mail that comes out of a sound guard and not of the one with the defect. */
const lost = (exploit: Omit<Exploit, 'leaks' | 'rightly'>, rightly: readonly string[]): Exploit => ({
  ...exploit,
  leaks: [],
  rightly,
});
/** A message that ends twice: where it looks like it, and at its end. */
const smuggled = (end: string): Exploit => ({
  lines: [RELAY, IN, 'DATA', `x${end}${RELAY}\r\nRCPT TO:<carol@example.com>\r\nDATA\r\nSubject: smuggled\r\n\r\n.`],
  leaks: ['bob@example.com', 'carol@example.com'],
});
const from = (path: string): Exploit => ({ lines: [`MAIL FROM:<${path}>`, OUT, ...SEND], leaks: ['v@outside.test'] });

const EXPLOITS: Readonly<Record<DefectName, Exploit>> = {
  'open-relay': from('s@elsewhere.test'),
  'trusts-own-sender': from('alice@example.com'),
  'internal-from-anybody': { lines: [SPOOF, IN, ...SEND], leaks: ['bob@example.com'] },
  'suffix-match-without-dot': { lines: [RELAY, 'RCPT TO:<v@evilexample.com>', ...SEND], leaks: ['v@evilexample.com'] },
  'prefix-match': {
    lines: [RELAY, 'RCPT TO:<v@example.com.outside.test>', ...SEND],
    leaks: ['v@example.com.outside.test'],
  },
  'subdomains-are-own': { lines: [RELAY, 'RCPT TO:<v@sub.example.com>', ...SEND], leaks: ['v@sub.example.com'] },
  'unicode-folding': {
    settings: { domains: ['kexample.com'] },
    lines: [RELAY, 'RCPT TO:<v@\u212aexample.com>', ...SEND],
    leaks: [Buffer.from('v@\u212aexample.com', 'utf8').toString('latin1')],
  },
  'percent-hack-ignored': routed('v%outside.test@example.com'),
  'bang-path-followed': routed('outside.test!v@example.com'),
  'quoted-address-followed': routed('"v@outside.test"@example.com'),
  'source-route-followed': routed('@example.com:v@outside.test'),
  'double-at-followed': routed('v@outside.test@example.com'),
  'trailing-dot-is-own': routed('v@outside.test.'),
  'address-list-split': {
    lines: [RELAY, 'RCPT TO:<bob@example.com,v@outside.test>', ...SEND],
    leaks: ['bob@example.com', 'v@outside.test'],
  },
  'literal-is-own': { lines: [RELAY, 'RCPT TO:<v@[198.51.100.9]>', ...SEND], leaks: ['v@[198.51.100.9]'] },
  'srs-unchecked': {
    ...routed('SRS0=aaaa=tt=outside.test=v@example.com'),
    rightly: ['SRS0=aaaa=tt=outside.test=v@example.com'],
  },
  'encapsulated-address-followed': {
    ...routed('IMCEASMTP-v+40outside.test@example.com'),
    rightly: ['IMCEASMTP-v+40outside.test@example.com'],
  },
  'equals-sign-followed': packed('v=outside.test@example.com'),
  'at-word-followed': packed('v_at_outside.test@example.com'),
  'underscore-followed': packed('v_outside.test@example.com'),
  'double-hyphen-followed': packed('v--outside.test@example.com'),
  'hash-sign-followed': packed('v#outside.test@example.com'),
  'batv-unchecked': packed('prvs=0000aaaaaa=v=outside.test@example.com'),
  'top-level-relayed': {
    lines: [RELAY, 'RCPT TO:<v@fresh.example>', ...SEND],
    leaks: ['v@fresh.example'],
  },
  'own-author-trusted': {
    lines: [RELAY, OUT, 'DATA', 'From: a colleague <alice@example.com>\r\n\r\nhello\r\n.'],
    leaks: ['v@outside.test'],
  },
  'bare-loopback-greeting-trusted': { helo: '127.0.0.1', ...from('s@elsewhere.test') },
  'reverse-name-greeting-trusted': { helo: `${UNLISTED.replaceAll('.', '-')}.isp.test`, ...from('s@elsewhere.test') },
  'xclient-after-login-attempt': {
    options: LOGIN,
    lines: [wrong, 'XCLIENT ADDR=10.1.2.3', 'EHLO c.test', SPOOF, OUT, ...SEND],
    leaks: ['v@outside.test'],
  },
  'proxy-line-taken-again': {
    ...proxied('198.51.100.9'),
    lines: ['PROXY TCP4 10.1.2.3 127.0.0.1 1 25', 'EHLO c.test', SPOOF, OUT, ...SEND],
    leaks: ['v@outside.test'],
  },
  'null-sender-exempt': from(''),
  'postmaster-sender-exempt': from('postmaster@example.com'),
  'localhost-sender-exempt': from('root@localhost'),
  'literal-sender-exempt': from('x@[127.0.0.1]'),
  'guard-name-sender-exempt': { ...from('x@guard.example'), options: { name: 'guard.example' } },
  'bare-sender-exempt': from('spamtest'),
  'sender-equals-recipient-exempt': from('v@outside.test'),
  'helo-name-trusted': { lines: ['EHLO example.com', RELAY, OUT, ...SEND], leaks: ['v@outside.test'] },
  'auth-attempt-trusted': { options: LOGIN, lines: [wrong, SPOOF, OUT, ...SEND], leaks: ['v@outside.test'] },
  'any-password': { options: LOGIN, lines: [wrong, SPOOF, OUT, ...SEND], leaks: ['v@outside.test'] },
  'empty-password': {
    options: LOGIN,
    lines: [`AUTH PLAIN ${plainResponse({ user: 'alice', password: '' })}`, SPOOF, OUT, ...SEND],
    leaks: ['v@outside.test'],
  },
  'login-may-forge': { options: LOGIN, lines: [right, RELAY, OUT, ...SEND], leaks: ['v@outside.test'] },
  'login-survives-starttls': {
    options: { tls: selfSignedIdentity('guard.test'), requireTlsForAuth: false },
    lines: [right, 'STARTTLS', 'EHLO c.test', SPOOF, OUT, ...SEND],
    leaks: ['v@outside.test'],
  },
  'mail-auth-parameter-trusted': {
    lines: [`${SPOOF} AUTH=alice@example.com`, OUT, ...SEND],
    leaks: ['v@outside.test'],
  },
  'original-recipient-decides': {
    lines: [RELAY, `${OUT} ORCPT=rfc822;bob@example.com`, ...SEND],
    leaks: ['v@outside.test'],
  },
  'first-recipient-decides': {
    lines: [RELAY, IN, OUT, ...SEND],
    leaks: ['bob@example.com', 'v@outside.test'],
    rightly: ['bob@example.com'],
  },
  'refused-recipient-kept': {
    lines: [RELAY, OUT, IN, ...SEND],
    leaks: ['bob@example.com', 'v@outside.test'],
    rightly: ['bob@example.com'],
  },
  'data-accepted-without-recipients': { lines: [RELAY, OUT, ...SEND], leaks: ['v@outside.test'] },
  'flag-survives-rset': { lines: [RELAY, IN, 'RSET', RELAY, OUT, ...SEND], leaks: ['v@outside.test'] },
  'flag-survives-message': {
    lines: [RELAY, IN, ...SEND, RELAY, OUT, ...SEND],
    leaks: ['bob@example.com', 'v@outside.test'],
    rightly: ['bob@example.com'],
  },
  'xclient-from-anybody': {
    lines: ['XCLIENT ADDR=10.1.2.3', 'EHLO c.test', SPOOF, OUT, ...SEND],
    leaks: ['v@outside.test'],
  },
  'xforward-from-anybody': { lines: ['XFORWARD ADDR=10.1.2.3', SPOOF, OUT, ...SEND], leaks: ['v@outside.test'] },
  'proxy-header-from-anybody': { ...proxied('10.1.2.3'), options: {}, ...from('alice@example.com') },
  'mapped-ipv6': { ...proxied('::ffff:198.51.100.9'), ...from('alice@example.com') },
  'ipv6-trusted': { ...proxied('2001:db8::9'), ...from('alice@example.com') },
  'range-end-plus-one': { ...proxied('172.32.0.1'), ...from('alice@example.com') },
  'address-matched-as-text': { ...proxied('100.64.0.1'), ...from('alice@example.com') },
  'unreadable-sender-exempt': from("alice@example.com'@elsewhere.test"),
  'users-not-checked': {
    options: LOGIN,
    settings: { users: ['alice@example.com'], userRestrictSend: true },
    lines: [right, 'MAIL FROM:<bob@example.com>', OUT, ...SEND],
    leaks: ['v@outside.test'],
  },
  'extension-followed': {
    ...routed('alice+v=outside.test@example.com'),
    rightly: ['alice+v=outside.test@example.com'],
  },
  'comment-dropped': routed('(alice@example.com)v@outside.test'),
  'odd-domain-is-own': routed('v@.outside.test'),
  'empty-address-is-own': { lines: [RELAY, 'RCPT TO:<@>', ...SEND], leaks: ['postmaster'] },
  'bare-recipient-completed': { lines: [RELAY, 'RCPT TO:<v>', ...SEND], leaks: ['v@example.com'] },
  'nul-ends-address': routed('v@outside.test\0.example.com'),
  'lax-path-unchecked': { lines: [RELAY, 'RCPT TO:"V" <v@outside.test>', ...SEND], leaks: ['v@outside.test'] },
  'old-verbs-unchecked': { lines: ['SOML FROM:<s@elsewhere.test>', OUT, ...SEND], leaks: ['v@outside.test'] },
  'parameters-skip-check': { lines: [RELAY, `${OUT} X-ANY=1`, ...SEND], leaks: ['v@outside.test'] },
  'greeting-not-needed': { ...from('s@elsewhere.test'), helo: null },
  'recipients-survive-rset': { lines: [RELAY, IN, 'RSET', RELAY, ...SEND], leaks: ['bob@example.com'] },
  'transaction-survives-greeting': {
    lines: [RELAY, IN, 'EHLO again.test', OUT, ...SEND],
    leaks: ['bob@example.com', 'v@outside.test'],
  },
  'refuses-everybody': lost({ lines: [RELAY, IN, ...SEND] }, ['bob@example.com']),
  'refuses-null-sender': lost({ lines: ['MAIL FROM:<>', IN, ...SEND] }, ['bob@example.com']),
  'refuses-postmaster': lost({ lines: [RELAY, 'RCPT TO:<postmaster>', ...SEND] }, ['postmaster']),
  'ignores-logins': lost({ options: LOGIN, lines: [right, SPOOF, OUT, ...SEND] }, ['v@outside.test']),
  'forgets-login-at-rset': lost({ options: LOGIN, lines: [right, 'RSET', SPOOF, OUT, ...SEND] }, ['v@outside.test']),
  'odd-local-part-taken': { lines: [RELAY, 'RCPT TO:<|v@example.com>', ...SEND], leaks: ['|v@example.com'] },
  'login-in-the-clear': {
    options: { tls: selfSignedIdentity('guard.test') },
    lines: [right, SPOOF, OUT, ...SEND],
    leaks: ['v@outside.test'],
  },
  'acts-as-anybody': {
    options: LOGIN,
    lines: [`AUTH PLAIN ${plainResponse({ user: 'alice', password: 'wonderland' }, 'bob')}`, SPOOF, OUT, ...SEND],
    leaks: ['v@outside.test'],
  },
  'postmaster-recipient-exempt': {
    lines: [RELAY, 'RCPT TO:<Postmaster@outside.test>', ...SEND],
    leaks: ['Postmaster@outside.test'],
  },
  'encryption-trusted': {
    options: { tls: selfSignedIdentity('guard.test') },
    lines: ['STARTTLS', 'EHLO c.test', RELAY, OUT, ...SEND],
    leaks: ['v@outside.test'],
  },
  'tires-of-checking': {
    lines: [...Array.from({ length: 5 }, () => [RELAY, 'RSET']).flat(), RELAY, OUT, ...SEND],
    leaks: ['v@outside.test'],
  },
  'side-services-open': { lines: ['VRFY bob'], leaks: [], says: 250 },
  'long-line-cut': { lines: [RELAY, `${'x'.repeat(512)}${IN}`, ...SEND], leaks: ['bob@example.com'] },
  'browser-served': { lines: ['POST / HTTP/1.1', 'Host: x', '', RELAY, OUT, ...SEND], leaks: ['v@outside.test'] },
  'carriage-return-ends-command': { lines: [RELAY, `RCPT TO:<bob\r${OUT}`, ...SEND], leaks: ['v@outside.test'] },
  'message-unchecked': { lines: [RELAY, IN, 'DATA', 'a\0b\r\n.'], leaks: ['bob@example.com'] },
  'header-recipients-added': {
    lines: [RELAY, IN, 'DATA', 'Cc: <v@outside.test>\r\n\r\nhello\r\n.'],
    leaks: ['bob@example.com', 'v@outside.test'],
    rightly: ['bob@example.com'],
  },
  'sender-gets-a-copy': {
    lines: ['MAIL FROM:<v@outside.test>', IN, ...SEND],
    leaks: ['bob@example.com', 'v@outside.test'],
    rightly: ['bob@example.com'],
  },
  'unknown-proxied-trusted': {
    client: { from: '127.0.0.3', first: 'PROXY UNKNOWN\r\n' },
    settings: { allowRelayFrom: ['127.0.0.1'] },
    ...from('alice@example.com'),
  },
  'compares-domains-as-text': lost({ lines: [RELAY, 'RCPT TO:<bob@Example.Com>', ...SEND] }, ['bob@example.com']),
  'refuses-messages': lost({ lines: [RELAY, IN, ...SEND] }, ['bob@example.com']),
  'bare-line-feed-ends-data': smuggled('\n.\r\n'),
  'bare-carriage-return-ends-line': smuggled('\r.\r'),
  'carriage-returns-collapsed': smuggled('\r\r\n.\r\r\n'),
  'nul-dropped-from-data': smuggled('\r\n\0.\r\n'),
};

/** @returns what came out, and the last reply code */
async function attempt(
  rig: Rig,
  exploit: Exploit,
): Promise<{ readonly out: readonly string[]; readonly code: number }> {
  let code = 0;
  const client = await rig.client(exploit.client);
  const { helo = 'client.test' } = exploit;
  if (helo !== null) await client.say(`EHLO ${helo}`);
  for (const line of exploit.lines) {
    ({ code } = await client.say(line));
    if (code === 0) break;
    // Whoever is refused DATA goes on: what would have been mail data is then a row of wrong commands.
    if (line === 'STARTTLS' && code === 220) await client.startTls();
  }
  client.write('QUIT\r\n');
  await client.ended;
  return { out: rig.sink.forwardPaths().toSorted(), code };
}

describe.concurrent('planted defects', () => {
  for (const name of DEFECT_NAMES) {
    const exploit = EXPLOITS[name];
    const options = (): Partial<GuardOptions> => ({
      ...exploit.options,
      policy: rigPolicy({ logins, allowRelayFrom: ['127.0.0.2', '10.*.*.*'], ...exploit.settings }),
    });

    test(`${name} lets out what a sound guard keeps in, or keeps in what it lets out`, async (context) => {
      // Given the same guard twice, with the defect and without
      const sick = await startRig(context, { ...options(), defect: name });
      const sound = await startRig(context, options());
      // When a stranger tries what the defect is for
      const [leaked, kept] = await Promise.all([attempt(sick, exploit), attempt(sound, exploit)]);
      // Then the first leaks it to the next hop and the second delivers what it should
      expect({ leaked: leaked.out, kept: kept.out }).toEqual({
        leaked: exploit.leaks.toSorted(),
        kept: exploit.rightly ?? [],
      });
      if (exploit.says !== undefined) expect([leaked.code, kept.code]).toEqual([exploit.says, 502]);
    });
  }

  test('every defect says in one line what it does', () => {
    for (const { title } of Object.values(DEFECTS)) expect(title).toMatch(/^[a-z].{10,80}[^.]$/);
  });
});
