import pLimit from 'p-limit';
import { policyFromSettings, type Policy } from '../policy/policy.ts';
import type { Restriction } from '../policy/settings.ts';
import { PACE_INFO } from '../probe/pace.ts';
import { allScenarios, type Catalogue } from '../scenario/scenario.ts';
import { auditGuard } from './guarded-audit.ts';
import { realSurroundings } from '../audit/surroundings.ts';
import { disagreements, vantageOf, type Disagreement } from './verification.ts';
import { clientClasses, clientClassOf, type ClientClass } from '../policy/client-classes.ts';

/** What one part of the matrix came to. */
export interface MatrixResult {
  readonly policies: number;
  readonly sessions: number;
  readonly disagreements: readonly (Disagreement & { readonly policy: string })[];
}

/** The plain envelope of every flow. */
const PLAIN_SCENARIOS: ReadonlySet<string> = new Set([
  'inbound',
  'internal-colleague',
  'spoof-own-user',
  'third-party',
  'third-party-null-sender',
]);

const OWN_USER = 'alice@example.com';
/** Both families, inside and outside, whatever a policy says of them. */
const ADDRESSES = ['10.0.0.10', '127.0.0.1', '198.51.100.7', '203.0.113.9', '::1', '2001:db8::7'];

/** The kinds of address lists that tell the list rules apart. */
const LISTS: Readonly<
  Record<string, { readonly allowRelayFrom?: readonly string[]; readonly disallowRelayFrom?: readonly string[] }>
> = {
  'default lists': {},
  'blank allow list': { allowRelayFrom: [] },
  'deny-only list': { allowRelayFrom: ['10.0.0.0/8'], disallowRelayFrom: ['198.51.100.*', '2001:db8::/32'] },
  'IPv6 list': { allowRelayFrom: ['2001:db8::/32'], disallowRelayFrom: ['*'] },
};

const POLICIES_AT_A_TIME = 4;
const SESSIONS_AT_A_TIME = 30;

export interface MatrixPolicy {
  readonly name: string;
  readonly policy: Policy;
}

/** All 64 settings of the six switches, with and without the two sender restrictions, under each kind of list. */
export function matrixPolicies(): readonly MatrixPolicy[] {
  const policies: MatrixPolicy[] = [];
  for (const [lists, entries] of Object.entries(LISTS)) {
    for (let bits = 0; bits < 256; bits += 1) {
      const on = (bit: number): boolean => (bits & (1 << bit)) !== 0;
      const restriction = (bit: number): Restriction => ({ toListedIps: on(bit), toAuthenticated: on(bit + 1) });
      const policy = policyFromSettings({
        domains: ['example.com'],
        // Every other policy knows the sender, so that the restriction to users shows both ways.
        users: bits % 2 === 0 ? [OWN_USER] : ['somebody-else@example.com'],
        ...entries,
        restrictInternal: restriction(0),
        restrictOutbound: restriction(2),
        restrictRelay: restriction(4),
        domainRestrictSend: on(6),
        userRestrictSend: on(7),
      });
      policies.push({ name: `${lists}, switches ${bits.toString(2).padStart(8, '0')}`, policy });
    }
  }
  return policies;
}

/**
 * Asks live guards under every policy of the matrix the plain question of every flow, from every vantage class, with and
 * without a login.
 * @param part which of `parts` equal shares of the policies to run, from 0
 */
export async function runMatrix(
  catalogue: Catalogue,
  part: number,
  parts: number,
  signal: AbortSignal,
): Promise<MatrixResult> {
  const plain = plainCatalogue(catalogue);
  const share = matrixPolicies().filter((_, index) => index % parts === part);
  const limit = pLimit(POLICIES_AT_A_TIME);
  const results = await Promise.all(share.map((one) => limit(() => runPolicy(one, plain, signal))));
  return {
    policies: results.length,
    sessions: results.reduce((sum, result) => sum + result.sessions, 0),
    disagreements: results.flatMap((result) => result.disagreements),
  };
}

async function runPolicy(
  { name, policy }: MatrixPolicy,
  catalogue: Catalogue,
  signal: AbortSignal,
): Promise<Omit<MatrixResult, 'policies'>> {
  if (signal.aborted) return { sessions: 0, disagreements: [] };
  const classes = everyVantage(policy);
  const { audit } = await auditGuard({
    policy,
    defect: null,
    catalogue,
    identities: {
      ownDomains: policy.settings.domains,
      ownUsers: [OWN_USER],
      outside: 'relayproof@outside.test',
      from: 'stranger@sender.test',
      helo: 'client.sender.test',
      partner: null,
      hostNames: [],
      fills: {},
      weakLogins: [],
    },
    vantages: classes.map(vantageOf),
    login: { user: 'relayproof-verify', password: 'of-this-run-only' },
    prove: false,
    pace: { ...PACE_INFO.fast, sentinelEvery: Infinity, connections: SESSIONS_AT_A_TIME },
    waitMs: 0,
    surroundings: realSurroundings(),
    signal,
    onEvent: () => undefined,
  });
  // The author's word is about the default lists and switches; `verify` compares it scenario by scenario.
  const found = disagreements(audit.results, catalogue, policy, classes);
  return { sessions: audit.summary.sessions, disagreements: found.map((one) => ({ ...one, policy: name })) };
}

/** The fixed addresses, and those that the policy's own entries bring. */
function everyVantage(policy: Policy): readonly ClientClass[] {
  const known = new Map(clientClasses(policy).map((one) => [one.address, one]));
  for (const address of ADDRESSES) {
    const one = clientClassOf(policy, address);
    if (one !== null) known.set(address, one);
  }
  return [...known.values()];
}

function plainCatalogue(catalogue: Catalogue): Catalogue {
  const families = catalogue.families.map((family) => ({
    ...family,
    scenarios: family.scenarios.filter(({ id }) => PLAIN_SCENARIOS.has(id)),
  }));
  const kept = { families: families.filter(({ scenarios }) => scenarios.length > 0) };
  const found = allScenarios(kept).length;
  if (found !== PLAIN_SCENARIOS.size)
    throw new Error(`the catalogue has ${found} of the ${PLAIN_SCENARIOS.size} plain scenarios`);
  return kept;
}
