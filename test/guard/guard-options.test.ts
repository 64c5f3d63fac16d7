import { describe, expect, test } from 'vitest';
import { startGuard } from '../../src/guard/guard.ts';
import { GuardConfigError, checkGuardOptions } from '../../src/guard/guard-options.ts';
import type { GuardOptions } from '../../src/guard/guard-options.ts';
import { rigPolicy } from './rig.ts';

const SAFE: GuardOptions = {
  policy: rigPolicy(),
  listen: { host: '127.0.0.1', port: 0 },
  nextHop: { host: '127.0.0.1', port: 2525 },
};

function problemsOf(options: GuardOptions): readonly string[] {
  try {
    checkGuardOptions(options);
    return [];
  } catch (error) {
    return error instanceof GuardConfigError ? error.problems : ['another error'];
  }
}

describe('options of a guard', () => {
  const safe: readonly (readonly [string, Partial<GuardOptions>])[] = [
    ['loopback and a next hop', {}],
    ['IPv6', { listen: { host: '::1', port: 25 } }],
    ['all addresses, when that is meant', { listen: { host: '0.0.0.0', port: 25 }, onAllAddresses: true }],
    ['proxies by address', { trustProxyFrom: ['127.0.0.1', '2001:db8::1'], trustXclientFrom: ['::1'] }],
    ['a function as next hop', { nextHop: () => Promise.resolve({ kind: 'delivered' }) }],
  ];
  test.for(safe)('are taken: %s', ([, changes]) => {
    expect(problemsOf({ ...SAFE, ...changes })).toEqual([]);
  });

  const unsafe: readonly (readonly [string, Partial<GuardOptions>, RegExp])[] = [
    ['no next hop', { nextHop: { host: '', port: 25 } }, /a next hop is needed/],
    ['a next hop without a port', { nextHop: { host: 'mail.test', port: Number.NaN } }, /a next hop is needed/],
    ['a port beyond 65535', { nextHop: { host: 'mail.test', port: 65_536 } }, /a next hop is needed/],
    ['itself as next hop', { listen: { host: '127.0.0.1', port: 2525 } }, /the guard itself/],
    ['all IPv4 addresses', { listen: { host: '0.0.0.0', port: 25 } }, /all addresses/],
    ['all IPv6 addresses', { listen: { host: '::', port: 25 } }, /all addresses/],
    ['all IPv6 addresses, written at length', { listen: { host: '0:0:0:0:0:0:0:0', port: 25 } }, /all addresses/],
    ['a name to listen on', { listen: { host: 'mail.test', port: 25 } }, /no IP address/],
    ['every proxy', { trustProxyFrom: ['*'] }, /no single address/],
    ['a network of proxies', { trustProxyFrom: ['10.0.0.0/8'] }, /no single address/],
    ['a wildcard of proxies', { trustXclientFrom: ['10.*.*.*'] }, /no single address/],
    ['proxies by name', { trustXclientFrom: ['localhost'] }, /no single address/],
    ['implicit TLS without an identity', { implicitTls: true }, /a key and a certificate/],
    ['a name that would forge header fields', { name: 'guard\r\nX: y' }, /a host name/],
  ];
  test.for(unsafe)('are refused: %s', ([, changes, problem]) => {
    const problems = problemsOf({ ...SAFE, ...changes });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  test('are refused with all that is wrong at once, before anything listens', async () => {
    const wrong = { ...SAFE, trustProxyFrom: ['*'], listen: { host: '::', port: 0 }, implicitTls: true };
    await expect(startGuard(wrong)).rejects.toThrow(GuardConfigError);
    expect(problemsOf(wrong)).toHaveLength(3);
  });

  test('that name a taken port fail as Node says', async () => {
    const guard = await startGuard(SAFE);
    await expect(startGuard({ ...SAFE, listen: { host: '127.0.0.1', port: guard.port } })).rejects.toThrow(
      /EADDRINUSE/,
    );
    await guard.close();
  });
});
