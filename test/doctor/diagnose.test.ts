import { describe, expect, test } from 'vitest';
import { diagnose, type Check, type MachineFacts } from '../../src/doctor/diagnose.ts';
import { runProgram } from '../support/program.ts';

const GOOD: MachineFacts = {
  node: 'v24.0.0',
  now: new Date('2026-11-24T10:00:00Z'),
  installed: new Date('2026-11-01T10:00:00Z'),
  addresses: [
    { address: '198.51.100.7', family: 4, scope: 'global' },
    { address: '2001:db8::7', family: 6, scope: 'global' },
  ],
  defaultRoute: { ipv4: true, ipv6: true },
  blocker: null,
  catchRefusal: null,
  namespaceRefusal: null,
  servers: ['Postfix'],
  nameServers: ['10.0.0.53'],
  dns: null,
};

function check(changes: Partial<MachineFacts>, name: string): Check {
  const found = diagnose({ ...GOOD, ...changes }).find((one) => one.name === name);
  if (found === undefined) throw new Error(`no check ${name}`);
  return found;
}

describe('the doctor', () => {
  test('has nothing to say against a good machine', () => {
    expect(diagnose(GOOD).map(({ state }) => state)).toEqual(GOOD_STATES);
  });

  test.each<[string, Partial<MachineFacts>, string, Check['state'], RegExp]>([
    ['a clock before the installation', { now: new Date('2020-01-01') }, 'clock', 'fail', /set the clock/],
    ['a clock far ahead', { now: new Date('2077-01-01') }, 'clock', 'warn', /is that so/],
    ['no address', { addresses: [] }, 'addresses', 'fail', /servers on this host/],
    ['no route', { defaultRoute: { ipv4: false, ipv6: false } }, 'addresses', 'warn', /only servers of this network/],
    [
      'an IPv6 address of the own network alone',
      { addresses: [{ address: 'fd00::2', family: 6, scope: 'local' }] },
      'ipv6',
      'warn',
      /lists that forget IPv6/,
    ],
    ['a provider that blocks mail', { blocker: 'Amazon EC2' }, 'port 25 out', 'warn', /relayproof lab/],
    ['a silent name server', { dns: { server: '10.0.0.53:53', failure: 'ETIMEOUT' } }, 'dns', 'fail', /--dns/],
    ['no name server', { nameServers: [] }, 'dns', 'warn', /--dns/],
    ['a port 25 that is not for this user', { catchRefusal: 'not-permitted' }, 'catching on port 25', 'warn', /1023/],
    ['a port 25 that is taken', { catchRefusal: 'taken' }, 'catching on port 25', 'warn', /another address/],
    ['no right to namespaces', { namespaceRefusal: 'not permitted' }, 'namespaces', 'warn', /NET_ADMIN/],
    ['no server', { servers: [] }, 'servers', 'warn', /recipes/],
  ])('sees %s', (_what, changes, name, state, advice) => {
    const found = check(changes, name);
    expect(found.state).toBe(state);
    expect(found.advice).toMatch(advice);
  });

  test('is content with a name server that answers', () => {
    expect(check({ dns: { server: '10.0.0.53:53', failure: null } }, 'dns')).toMatchObject({
      state: 'ok',
      says: '10.0.0.53:53 answers',
    });
  });

  test('tells of this machine, and ends with 3 where a name server does not answer', async () => {
    const good = await runProgram(['doctor', '--json']);
    const { checks }: { readonly checks: readonly Check[] } = JSON.parse(good.stdout);
    expect(checks.map(({ name }) => name)).toEqual(diagnose(GOOD).map(({ name }) => name));
    expect(checks.find(({ name }) => name === 'node')?.says).toMatch(/^v\d/);

    const { code, stdout } = await runProgram(['doctor', '--dns', '127.0.0.1:9'], {});
    expect(code).toBe(3);
    expect(stdout).toMatch(/^fail {2}dns {2,}127\.0\.0\.1:9: \w+/mu);
  });
});

const GOOD_STATES: readonly Check['state'][] = ['ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok'];
