import { expect, test } from 'vitest';
import { decide } from '../../src/policy/decide.ts';
import type { Policy } from '../../src/policy/policy.ts';
import { examplePolicy } from '../policy/arbitrary-policy.ts';
import { longList, randomOctets } from './long-list.ts';

/** Clients over the whole IPv4 space; each iteration decides on all of them. */
const CLIENTS = 4096;

test('a decision under 100,000 entries, 1,000 of them no contiguous range, beside one under 10', async ({ bench }) => {
  const octets = randomOctets(4 * CLIENTS, 7);
  const clients = Array.from({ length: CLIENTS }, (_, index) => octets.slice(index * 4, index * 4 + 4).join('.'));
  const decideAll = (policy: Policy) => (): void => {
    for (const ip of clients) decide(policy, { ip, login: null, from: 'a@elsewhere.test', to: 'b@elsewhere.test' });
  };
  const results = await bench.compare(
    bench('10 entries', decideAll(examplePolicy({ allowRelayFrom: longList(10, 1) }))),
    bench('100,000 entries', decideAll(examplePolicy({ allowRelayFrom: longList(100_000, 1_000) }))),
  );
  expect(results.get('100,000 entries').period).toBeGreaterThan(0);
});
