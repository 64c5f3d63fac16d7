import { describe, expect, test } from 'vitest';
import { isHostAddress } from '../../src/target/endpoint.ts';
import { nameService, type NameService } from '../../src/target/name-service.ts';
import { findTargets, lookUpHosts, mustBeAllowed } from '../../src/target/find-targets.ts';
import { runProgram } from '../support/program.ts';
import { soundAnswer, startScriptServer } from '../support/script-server.ts';
import { changingDns } from '../support/changing-dns.ts';

/** A name service that knows these hosts, and counts what it is asked. */
function knowing(known: Readonly<Record<string, readonly string[]>>): NameService & { readonly asked: () => number } {
  let asked = 0;
  return {
    addresses: (host) => {
      asked += 1;
      return Promise.resolve(known[host] ?? []);
    },
    mailExchangers: () => Promise.resolve([]),
    reverseNames: () => Promise.resolve([]),
    texts: () => Promise.resolve([]),
    asked: () => asked,
  };
}

const lookUp = async (addresses: readonly string[], family: 4 | 6 | null = null) =>
  lookUpHosts(['mx.zz:2525'], { family, names: knowing({ 'mx.zz': addresses }) });

describe('a target', () => {
  test.each<readonly [readonly string[], boolean]>([
    [['127.0.0.1'], false],
    [['10.0.0.1', 'fd00::1'], false],
    [['::ffff:10.0.0.1'], false],
    [['8.8.8.8'], true],
    [['10.0.0.1', '8.8.8.8'], true],
    [['::1', '2a00::1'], true],
    [['::ffff:8.8.8.8'], true],
    [['2002:808:808::1'], true],
    [['64:ff9b::808:808'], true],
    [['64:ff9b::a00:1'], true],
  ])('with the addresses %j counts as public: %s', async (addresses, isPublic) => {
    const { hosts } = await lookUp(addresses);
    expect(hosts).toMatchObject([{ isPublic }]);
    const allowed = mustBeAllowed(hosts, { authorized: false, token: null, names: knowing({}) });
    if (isPublic) await expect(allowed).rejects.toThrow('--authorized-by');
    else await expect(allowed).resolves.toBeUndefined();
  });

  test('counts as public for an address of the other family, too', async () => {
    const { hosts } = await lookUp(['10.0.0.1', '2a00::1'], 4);
    expect(hosts).toMatchObject([{ addresses: ['10.0.0.1'], isPublic: true }]);
  });

  test.each(['0.0.0.0', '0.1.2.3', '224.0.0.1', '255.255.255.255', '::', 'ff02::1', '::ffff:0.0.0.0'])(
    'may not be at %s, which is the address of no single host',
    async (address) => {
      expect(isHostAddress(address)).toBe(false);
      await expect(lookUp([address])).rejects.toThrow(`mx.zz: ${address} is the address of no single host`);
      await expect(lookUp(['10.0.0.1', address])).rejects.toThrow('no single host');
    },
  );

  test.each([
    ['127.1', '127.0.0.1'],
    ['010.0.0.1', '8.0.0.1'],
    ['0x7f.1', '127.0.0.1'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
  ])('that is written %s is at %s for all that follows', async (written, address) => {
    expect(await nameService(null).addresses(written)).toEqual([address]);
  });

  test('is looked up once: what was checked is what is connected to', async () => {
    const names = knowing({ 'mx.zz': ['127.0.0.9'] });
    const { hosts } = await lookUpHosts(['mx.zz:2525'], { family: null, names });
    const targets = await findTargets(hosts, { tls: 'auto', signal: new AbortController().signal });
    expect(targets).toMatchObject([
      { host: 'mx.zz', endpoints: [{ host: 'mx.zz', address: '127.0.0.9', port: 2525 }] },
    ]);
    expect(names.asked()).toBe(1);
  });

  test('whose name leads elsewhere after the check is still asked at the address that was checked', async (context) => {
    const server = await startScriptServer(soundAnswer);
    context.onTestFinished(() => server.stop());
    const dns = await changingDns(['127.0.0.1', '192.0.2.1']);
    context.onTestFinished(dns.close);
    const { stdout } = await runProgram([
      'audit',
      `rebinding.test:${server.port}`,
      '--dns',
      `127.0.0.1:${dns.port}`,
      '--own-domain',
      'example.com',
      '--scenario',
      'third-party',
      '--wait',
      '0',
      '--json',
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ target: { host: 'rebinding.test', address: '127.0.0.1' } });
    expect(server.peers().length).toBeGreaterThan(1);
    expect(dns.questions()).toBe(1);
  }, 60_000);
});
