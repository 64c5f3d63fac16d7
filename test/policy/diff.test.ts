import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressEntry } from '../../src/policy/address-entry.ts';
import { compileAddressList } from '../../src/policy/address-matcher.ts';
import { decide } from '../../src/policy/decide.ts';
import { diffPolicies } from '../../src/policy/diff.ts';
import type { Change } from '../../src/policy/diff.ts';
import { policyFromSettings } from '../../src/policy/policy.ts';
import type { PolicySettings } from '../../src/policy/settings.ts';
import { parseClientAddress } from '../../src/smtp/client-address.ts';
import { clientText, entryText, examplePolicy, requestOf, SEED, settingsOf } from './arbitrary-policy.ts';

const PAIRS = Number(process.env['DIFF_PAIRS'] ?? 1000);
/** A longer run that the environment asks for takes longer, in milliseconds. */
const TIMEOUT_MS = 30_000 * Math.max(1, PAIRS / 1000);

function holds(change: Change, ip: string): boolean {
  const address = parseClientAddress(ip);
  const entries = [...change.ipv4.patterns, ...change.ipv6.patterns].map(addressEntry);
  return address !== null && compileAddressList(entries).matches(address);
}

/** A policy and another that differs from it in a few settings only, as a change in a file does. */
const changed = fc
  .tuple(
    settingsOf,
    settingsOf,
    fc.subarray(
      [
        'domains',
        'users',
        'allowRelayFrom',
        'disallowRelayFrom',
        'restrictInternal',
        'restrictOutbound',
        'restrictRelay',
        'domainRestrictSend',
        'userRestrictSend',
      ] as const,
      { maxLength: 3 },
    ),
  )
  .map(([older, other, keys]): readonly [PolicySettings, PolicySettings] => {
    const taken = Object.fromEntries(keys.map((key) => [key, other[key]]));
    return [older, { ...older, ...taken }];
  });

describe('a diff of policies', () => {
  test('of a policy written differently is empty', () => {
    const one = examplePolicy({ users: ['a@example.com'] });
    const other = examplePolicy({
      domains: ['EXAMPLE.com.', 'example.com'],
      users: ['A@Example.com'],
      allowRelayFrom: [
        '::1',
        '127.0.0.0/9',
        '127.128.0.0/9',
        '192.168.0.0/16',
        '10.*.*.*',
        '172.16.0.0/12',
        '10.1.2.3',
      ],
      disallowRelayFrom: ['0.0.0.0/0', '::/0'],
      logins: [{ user: 'a', passwordHash: 'scrypt$16384$8$1$SALT$HASH' }],
    });
    expect(diffPolicies(one, other)).toEqual({ opens: [], closes: [] });
  });

  test('tells what a wider allow list opens, with a witness and the cause', () => {
    const diff = diffPolicies(examplePolicy(), examplePolicy({ allowRelayFrom: ['10.*.*.*', '203.0.113.7'] }));
    const opened = { ipv4: { count: '1', patterns: ['203.0.113.7'] }, ipv6: { count: '0', patterns: [] } };
    expect(diff.opens.map(({ flow, login, ipv4, ipv6, because }) => ({ flow, login, ipv4, ipv6, because }))).toEqual(
      [
        { flow: 'bounce', login: 'anonymous', ...opened, because: ['allowRelayFrom'] },
        { flow: 'internal', login: 'anonymous', ...opened, because: ['allowRelayFrom'] },
        { flow: 'outbound', login: 'anonymous', ...opened, because: ['allowRelayFrom'] },
      ].sort(
        (a, b) =>
          diff.opens.findIndex(({ flow }) => flow === a.flow) - diff.opens.findIndex(({ flow }) => flow === b.flow),
      ),
    );
    expect(diff.opens.find(({ flow }) => flow === 'outbound')?.witness).toEqual({
      ip: '203.0.113.7',
      login: null,
      from: 'sender@example.com',
      to: 'recipient@elsewhere.test',
    });
    expect(diff.closes.map(({ ipv6 }) => ipv6.patterns)).toEqual([['::1'], ['::1'], ['::1']]);
  });

  test('names all the settings that only together open something', () => {
    const off = { toListedIps: false, toAuthenticated: false };
    const diff = diffPolicies(examplePolicy(), examplePolicy({ restrictRelay: off, domainRestrictSend: false }));
    const relay = diff.opens.find(({ flow, login }) => flow === 'relay' && login === 'anonymous');
    expect(relay?.because).toEqual(['restrictRelay.toListedIps', 'domainRestrictSend']);
    expect(relay?.ipv4.patterns).toEqual(['0.0.0.0/0']);
    expect(diff.opens.find(({ flow, login }) => flow === 'relay' && login === 'authenticated')?.because).toEqual([
      'domainRestrictSend',
    ]);
    expect(diff.closes).toEqual([]);
  });

  test('sees a change of domains and of users', () => {
    const added = diffPolicies(examplePolicy(), examplePolicy({ domains: ['example.com', '*.example.org'] }));
    expect(added.opens.map(({ flow }) => flow)).toContain('inbound');
    expect(added.opens.every(({ because }) => because.join() === 'domains')).toBe(true);
    expect(added.opens.find(({ flow }) => flow === 'inbound')?.witness.to).toBe('recipient@host.example.org');
    const swapped = diffPolicies(
      examplePolicy({ userRestrictSend: true, users: ['a@example.com'] }),
      examplePolicy({ userRestrictSend: true, users: ['b@example.com'] }),
    );
    expect(swapped.opens.map(({ witness }) => witness.from)).toEqual(['b@example.com', 'b@example.com']);
    expect(swapped.closes.map(({ witness }) => witness.from)).toEqual(['a@example.com', 'a@example.com']);
  });

  test('is made of witnesses that one policy accepts and the other refuses', { timeout: TIMEOUT_MS }, () => {
    fc.assert(
      fc.property(changed, ([before, after]) => {
        const [older, newer] = [policyFromSettings(before), policyFromSettings(after)];
        const diff = diffPolicies(older, newer);
        for (const [changes, accepting, refusing] of [
          [diff.opens, newer, older],
          [diff.closes, older, newer],
        ] as const) {
          for (const change of changes) {
            expect(decide(accepting, change.witness).action).toBe('accept');
            expect(decide(refusing, change.witness).action).toBe('refuse');
            expect(change.because.length).toBeGreaterThan(0);
            expect(holds(change, change.witness.ip)).toBe(true);
            expect(change.login === 'anonymous').toBe(change.witness.login === null);
          }
        }
      }),
      { seed: SEED, numRuns: PAIRS },
    );
  });

  test('is empty if and only if decisions are equal', { timeout: TIMEOUT_MS }, () => {
    fc.assert(
      fc.property(changed, fc.array(requestOf, { minLength: 20, maxLength: 20 }), ([before, after], requests) => {
        const [older, newer] = [policyFromSettings(before), policyFromSettings(after)];
        const diff = diffPolicies(older, newer);
        for (const request of requests) {
          const [was, is] = [decide(older, request), decide(newer, request)];
          if (was.action === is.action) continue;
          const [accepted, changes] = is.action === 'accept' ? [is, diff.opens] : [was, diff.closes];
          const flow = accepted.flow === 'relay' && request.from === '' ? 'bounce' : accepted.flow;
          const login = request.login === null || request.login === '' ? 'anonymous' : 'authenticated';
          const told = changes.find((change) => change.flow === flow && change.login === login);
          expect(told !== undefined && holds(told, request.ip), JSON.stringify(request)).toBe(true);
        }
      }),
      { seed: SEED, numRuns: PAIRS },
    );
  });

  test(
    'against brute force: lists alone open and close exactly the addresses whose listing changes',
    { timeout: TIMEOUT_MS },
    () => {
      const list = fc.array(entryText, { minLength: 1, maxLength: 3 });
      fc.assert(
        fc.property(
          list,
          list,
          list,
          list,
          fc.array(clientText, { minLength: 30, maxLength: 30 }),
          (a, b, c, d, clients) => {
            const older = examplePolicy({ allowRelayFrom: a, disallowRelayFrom: b });
            const newer = examplePolicy({ allowRelayFrom: c, disallowRelayFrom: d });
            const diff = diffPolicies(older, newer);
            const find = (changes: readonly Change[]) =>
              changes.find(({ flow, login }) => flow === 'outbound' && login === 'anonymous');
            const [opened, closed] = [find(diff.opens), find(diff.closes)];
            for (const ip of clients) {
              const request = { ip, login: null, from: 'a@example.com', to: 'b@elsewhere.test' };
              const [was, is] = [decide(older, request).action, decide(newer, request).action];
              expect(opened !== undefined && holds(opened, ip)).toBe(was === 'refuse' && is === 'accept');
              expect(closed !== undefined && holds(closed, ip)).toBe(was === 'accept' && is === 'refuse');
            }
          },
        ),
        { seed: SEED, numRuns: PAIRS },
      );
    },
  );
});
