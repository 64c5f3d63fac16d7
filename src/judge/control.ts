import type { Role } from '../scenario/scenario.ts';
import type { Verdict } from './verdict.ts';

/** A session whose right answer is known beforehand, and how it went. */
export interface Control {
  readonly scenario: string;
  readonly role: Exclude<Role, 'probe'>;
  readonly vantage: string;
  readonly login: string | null;
  readonly verdict: Verdict;
  /** Positive: the server accepted what it must accept, or demands a login from everybody. Catch-all: it refused a mailbox that does not exist. */
  readonly valid: boolean;
}

/** One answered probe, as controls look at it. */
export interface Observation {
  readonly scenario: string;
  readonly vantage: string;
  readonly login: string | null;
  readonly verdict: Verdict;
}

export function toControl(observation: Observation, role: Control['role']): Control {
  const { kind } = observation.verdict;
  if (role === 'catch-all-control') return { ...observation, role, valid: kind === 'refused' };
  const accepted = kind === 'accepted' || kind === 'relayed' || kind === 'swallowed';
  return { ...observation, role, valid: accepted || demandsLogin(observation.verdict) };
}

/** A submission server refuses all strangers, and says why (RFC 6409 §4.3): that is no ban and needs no other control. */
function demandsLogin({ kind, class: meaning }: Verdict): boolean {
  return kind === 'refused' && meaning === 'authentication-required';
}

/**
 * The positive control that stands beside a probe: the same vantage, and the same login or at least none.
 * A valid one is taken where there are several.
 */
export function positiveControlFor(
  probe: Pick<Observation, 'vantage' | 'login'>,
  controls: readonly Control[],
): Control | null {
  const candidates = controls.filter(
    (control) =>
      control.role === 'positive-control' && control.vantage === probe.vantage && control.login === probe.login,
  );
  return candidates.find((control) => control.valid) ?? candidates[0] ?? null;
}

/** Whether the server is known to accept any mailbox of its domains, from that vantage. */
export function acceptsAnyMailbox(probe: Pick<Observation, 'vantage'>, controls: readonly Control[]): boolean {
  return controls.some((control) => {
    const { kind } = control.verdict;
    return (
      control.role === 'catch-all-control' &&
      control.vantage === probe.vantage &&
      (kind === 'accepted' || kind === 'swallowed' || kind === 'relayed')
    );
  });
}

/** Takes back a refusal that no valid control stands beside: if everything is refused, a refusal proves nothing. */
export function believe(verdict: Verdict, control: Control | null, proved: boolean): Verdict {
  if (verdict.kind !== 'refused' && verdict.kind !== 'masked') return verdict;
  if (control === null)
    return { ...verdict, kind: 'inconclusive', reason: `no control stood beside it: ${verdict.reason}` };
  if (!control.valid) {
    return {
      ...verdict,
      kind: 'inconclusive',
      reason: `mail that must be accepted is refused, too (${control.verdict.reason}), so this refusal proves nothing`,
    };
  }
  const late = verdict.stage === 'data' || verdict.stage === 'end-of-data';
  if (late && !demandsLogin(control.verdict) && control.verdict.stage !== 'end-of-data') {
    const reason = `no control got as far as end of data: ${verdict.reason}`;
    // Without messages no control ever gets there: then the question is out of reach, and nothing is wrong.
    return { ...verdict, kind: proved ? 'inconclusive' : 'masked', reason };
  }
  return verdict;
}
