import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decide } from '../../src/policy/decide.ts';
import { policyFromSettings } from '../../src/policy/policy.ts';
import { requestOf, SEED, settingsOf, tableOf } from './arbitrary-policy.ts';
import { tableDecision } from './truth-table.ts';

/** Pairs of a policy and a request; the environment asks for a longer run. */
const PAIRS = Number(process.env['AGREEMENT_PAIRS'] ?? 100_000);
const REQUESTS_EACH = 20;

test('decide agrees with the literal truth table on random policies and requests', { timeout: 1_800_000 }, () => {
  const accepted = { accept: 0, refuse: 0 };
  fc.assert(
    fc.property(
      settingsOf,
      fc.array(requestOf, { minLength: REQUESTS_EACH, maxLength: REQUESTS_EACH }),
      (settings, requests) => {
        const policy = policyFromSettings(settings);
        const table = tableOf(settings);
        for (const request of requests) {
          const decision = decide(policy, request);
          expect(decision, JSON.stringify(request)).toEqual(tableDecision(table, request));
          accepted[decision.action] += 1;
        }
      },
    ),
    { seed: SEED, numRuns: Math.ceil(PAIRS / REQUESTS_EACH) },
  );
  // Both answers are well represented, or the agreement would prove little.
  expect(accepted.accept + accepted.refuse).toBeGreaterThanOrEqual(PAIRS);
  expect(Math.min(accepted.accept, accepted.refuse)).toBeGreaterThan(PAIRS / 5);
});
