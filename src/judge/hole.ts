import type { Caught } from '../session/caught.ts';
import type { Transcript } from '../session/transcript.ts';
import type { FindingKind } from '../scenario/finding-kind.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { AuditResult } from './audit.ts';
import { asksOutside } from './caught-meaning.ts';
import { PLAIN_EQUIVALENT, PLAIN_UNDER_TLS } from './plain-equivalent.ts';

/** A result with everything that a finding may need of it. */
export interface JudgedSession {
  readonly scenario: Scenario;
  readonly result: AuditResult;
  readonly transcript: Transcript;
  readonly caught: readonly Caught[];
  /** The client address that the server should see, null where it is not known. */
  readonly clientAddress: string | null;
}

/** One thing that is wrong, however many sessions show it. */
export interface Hole {
  readonly kind: FindingKind;
  readonly scenario: Scenario;
  readonly login: string | null;
  /** Sessions of that very scenario, never empty. */
  readonly telling: readonly [JudgedSession, ...JudgedSession[]];
  /** Scenarios with a trick on top that show nothing beyond it. */
  readonly also: readonly string[];
}

/** How a session differs from what was right. */
type Difference = 'leaked' | 'swallowed' | 'refused';

/**
 * Sorts sessions that went wrong by the hole behind them. A trick that goes wrong where its plain equivalent goes wrong,
 * from the same place, belongs to the hole of that.
 */
export function holes(sessions: readonly JudgedSession[]): readonly Hole[] {
  const wrong = sessions.filter((session) => session.result.agrees === false);
  const plain = new Map(wrong.filter(isPlain).map((session) => [placeOf(session, session.scenario.id), session]));
  const homeOf = (session: JudgedSession): JudgedSession =>
    plainQuestionsOf(session)
      .flatMap((id) => plain.get(placeOf(session, id)) ?? [])
      .find((home) => showsNothingNew(session, home)) ?? session;
  const groups = Map.groupBy(wrong, (session) => {
    const home = homeOf(session);
    return `${differenceOf(home)} ${home.scenario.id} ${home.result.login ?? ''}`;
  });
  return [...groups.values()].flatMap((group) => {
    const [first, ...rest] = group.filter((session) => homeOf(session) === session);
    return first === undefined ? [] : [toHole([first, ...rest], group)];
  });
}

function toHole(telling: readonly [JudgedSession, ...JudgedSession[]], group: readonly JudgedSession[]): Hole {
  const [{ scenario, result }] = telling;
  const also = new Set(group.map((session) => session.scenario.id).filter((id) => id !== scenario.id));
  return { kind: kindOf(telling[0]), scenario, login: result.login, telling, also: [...also] };
}

function kindOf(session: JudgedSession): FindingKind {
  switch (differenceOf(session)) {
    case 'refused':
      return 'required-mail-refused';
    case 'swallowed':
      return session.caught.some(({ from }) => from === '') ? 'reflection' : 'discarded-relay';
    case 'leaked':
      // What was smuggled in is a message of its own, whoever it is for.
      if (session.transcript.smuggled !== null) return session.scenario.finds;
      return session.result.verdict === 'relayed' && !asksOutside(session.scenario)
        ? 'reflection'
        : session.scenario.finds;
  }
}

function differenceOf({ result }: JudgedSession): Difference {
  if (result.verdict === 'refused') return 'refused';
  return result.verdict === 'swallowed' ? 'swallowed' : 'leaked';
}

/** A trick that goes wrong as its plain equivalent does, or whose message only did not come out where the plain one did. */
function showsNothingNew(trick: JudgedSession, plain: JudgedSession): boolean {
  const [difference, known] = [differenceOf(trick), differenceOf(plain)];
  return difference === known || (difference === 'swallowed' && known === 'leaked');
}

function isPlain(session: JudgedSession): boolean {
  return plainQuestionsOf(session).includes(session.scenario.id);
}

/** Scenarios that ask for the same without the trick: in the clear, and inside TLS where the session was there. */
function plainQuestionsOf({ scenario, transcript }: JudgedSession): readonly string[] {
  const { flow } = scenario.declares;
  const began = transcript.turns.some((turn) => turn.kind === 'sent' && turn.stage === 'starttls');
  return [PLAIN_EQUIVALENT[flow] ?? [], (began ? PLAIN_UNDER_TLS[flow] : undefined) ?? []].flat();
}

/** The same scenario asked from the same place. */
function placeOf({ result }: JudgedSession, scenario: string): string {
  return `${scenario} ${result.vantage} ${result.login ?? ''}`;
}
