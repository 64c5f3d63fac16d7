import { describe, expect, test } from 'vitest';
import type { GuardOptions } from '../../src/guard/guard-options.ts';
import { selfSignedIdentity } from '../../src/smtp/self-signed.ts';
import { LISTED, MESSAGE, UNLISTED, startRig } from './rig.ts';
import type { Rig } from './rig.ts';
import type { ClientOptions } from './client.ts';

const SPOOF = ['MAIL FROM:<alice@example.com>', 'RCPT TO:<v@outside.test>'];
const v1 = (address: string, family = address.includes(':') ? 6 : 4): string =>
  `PROXY TCP${family} ${address} ${family === 6 ? '::1' : '127.0.0.1'} 40000 25\r\n`;
const v2 = (address: readonly number[], command = 0x21): Buffer =>
  Buffer.concat([
    Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1'),
    Buffer.from([command, 0x11, 0, 12, ...address, 127, 0, 0, 1, 0, 1, 0, 25]),
  ]);

/** A session that asks for what only listed clients get: the code of the reply to RCPT, 0 when the connection was closed. */
async function ask(rig: Rig, client: Omit<ClientOptions, 'port'>, before: readonly string[]): Promise<number> {
  const session = await rig.client(client);
  let code = session.greeting.code;
  for (const line of ['EHLO client.test', ...before, ...SPOOF]) {
    if (code === 0) return 0;
    ({ code } = await session.say(line));
  }
  return code;
}

interface Case {
  readonly title: string;
  readonly options?: Partial<GuardOptions>;
  readonly client?: Omit<ClientOptions, 'port'>;
  readonly before?: readonly string[];
  readonly code: number;
}

const TRUSTS_PROXY = { trustProxyFrom: [UNLISTED] };
const TRUSTS_XCLIENT = { trustXclientFrom: [UNLISTED] };

const CASES: readonly Case[] = [
  // The address of the socket
  { title: 'a listed peer', client: { from: LISTED }, code: 250 },
  { title: 'an unlisted peer', code: 550 },
  // PROXY from somebody who is not named
  { title: 'PROXY 1 that claims a listed client', client: { first: v1('10.1.2.3') }, code: 0 },
  { title: 'PROXY 1 that claims loopback', client: { first: v1('127.0.0.2') }, code: 0 },
  { title: 'PROXY 1 over IPv6 that claims loopback', client: { first: v1('::1') }, code: 0 },
  { title: 'PROXY 1 that claims a mapped client', client: { first: v1('::ffff:10.1.2.3') }, code: 0 },
  { title: 'PROXY 2 that claims a listed client', client: { first: v2([10, 1, 2, 3]) }, code: 0 },
  { title: 'PROXY 2 LOCAL', client: { first: v2([10, 1, 2, 3], 0x20) }, code: 0 },
  { title: 'PROXY UNKNOWN', client: { first: 'PROXY UNKNOWN\r\n' }, code: 0 },
  { title: 'PROXY later in the session', before: [v1('10.1.2.3').trim()], code: 550 },
  { title: 'PROXY from a listed peer that claims another', client: { from: LISTED, first: v1('10.1.2.3') }, code: 0 },
  // PROXY from the proxy that is named
  { title: 'a named proxy with a listed client', options: TRUSTS_PROXY, client: { first: v1('10.1.2.3') }, code: 250 },
  {
    title: 'a named proxy with an unlisted client',
    options: TRUSTS_PROXY,
    client: { first: v1('198.51.100.9') },
    code: 550,
  },
  {
    title: 'a named proxy with an IPv6 client',
    options: TRUSTS_PROXY,
    client: { first: v1('2001:db8::9') },
    code: 550,
  },
  {
    title: 'a named proxy with a mapped listed client',
    options: TRUSTS_PROXY,
    client: { first: v1('::ffff:10.1.2.3') },
    code: 250,
  },
  {
    title: 'a named proxy with a mapped client in hex',
    options: TRUSTS_PROXY,
    client: { first: v1('::ffff:0a01:0203') },
    code: 250,
  },
  {
    title: 'a named proxy with a mapped unlisted client',
    options: TRUSTS_PROXY,
    client: { first: v1('::ffff:198.51.100.9') },
    code: 550,
  },
  {
    title: 'a named proxy, version 2, with a listed client',
    options: TRUSTS_PROXY,
    client: { first: v2([10, 1, 2, 3]) },
    code: 250,
  },
  {
    title: 'a named proxy, version 2, with an unlisted client',
    options: TRUSTS_PROXY,
    client: { first: v2([198, 51, 100, 9]) },
    code: 550,
  },
  {
    title: 'a named proxy that tells no address',
    options: { trustProxyFrom: [LISTED] },
    client: { from: LISTED, first: 'PROXY UNKNOWN\r\n' },
    code: 550,
  },
  {
    title: 'a named proxy that speaks for itself',
    options: { trustProxyFrom: [LISTED] },
    client: { from: LISTED, first: v2([10, 1, 2, 3], 0x20) },
    code: 550,
  },
  {
    title: 'a named proxy with a header that is none',
    options: TRUSTS_PROXY,
    client: { first: 'EHLO client.test\r\n' },
    code: 0,
  },
  {
    title: 'a named proxy with an address that is none',
    options: TRUSTS_PROXY,
    client: { first: v1('10.1.2.999') },
    code: 0,
  },
  {
    title: 'a client behind the proxy that sends a second header',
    options: TRUSTS_PROXY,
    client: { first: v1('198.51.100.9') },
    before: [v1('10.1.2.3').trim()],
    code: 550,
  },
  {
    title: 'a proxy named in mapped form',
    options: { trustProxyFrom: ['::ffff:127.0.0.1'] },
    client: { first: v1('10.1.2.3') },
    code: 250,
  },
  {
    title: 'another peer than the named proxy',
    options: { trustProxyFrom: ['127.0.0.3'] },
    client: { first: v1('10.1.2.3') },
    code: 0,
  },
  // XCLIENT
  { title: 'XCLIENT from anybody', before: ['XCLIENT ADDR=10.1.2.3', 'EHLO client.test'], code: 550 },
  {
    title: 'XCLIENT from a listed peer that is not named',
    client: { from: LISTED },
    before: ['XCLIENT ADDR=198.51.100.9'],
    code: 250,
  },
  { title: 'XCLIENT with a login from anybody', before: ['XCLIENT LOGIN=alice', 'EHLO client.test'], code: 550 },
  {
    title: 'XCLIENT from a named peer, listed client',
    options: TRUSTS_XCLIENT,
    before: ['XCLIENT ADDR=10.1.2.3', 'EHLO client.test'],
    code: 250,
  },
  {
    title: 'XCLIENT from a named peer, unlisted client',
    options: { trustXclientFrom: [LISTED] },
    client: { from: LISTED },
    before: ['XCLIENT ADDR=198.51.100.9', 'EHLO client.test'],
    code: 550,
  },
  {
    title: 'XCLIENT from a named peer, IPv6 client',
    options: TRUSTS_XCLIENT,
    before: ['XCLIENT ADDR=IPV6:2001:db8::9', 'EHLO client.test'],
    code: 550,
  },
  {
    title: 'XCLIENT from a named peer, mapped client',
    options: TRUSTS_XCLIENT,
    before: ['XCLIENT ADDR=IPV6:::ffff:10.1.2.3', 'EHLO client.test'],
    code: 250,
  },
  {
    title: 'XCLIENT with a login but no proof of it',
    options: TRUSTS_XCLIENT,
    before: ['XCLIENT ADDR=198.51.100.9 LOGIN=alice', 'EHLO client.test'],
    code: 550,
  },
  {
    title: 'a second XCLIENT, by the client that was handed over',
    options: TRUSTS_XCLIENT,
    before: ['XCLIENT ADDR=198.51.100.9', 'EHLO client.test', 'XCLIENT ADDR=10.1.2.3', 'EHLO client.test'],
    code: 550,
  },
  {
    title: 'XCLIENT without the address of its client',
    options: { trustXclientFrom: [LISTED] },
    client: { from: LISTED },
    before: ['XCLIENT NAME=client.test ADDR=[UNAVAILABLE]', 'XCLIENT ADDR=198.51.100.9', 'EHLO client.test'],
    code: 550,
  },
  {
    title: 'XCLIENT by a client behind a proxy that is named for both',
    options: { ...TRUSTS_PROXY, ...TRUSTS_XCLIENT },
    client: { first: v1('198.51.100.9') },
    before: ['XCLIENT ADDR=10.1.2.3', 'EHLO client.test'],
    code: 550,
  },
  {
    title: 'XCLIENT by a proxied client that claims the named address',
    options: { ...TRUSTS_PROXY, trustXclientFrom: ['198.51.100.9'] },
    client: { first: v1('198.51.100.9') },
    before: ['XCLIENT ADDR=10.1.2.3', 'EHLO client.test'],
    code: 550,
  },
  // What a client merely says
  { title: 'XFORWARD from anybody', before: ['XFORWARD ADDR=10.1.2.3'], code: 550 },
  {
    title: 'XFORWARD from a peer named for XCLIENT',
    options: TRUSTS_XCLIENT,
    before: ['XFORWARD ADDR=10.1.2.3'],
    code: 550,
  },
  { title: 'a HELO name of a listed literal', before: ['EHLO [10.1.2.3]'], code: 550 },
  { title: 'a HELO name of the own domain', before: ['EHLO example.com'], code: 550 },
  { title: 'a HELO name of localhost', before: ['HELO localhost'], code: 550 },
];

describe.concurrent('the client address that the policy is asked about', () => {
  test.for(CASES)('$title: $code', async ({ options, client, before, code }, context) => {
    const rig = await startRig(context, options);
    expect(await ask(rig, client ?? {}, before ?? [])).toBe(code);
  });

  test('is shown in the reply to EHLO and in the Received field', async (context) => {
    const rig = await startRig(context, TRUSTS_PROXY);
    const client = await rig.client({ first: v1('::ffff:10.1.2.3') });
    expect((await client.say('EHLO client.test')).text).toMatch(/^guard\.invalid greets \[10\.1\.2\.3\]/);
    for (const line of ['MAIL FROM:<s@elsewhere.test>', 'RCPT TO:<bob@example.com>', 'DATA', MESSAGE])
      await client.say(line);
    expect(rig.sink.messages()[0]?.data).toMatch(
      /^Received: from client\.test \(\[10\.1\.2\.3\]\)\r\n\tby guard\.invalid with ESMTP id [0-9a-f-]+;\r\n\t\w{3}, .+ \+0000\r\n/,
    );
  });

  test('is waited for no longer than the limit', async (context) => {
    const rig = await startRig(context, { ...TRUSTS_PROXY, limits: { proxyHeaderMs: 60 } });
    const client = await rig.client();
    expect(client.greeting.code).toBe(0);
  });

  test('comes before the TLS handshake where TLS is implicit', async (context) => {
    const rig = await startRig(context, { ...TRUSTS_PROXY, tls: selfSignedIdentity('guard.test'), implicitTls: true });
    expect(await ask(rig, { first: v1('10.1.2.3'), tls: true }, [])).toBe(250);
    expect(await ask(rig, { first: v1('198.51.100.9'), tls: true }, [])).toBe(550);
  });
});
