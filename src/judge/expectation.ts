import { decideDeclared, type Decision } from '../policy/decide.ts';
import type { Policy, RuleName } from '../policy/policy.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Verdict } from './verdict.ts';

/** What the server should have done. `local-only`: accepting is right as long as the message never leaves the server; `either`: nobody told us. */
export interface Expectation {
  readonly answer: 'accept' | 'refuse' | 'local-only' | 'either';
  /** `policy`: computed · `form`: a guard passes plain addresses and sound sessions only · `safe-answer`: right on any server. */
  readonly basis: 'policy' | 'form' | 'safe-answer';
  /** Rules that a refusal rests on. */
  readonly violated: readonly RuleName[];
}

export interface ExpectationFacts {
  readonly scenario: Pick<Scenario, 'declares' | 'safe'>;
  /** The declared sender with its placeholders filled. */
  readonly sender: string;
  /** The client address that the server should see; null where it is not known. */
  readonly clientAddress: string | null;
  readonly login: string | null;
  readonly policy: Policy | null;
  /** The target is relayproof's own guard, which refuses every ambiguous form. */
  readonly isGuard: boolean;
}

export function expectationFor(facts: ExpectationFacts): Expectation {
  const { flow, form, protocol } = facts.scenario.declares;
  const isPlain = form === 'plain' && protocol === 'kept' && flow !== 'none';
  if (!isPlain && facts.isGuard) return { answer: 'refuse', basis: 'form', violated: [] };
  const decision = decisionFor(facts);
  if (decision !== null && isPlain) return { answer: decision.action, basis: 'policy', violated: decision.violated };
  // Whoever may use the flow anyway gains nothing by a trick.
  if (decision?.action === 'accept') return { answer: 'either', basis: 'policy', violated: [] };
  const { safe } = facts.scenario;
  const staysInside = flow === 'inbound' || flow === 'internal';
  const answer = safe === 'policy' || (safe === 'local-only' && staysInside) ? 'either' : safe;
  return { answer, basis: 'safe-answer', violated: [] };
}

function decisionFor({ scenario, policy, clientAddress, login, sender }: ExpectationFacts): Decision | null {
  const { flow } = scenario.declares;
  if (policy === null || clientAddress === null || flow === 'none') return null;
  return decideDeclared(policy, { ip: clientAddress, login, flow, sender });
}

/** Whether the server did what it should; null where that cannot be said. */
export function agrees(
  expectation: Expectation,
  verdict: Pick<Verdict, 'kind' | 'class'>,
  leaves: boolean,
): boolean | null {
  const { answer, basis } = expectation;
  switch (verdict.kind) {
    case 'relayed':
      // What was asked for the inside and came out was passed on by a trick.
      return leaves && (answer === 'accept' || answer === 'either');
    case 'accepted':
      return answer === 'accept' || answer === 'either';
    case 'swallowed':
      return answer === 'refuse' ? false : answer === 'accept' ? null : true;
    case 'refused':
      // Which mailboxes there are is not for a policy to say.
      if (answer === 'accept' && basis === 'policy' && verdict.class === 'recipient-unknown') return null;
      // A submission server owes strangers nothing.
      if (answer === 'accept' && basis === 'safe-answer' && verdict.class === 'authentication-required') return null;
      return answer !== 'accept';
    default:
      return null;
  }
}
