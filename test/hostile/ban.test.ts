import { describe, expect, test, type TestContext } from 'vitest';
import { exitCodeOf } from '../../src/terminal/exit-code.ts';
import { performAudit } from '../../src/audit/perform.ts';
import { prepareAudit } from '../../src/audit/prepare.ts';
import { startGuard } from '../../src/guard/guard.ts';
import type { Audit } from '../../src/judge/audit.ts';
import { policyFromSettings } from '../../src/policy/policy.ts';
import type { RunEvent } from '../../src/probe/audit-run.ts';
import { DEFAULT_DEADLINES } from '../../src/probe/deadlines.ts';
import { PACE_INFO, type PaceInfo } from '../../src/probe/pace.ts';
import { outcomeOf } from '../../src/judge/outcome.ts';
import { textReport } from '../../src/report/text.ts';
import { startBanningProxy, type Jail } from '../support/banning-proxy.ts';
import { quietTerminal } from '../support/quiet-terminal.ts';

const FAIL2BAN: Jail = { ban: 'refused', maxRetry: 5, findTimeMs: 600_000 };

interface BannedAudit {
  readonly audit: Audit;
  readonly events: readonly RunEvent[];
  readonly banned: boolean;
}

/** Audits a closed guard behind the jail. */
async function auditBehind(
  context: TestContext,
  jail: Jail,
  pace: PaceInfo,
  scenario: readonly string[],
): Promise<BannedAudit> {
  const guard = await startGuard({
    policy: policyFromSettings({
      domains: ['example.com'],
      users: ['alice@example.com'],
      allowRelayFrom: ['10.99.0.1'],
    }),
    listen: { host: '127.0.0.1', port: 0 },
    nextHop: { host: '127.0.0.1', port: 9 },
  });
  context.onTestFinished(() => guard.close());
  const proxy = await startBanningProxy({ host: '127.0.0.1', port: guard.port }, jail);
  context.onTestFinished(() => proxy.stop());
  const { targets, common } = await prepareAudit(
    [`127.0.0.1:${proxy.port}`],
    {
      ownDomain: ['example.com'],
      ownUser: ['alice@example.com'],
      vantage: [],
      wait: 0,
      scenario,
      pace: 'normal',
      confirm: [],
      patience: 0,
      deadlines: { ...DEFAULT_DEADLINES, banner: 1000, command: 1000 },
    },
    null,
    quietTerminal(),
  );
  const [endpoint] = targets.flatMap(({ endpoints }) => endpoints);
  if (endpoint === undefined) throw new Error('no endpoint to audit');
  const { tls, ...target } = endpoint;
  const events: RunEvent[] = [];
  const { audit } = await performAudit({
    ...common,
    pace,
    reprieveMs: 50,
    target,
    tls,
    previous: null,
    onEvent: (event) => events.push(event),
  });
  return { audit, events, banned: proxy.isBanned() };
}

describe('a ban after five refusals', () => {
  test.for(['refused', 'dropped'] as const)(
    'by packets that are %s is noticed and named, and the audit never says closed',
    { timeout: 60_000 },
    async (ban, context) => {
      const { audit, events, banned } = await auditBehind(context, { ...FAIL2BAN, ban }, PACE_INFO.normal, []);
      expect(banned).toBe(true);
      expect(exitCodeOf(outcomeOf(audit, 'medium'))).toBe(3);
      expect(events.filter(({ kind }) => kind === 'turned')).toHaveLength(1);
      // What came after the ban is no refusal, and few questions were wasted on it.
      const asked = audit.results.filter(({ transcript }) => transcript !== null);
      expect(asked.length).toBeLessThan(30);
      expect(audit.results.filter(({ verdict }) => verdict === 'refused').length).toBeLessThanOrEqual(6);
      const report = textReport([audit], { color: false, width: 100, failOn: 'medium' });
      expect(report).toContain('COULD NOT TELL');
      expect(report).not.toContain('CLOSED');
      expect(report.replaceAll(/\s+/g, ' ')).toContain(
        "A ban, likely: exempt the auditor's address (fail2ban: ignoreip)",
      );
    },
  );

  test('is not earned at a polite pace, and the audit is completed', { timeout: 60_000 }, async (context) => {
    const windowMs = 400;
    const polite: PaceInfo = { ...PACE_INFO.polite, refusals: { most: 4, windowMs } };
    const jail: Jail = { ...FAIL2BAN, findTimeMs: windowMs };
    const chosen = ['third-party-relay', 'spoofed-domain', 'session-state'];
    const { audit, events, banned } = await auditBehind(context, jail, polite, chosen);
    expect(banned).toBe(false);
    expect(exitCodeOf(outcomeOf(audit, 'medium'))).toBe(0);
    expect(audit.results.filter(({ verdict }) => verdict === 'refused').length).toBeGreaterThan(20);
    const [begun] = events;
    expect(begun).toMatchObject({ kind: 'run-started', longestMs: expect.any(Number) });
    // The same jail bans who asks the same at the usual pace.
    expect((await auditBehind(context, jail, PACE_INFO.normal, chosen)).banned).toBe(true);
  });
});
