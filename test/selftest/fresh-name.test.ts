import { expect, test } from 'vitest';
import { CALIBRATION_IDENTITIES } from '../../src/selftest/calibration-benches.ts';
import { selectScenarios } from '../../src/config/select-scenarios.ts';
import { auditGuard } from '../../src/selftest/guarded-audit.ts';
import { realSurroundings } from '../../src/audit/surroundings.ts';
import { SAME_TOP_LEVEL } from '../../src/judge/known-destination.ts';
import { policyFromSettings } from '../../src/policy/policy.ts';
import { PACE_INFO } from '../../src/probe/pace.ts';
import { catalogueFrom } from '../../src/config/inputs.ts';

test.each([
  ['auditor.zz', 'accepted', 'asked for, but gets no message'],
  ['auditor.example', 'relayed', 'gets a message'],
])('the fresh name in the top-level domain of %s is %s: it %s', async (domain, verdict) => {
  const { audit } = await auditGuard({
    policy: policyFromSettings({ domains: CALIBRATION_IDENTITIES.ownDomains }),
    defect: 'open-relay',
    catalogue: selectScenarios(catalogueFrom(undefined), ['third-party', SAME_TOP_LEVEL]),
    identities: { ...CALIBRATION_IDENTITIES, outside: `relayproof@${domain}`, fills: {} },
    vantages: [{ kind: 'proxy', address: '198.51.100.7', version: 1 }],
    login: null,
    pace: { ...PACE_INFO.fast, sentinelEvery: Infinity },
    waitMs: 250,
    surroundings: realSurroundings(),
    signal: new AbortController().signal,
    onEvent: () => undefined,
  });
  const verdicts = Object.fromEntries(audit.results.map((result) => [result.scenario, result.verdict]));
  expect(verdicts).toMatchObject({ 'third-party': 'relayed', [SAME_TOP_LEVEL]: verdict });
});
