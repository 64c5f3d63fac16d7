import type { DefectName } from '../guard/defects.ts';
import type { Audit } from '../judge/audit.ts';
import { judgeAudit, type RunRecord } from '../judge/judge-audit.ts';
import { policyFromSettings } from '../policy/policy.ts';
import { PACE_INFO } from '../probe/pace.ts';
import type { Catalogue, Scenario } from '../scenario/scenario.ts';
import type { Vantage } from '../session/vantage.ts';
import type { Credentials } from '../smtp/sasl.ts';
import type { Surroundings } from '../audit/request.ts';
import { auditGuard } from './guarded-audit.ts';
import type { progressListener } from '../terminal/progress.ts';

/** Listed and unlisted clients of both families under the default policy; the unlisted are documentation addresses. */
const claimed = (address: string): Vantage => ({ kind: 'proxy', address, version: 1 });
const STRANGERS = ['198.51.100.7', '2001:db8::7'].map(claimed);
const EVERYBODY = [...['10.0.0.10', '::1'].map(claimed), ...STRANGERS];
const LOGIN: Credentials = { user: 'alice', password: 'correct-horse-battery' };

const POLICY = policyFromSettings({ domains: ['example.com'], users: ['alice@example.com', 'bob@example.com'] });

export const DEMO_DEFECT: DefectName = 'trusts-own-sender';

/** Time that a canary gets to come out; the guard hands on before it answers, so what comes is there at once. */
const WAIT_MS = 250;

export interface DemoOptions {
  readonly catalogue: Catalogue;
  readonly surroundings: () => Surroundings;
  /** What is judged and shown of a run. */
  readonly shown: (record: RunRecord) => RunRecord;
  readonly signal: AbortSignal;
  readonly listener: (title: string) => ReturnType<typeof progressListener>;
}

/** The two audits of the demo: a sound guard, and one that trusts whoever names an own sender. */
export async function runDemo(options: DemoOptions): Promise<{ readonly sound: Audit; readonly defective: Audit }> {
  const catalogue = withoutRaces(options.catalogue);
  const audit = async (
    defect: DefectName | null,
    vantages: readonly Vantage[],
    login: Credentials | null,
    title: string,
  ): Promise<Audit> => {
    const { record } = await auditGuard({
      policy: POLICY,
      defect,
      catalogue,
      identities: {
        ownDomains: POLICY.settings.domains,
        ownUsers: POLICY.settings.users,
        outside: 'relayproof@example.net',
        from: 'stranger@example.org',
        helo: 'client.example.org',
        partner: 'partner.example',
        reverseName: 'dynamic-7.example.org',
        weakLogins: [
          { user: 'admin', password: 'admin' },
          { user: 'test', password: 'test' },
        ],
      },
      vantages,
      login,
      pace: { ...PACE_INFO.fast, connections: 40, sentinelEvery: Infinity },
      waitMs: WAIT_MS,
      surroundings: options.surroundings(),
      signal: options.signal,
      onEvent: options.listener(title),
    });
    return judgeAudit(options.shown(record), catalogue, POLICY);
  };
  return {
    sound: await audit(null, EVERYBODY, LOGIN, 'a guard with the default policy'),
    defective: await audit(DEMO_DEFECT, STRANGERS, null, 'a guard that trusts any sender of its own domain'),
  };
}

/**
 * Who talks before the greeting is turned away in one way or another, as it happens, and odd bytes take their time; the
 * demo is quick and tells the same every time. `verify` asks it all.
 */
function withoutRaces(catalogue: Catalogue): Catalogue {
  const families = catalogue.families.map((family) => ({
    ...family,
    scenarios: family.scenarios.filter(speaksInTurn),
  }));
  return { families: families.filter(({ scenarios }) => scenarios.length > 0) };
}

function speaksInTurn({ begins, steps }: Scenario): boolean {
  return (
    begins === 'greeted' && steps.every(({ send }) => send.every(({ kind }) => kind === 'line' || kind === 'message'))
  );
}

/** Whether the demo showed what it is there to show: the sound guard clean, and of the other exactly its defect. */
export function demoHolds({ sound, defective }: { readonly sound: Audit; readonly defective: Audit }): boolean {
  const kinds = new Set(defective.findings.map((finding) => finding.id));
  const clean = sound.findings.length === 0 && sound.results.every((result) => result.verdict !== 'inconclusive');
  return clean && kinds.size === 1 && kinds.has('spoofed-domain-send');
}
