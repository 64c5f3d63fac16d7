import { describe, expect, test } from 'vitest';
import type { TestContext } from 'vitest';
import type { GuardOptions } from '../../src/guard/guard-options.ts';
import { checkLogin } from '../../src/guard/login-check.ts';
import { hashPassword } from '../../src/policy/password-hash.ts';
import { loginResponses, plainResponse } from '../../src/smtp/sasl.ts';
import { selfSignedIdentity } from '../../src/smtp/self-signed.ts';
import { until } from '../support/until.ts';
import { rigPolicy, startRig } from './rig.ts';
import type { Rig } from './rig.ts';
import { sayAll } from './client.ts';

const ALICE = { user: 'alice', password: 'wonderland' };
const cost = { N: 1024, r: 8, p: 1 };
const logins = [
  { user: 'alice', passwordHash: await hashPassword(ALICE.password, cost) },
  { user: 'bob', passwordHash: await hashPassword('builder', cost) },
];
const plain = (user: string, password: string, actAs = ''): string =>
  `AUTH PLAIN ${plainResponse({ user, password }, actAs)}`;
const RIGHT = plain(ALICE.user, ALICE.password);
const OUT = ['MAIL FROM:<alice@example.com>', 'RCPT TO:<v@outside.test>'];

function withLogins(context: TestContext, options: Partial<GuardOptions> = {}): Promise<Rig> {
  return startRig(context, { policy: rigPolicy({ logins }), allowInsecureAuth: true, ...options });
}

describe.concurrent('a login', () => {
  test('proven by PLAIN opens outbound mail and nothing foreign', async (context) => {
    const rig = await withLogins(context);
    const client = await rig.client();
    expect(
      await sayAll(client, [
        'EHLO c.test',
        RIGHT,
        ...OUT,
        'RSET',
        'MAIL FROM:<s@elsewhere.test>',
        'RCPT TO:<v@outside.test>',
      ]),
    ).toEqual([250, 235, 250, 250, 250, 250, 550]);
  });

  test('proven by PLAIN with its response in a line of its own is the same', async (context) => {
    const rig = await withLogins(context);
    const client = await rig.client();
    expect(await sayAll(client, ['EHLO c.test', 'AUTH PLAIN', plainResponse(ALICE), ...OUT])).toEqual([
      250, 334, 235, 250, 250,
    ]);
  });

  test('proven by LOGIN is the same', async (context) => {
    const rig = await withLogins(context);
    const client = await rig.client();
    expect(await sayAll(client, ['EHLO c.test', 'AUTH LOGIN', ...loginResponses(ALICE), ...OUT])).toEqual([
      250, 334, 334, 235, 250, 250,
    ]);
  });

  test('that may act for itself by name is proven', async (context) => {
    const rig = await withLogins(context);
    const client = await rig.client();
    expect(await sayAll(client, ['EHLO c.test', plain('alice', ALICE.password, 'alice'), ...OUT])).toEqual([
      250, 235, 250, 250,
    ]);
  });

  test('is what the Received field tells, and its name is not', async (context) => {
    const rig = await withLogins(context);
    const client = await rig.client();
    await sayAll(client, ['EHLO c.test', RIGHT, ...OUT, 'DATA', 'Subject: x\r\n\r\nx\r\n.']);
    const data = rig.sink.messages()[0]?.data ?? '';
    expect(data).toContain('with ESMTPA id');
    expect(data).not.toContain('alice');
  });

  const failures: readonly (readonly [string, readonly string[], number])[] = [
    ['a wrong password', [plain('alice', 'nonsense')], 535],
    ['an unknown user', [plain('mallory', ALICE.password)], 535],
    ['the password of another', [plain('bob', ALICE.password)], 535],
    ['an empty password', [plain('alice', '')], 535],
    ['an empty user and password', [plain('', '')], 535],
    ['a user given only as the identity to act as', [plain('', ALICE.password, 'alice')], 535],
    ['another identity to act as', [plain('alice', ALICE.password, 'bob')], 535],
    ['a user in another case', [plain('Alice', ALICE.password)], 535],
    ['a user with a blank', [plain('alice ', ALICE.password)], 535],
    ['a control character in the user', [plain('alice\r\nRCPT', 'x')], 501],
    ['a response that is no SASL', ['AUTH PLAIN bm9uc2Vuc2U='], 501],
    ['a cancelled exchange', ['AUTH PLAIN', '*'], 501],
    ['ANONYMOUS', ['AUTH ANONYMOUS cmVsYXlwcm9vZg=='], 504],
    ['CRAM-MD5, for which passwords would have to be kept', ['AUTH CRAM-MD5'], 504],
    ['XOAUTH2', ['AUTH XOAUTH2 abc'], 504],
    ['no mechanism', ['AUTH'], 504],
    ['LOGIN with a wrong password', ['AUTH LOGIN', ...loginResponses({ user: 'alice', password: 'nonsense' })], 535],
  ];
  test.for(failures)('is not proven by %s, and opens nothing', async ([, lines, code], context) => {
    const rig = await withLogins(context);
    const client = await rig.client();
    await client.say('EHLO c.test');
    expect((await sayAll(client, lines)).at(-1)).toBe(code);
    expect(await sayAll(client, OUT)).toEqual([250, 530]);
  });

  test('fails with the same words for an unknown user and a wrong password', async (context) => {
    const rig = await withLogins(context);
    const client = await rig.client();
    await client.say('EHLO c.test');
    const wrong = await client.say(plain('alice', 'nonsense'));
    const unknown = await client.say(plain('mallory', 'nonsense'));
    expect(wrong).toEqual(unknown);
    expect(wrong.text).toBe('5.7.8 Authentication failed');
  });

  test('fails in about the same time for an unknown user and a wrong password', async () => {
    const policy = rigPolicy({ logins: [{ user: 'alice', passwordHash: await hashPassword('x') }] });
    const timed = async (user: string): Promise<number> => {
      const started = performance.now();
      expect(await checkLogin(policy, { user, password: 'nonsense', actAs: '' })).toMatchObject({ verified: false });
      return performance.now() - started;
    };
    expect(await timed('mallory')).toBeGreaterThan((await timed('alice')) / 5);
  });

  test('is asked for with 530 where it would help, and refused with 550 where it would not', async (context) => {
    const rig = await withLogins(context);
    const client = await rig.client();
    await sayAll(client, ['EHLO c.test', 'MAIL FROM:<alice@example.com>']);
    expect(await client.say('RCPT TO:<v@outside.test>')).toEqual({
      code: 530,
      text: '5.7.0 Authentication required for outbound mail',
    });
    await sayAll(client, ['RSET', 'MAIL FROM:<s@elsewhere.test>']);
    expect(await client.say('RCPT TO:<v@outside.test>')).toEqual({
      code: 550,
      text: '5.7.1 Relaying denied: mail from elsewhere to elsewhere is not for this client',
    });
  });

  test('cannot be proven on a listener that offers none, which always says 550', async (context) => {
    for (const options of [{ offerAuth: false }, { allowInsecureAuth: false }]) {
      const rig = await withLogins(context, options);
      const client = await rig.client();
      expect((await client.say('EHLO c.test')).text).not.toContain('AUTH');
      expect(await sayAll(client, [RIGHT, ...OUT])).toEqual([502, 250, 550]);
    }
  });

  test('cannot be proven where the policy has none', async (context) => {
    const rig = await startRig(context, { allowInsecureAuth: true });
    const client = await rig.client();
    expect((await client.say('EHLO c.test')).text).not.toContain('AUTH');
    expect((await client.say(RIGHT)).code).toBe(502);
  });

  test('is not taken inside a transaction, nor twice', async (context) => {
    const rig = await withLogins(context);
    const client = await rig.client();
    expect(
      await sayAll(client, [
        'EHLO c.test',
        'MAIL FROM:<alice@example.com>',
        RIGHT,
        'RCPT TO:<v@outside.test>',
        'RSET',
        RIGHT,
        RIGHT,
      ]),
    ).toEqual([250, 250, 503, 530, 250, 235, 503]);
  });

  test('survives RSET and ends with the connection', async (context) => {
    const rig = await withLogins(context);
    const client = await rig.client();
    expect(await sayAll(client, ['EHLO c.test', RIGHT, 'RSET', ...OUT])).toEqual([250, 235, 250, 250, 250]);
    const other = await rig.client();
    expect(await sayAll(other, ['EHLO c.test', ...OUT])).toEqual([250, 250, 530]);
  });
});

describe.concurrent('a login and TLS', () => {
  test('waits for TLS where the guard has it', async (context) => {
    const rig = await withLogins(context, { tls: selfSignedIdentity('guard.test') });
    const client = await rig.client();
    const before = await client.say('EHLO c.test');
    expect(before.text).toContain('STARTTLS');
    expect(before.text).not.toContain('AUTH');
    expect((await client.say(RIGHT)).code).toBe(538);
    expect((await client.say('STARTTLS')).code).toBe(220);
    await client.startTls();
    const after = await client.say('EHLO c.test');
    expect(after.text).toContain('AUTH PLAIN LOGIN');
    expect(after.text).not.toContain('STARTTLS');
    expect(await sayAll(client, [RIGHT, ...OUT, 'DATA', 'Subject: x\r\n\r\nx\r\n.'])).toEqual([
      235, 250, 250, 354, 250,
    ]);
    expect(rig.sink.messages()[0]?.data).toContain('with ESMTPSA id');
  });

  test('is forgotten at STARTTLS, with the greeting and the transaction', async (context) => {
    const rig = await withLogins(context, { tls: selfSignedIdentity('guard.test'), requireTlsForAuth: false });
    const client = await rig.client();
    expect(await sayAll(client, ['EHLO c.test', RIGHT, 'MAIL FROM:<alice@example.com>', 'STARTTLS'])).toEqual([
      250, 235, 250, 220,
    ]);
    await client.startTls();
    expect(await sayAll(client, ['RCPT TO:<v@outside.test>', ...OUT, 'EHLO c.test', ...OUT])).toEqual([
      503, 503, 503, 250, 250, 530,
    ]);
  });

  test('injected behind STARTTLS in the clear is never seen', async (context) => {
    const rig = await withLogins(context, { tls: selfSignedIdentity('guard.test') });
    const client = await rig.client();
    await client.say('EHLO c.test');
    client.write(`STARTTLS\r\nEHLO evil.test\r\n${RIGHT}\r\nMAIL FROM:<alice@example.com>\r\n`);
    expect((await client.next()).code).toBe(220);
    await client.startTls();
    expect((await client.say('RCPT TO:<v@outside.test>')).code).toBe(503);
    expect(await sayAll(client, ['EHLO c.test', ...OUT])).toEqual([250, 250, 530]);
  });

  test('is forgotten when a trusted peer hands the session over', async (context) => {
    const rig = await withLogins(context, { trustXclientFrom: ['127.0.0.1'] });
    const client = await rig.client();
    expect(await sayAll(client, ['EHLO c.test', RIGHT, 'XCLIENT NAME=client.test', 'EHLO c.test', ...OUT])).toEqual([
      250, 235, 220, 250, 250, 530,
    ]);
  });

  test('has TLS from the first byte where it is implicit', async (context) => {
    const rig = await withLogins(context, { tls: selfSignedIdentity('guard.test'), implicitTls: true });
    const client = await rig.client({ tls: true });
    expect((await client.say('EHLO c.test')).text).toContain('AUTH PLAIN LOGIN');
    expect((await client.say(RIGHT)).code).toBe(235);
    expect((await client.say('STARTTLS')).code).toBeGreaterThanOrEqual(500);
  });

  test('leaves no trace in the count of connections when it is over', async (context) => {
    const rig = await withLogins(context, {
      tls: selfSignedIdentity('guard.test'),
      limits: { connectionsPerClient: 1 },
    });
    for (let count = 0; count < 3; count += 1) {
      let client = await rig.client();
      await until('the end of the connection before', async () => {
        if (client.greeting.code !== 220) client = await rig.client();
        return client.greeting.code === 220;
      });
      expect(await sayAll(client, ['EHLO c.test', 'STARTTLS'])).toEqual([250, 220]);
      await client.startTls();
      expect(await sayAll(client, ['EHLO c.test', 'QUIT'])).toEqual([250, 221]);
      await client.ended;
    }
  });

  test('is not possible with a key that everybody knows: without an identity there is no STARTTLS', async (context) => {
    const rig = await withLogins(context);
    const client = await rig.client();
    expect((await client.say('EHLO c.test')).text).not.toContain('STARTTLS');
    expect((await client.say('STARTTLS')).code).toBeGreaterThanOrEqual(500);
  });
});
