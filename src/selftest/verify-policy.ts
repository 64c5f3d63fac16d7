import { randomBytes } from 'node:crypto';
import type { Policy } from '../policy/policy.ts';
import type { RunEvent } from '../probe/audit-run.ts';
import { PACE_INFO } from '../probe/pace.ts';
import type { Catalogue } from '../scenario/scenario.ts';
import { plainDomainOf } from '../audit/names.ts';
import { auditGuard } from './guarded-audit.ts';
import { realSurroundings } from '../audit/surroundings.ts';
import { disagreements, hasDefaultRules, vantageOf } from './verification.ts';
import type { VerificationFacts } from './verification-text.ts';
import { clientClasses } from '../policy/client-classes.ts';

export const VERIFY_CONNECTIONS = 40;
/** The guard hands a message on before it answers, so a canary is there at once or never. */
const WAIT_MS = 250;

export interface VerifyRequest {
  readonly catalogue: Catalogue;
  /** Sessions at a time. */
  readonly connections: number;
  readonly signal: AbortSignal;
  readonly onEvent: (event: RunEvent) => void;
}

/** Runs every scenario from every vantage class against the guard under a policy; `file` is the policy's name in reports. */
export async function verifyPolicy(
  file: string,
  policy: Policy,
  { catalogue, connections, signal, onEvent }: VerifyRequest,
): Promise<VerificationFacts> {
  const classes = clientClasses(policy);
  const own = plainDomainOf(policy.settings.domains);
  const users = policy.settings.users.filter((user) => user.endsWith(`@${own}`));
  const { audit } = await auditGuard({
    policy,
    defect: null,
    catalogue,
    identities: {
      ownDomains: policy.settings.domains,
      ownUsers: users,
      outside: 'relayproof@outside.test',
      from: 'stranger@sender.test',
      helo: 'client.sender.test',
      partner: 'partner.test',
      reverseName: 'dynamic-7.sender.test',
      hostNames: ['mx.target.test'],
      fills: {
        'outside-literal': '[198.51.100.99]',
        'mx-domain': 'backup.test',
        'listed-address': classes.find(({ listed }) => listed)?.address ?? '127.0.0.1',
        autoresponder: `robot@${own}`,
        'expanding-alias': `everybody@${own}`,
      },
      weakLogins: [
        { user: 'admin', password: randomBytes(9).toString('hex') },
        { user: 'test', password: randomBytes(9).toString('hex') },
      ],
    },
    vantages: classes.map(vantageOf),
    intrusive: true,
    login: { user: 'relayproof-verify', password: randomBytes(18).toString('hex') },
    pace: { ...PACE_INFO.fast, sentinelEvery: Infinity, connections },
    waitMs: WAIT_MS,
    surroundings: realSurroundings(),
    signal,
    onEvent,
  });
  const found = disagreements(audit.results, catalogue, policy, classes);
  return { policy: file, audit, classes, found, authorAsked: hasDefaultRules(policy.settings) };
}
