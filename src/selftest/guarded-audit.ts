import { startCatcher } from '../catcher/catcher.ts';
import type { DefectName } from '../guard/defects.ts';
import type { GuardOptions } from '../guard/guard-options.ts';
import { UNMETERED } from '../guard/limits.ts';
import { startGuard } from '../guard/guard.ts';
import { hashPassword } from '../policy/password-hash.ts';
import { policyFromSettings, type Policy } from '../policy/policy.ts';
import { DEFAULT_DEADLINES } from '../probe/deadlines.ts';
import type { PaceInfo } from '../probe/pace.ts';
import type { RunEvent } from '../probe/audit-run.ts';
import type { Catalogue } from '../scenario/scenario.ts';
import type { Vantage } from '../session/vantage.ts';
import type { Credentials } from '../smtp/sasl.ts';
import type { AuditIdentities, Surroundings } from '../audit/request.ts';
import { CaughtList } from '../catcher/caught-source.ts';
import { performAudit, type PerformedAudit } from '../audit/perform.ts';

export interface GuardedAuditRequest {
  readonly policy: Policy;
  readonly defect: DefectName | null;
  readonly catalogue: Catalogue;
  readonly identities: AuditIdentities;
  readonly vantages: readonly Vantage[];
  readonly login: Credentials | null;
  /** What is otherwise about the guard than its name and the proxy on this host. */
  readonly guard?: Pick<GuardOptions, 'name' | 'tls' | 'requireTlsForAuth' | 'trustProxyFrom'>;
  /** Whether scenarios that could harm or annoy are run, too. @default false */
  readonly intrusive?: boolean;
  /** Whether accepted questions go on to a message. @default true */
  readonly prove?: boolean;
  readonly pace: PaceInfo;
  readonly waitMs: number;
  readonly surroundings: Surroundings;
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

const LOOPBACK = '127.0.0.1';
/** A cheap hash: this login lives as long as the run, and every session proves it. */
const QUICK_HASH = { N: 2, r: 1, p: 1 };

/** Audits a guard of our own on loopback, with a catcher as its next hop. Client addresses are claimed by PROXY header. */
export async function auditGuard(request: GuardedAuditRequest): Promise<PerformedAudit> {
  const { surroundings, policy, login } = request;
  const caught = new CaughtList();
  const clock = (): number => surroundings.now().getTime();
  const catcher = await startCatcher({
    host: LOOPBACK,
    port: 0,
    onCaught: caught.add,
    clock,
    maxWithCanary: Infinity,
    maxWithoutCanary: Infinity,
  });
  caught.filledBy(catcher);
  const guard = await startGuard({
    policy: login === null ? policy : await withLogin(policy, login),
    listen: { host: LOOPBACK, port: 0 },
    name: GUARD_NAME,
    nextHop: { host: LOOPBACK, port: catcher.port },
    trustProxyFrom: [LOOPBACK],
    allowInsecureAuth: true,
    // The guard's limits protect it from strangers; here every session is ours.
    limits: { ...UNMETERED, connections: Infinity },
    clock,
    defect: request.defect,
    ...request.guard,
  });
  try {
    return await performAudit({
      ...request,
      target: { host: LOOPBACK, address: LOOPBACK, port: guard.port },
      insecureLogin: true,
      tls: 'off',
      tlsCa: null,
      prove: request.prove !== false,
      intrusive: request.intrusive === true,
      caught: request.prove === false ? null : caught,
      deadlines: DEFAULT_DEADLINES,
      patienceMs: 0,
      reprieveMs: 0,
      authorizedBy: null,
      isGuard: true,
      previous: null,
    });
  } finally {
    await guard.close();
    await catcher.close();
  }
}

const GUARD_NAME = 'guard.relayproof.example';

/** The policy with one more login, whose password only this run knows. */
async function withLogin(policy: Policy, login: Credentials): Promise<Policy> {
  const others = policy.settings.logins.filter(({ user }) => user !== login.user);
  const passwordHash = await hashPassword(login.password, QUICK_HASH);
  return policyFromSettings({ ...policy.settings, logins: [...others, { user: login.user, passwordHash }] });
}
