import { compileOwnDomains } from '../policy/own-domains.ts';
import type { Policy } from '../policy/policy.ts';
import type { Caught } from '../session/caught.ts';
import type { Transcript } from '../session/transcript.ts';
import { namesOfVariant } from '../session/variant.ts';
import { fillText } from '../scenario/placeholder.ts';
import { allScenarios, type Catalogue, type Scenario } from '../scenario/scenario.ts';
import { asksOutside, caughtMeaning, isOfOutside, type OwnPlaces } from './caught-meaning.ts';
import { agrees, expectationFor, type Expectation } from './expectation.ts';
import { observe } from './observe.ts';
import type { RunRecord } from './run-record.ts';
import { withLoginsWanted } from './submission.ts';
import type { Verdict } from './verdict.ts';
import { LONGEST_EXTENSION_MS, settleUnseen, takenAtMs, watchMissingMs, type Watch } from './watching.ts';
import type { CaughtMeaning } from './observed-by.ts';

/** A session with what came out of it, what it shows by itself, and what was right. */
export interface ObservedSession {
  readonly scenario: Scenario;
  readonly transcript: Transcript;
  readonly caught: readonly Caught[];
  readonly expected: Expectation;
  readonly verdict: Verdict;
}

/** Every session of a run whose scenario the catalogue knows, before the controls are asked whether it is believed. */
export function observeRun(record: RunRecord, catalogue: Catalogue, policy: Policy | null): readonly ObservedSession[] {
  const scenarios = new Map(allScenarios(catalogue).map((scenario) => [scenario.id, scenario]));
  const ownDomains = compileOwnDomains(record.ownDomains);
  const caughtBy = Map.groupBy(record.caught, (caught) => caught.canary);
  const places = { ownDomains, controlsWentTo: controlDestinations(record, scenarios, caughtBy) };
  const sessions = record.transcripts.flatMap((transcript) => {
    const scenario = scenarios.get(transcript.scenario);
    if (scenario === undefined) return [];
    const caught = [transcript.canary, transcript.smuggled].flatMap((token) =>
      token === null ? [] : (caughtBy.get(token) ?? []),
    );
    const expected = expectationOf(scenario, transcript, record, policy);
    const verdict = observeSession({ scenario, transcript, expected }, caughtBy, record, places);
    return [{ scenario, transcript, caught, expected, verdict }];
  });
  return withLoginsWanted(sessions, record.target.port);
}

/** How long mail for the outside mailbox took that had to come out, and how it was watched for. */
export function watchOf(record: RunRecord, sessions: readonly ObservedSession[]): Watch {
  const { faults, until } = record.catching;
  const delays = sessions.flatMap((session) => (isOutsideControl(session) ? delayMs(session, record) : []));
  // Who wrote down a message was watching then.
  const seen = record.caught.map(({ at }) => Date.parse(at)).filter(Number.isFinite);
  const last = seen.length === 0 ? null : seen.reduce((a, b) => Math.max(a, b));
  return {
    faults,
    slowestMs: delays.length === 0 ? null : delays.reduce((a, b) => Math.max(a, b)),
    untilMs: until === null ? last : Date.parse(until),
  };
}

/** The verdict on the session, or another where it rests on nothing but that a message was not seen. */
export function settleIfUnseen(session: ObservedSession, verdict: Verdict, watch: Watch): Verdict {
  return isUnseen(verdict, session) ? settleUnseen(verdict, session.transcript, matters(session), watch) : verdict;
}

/** Milliseconds for which watching on may still tell something of a run, 0 where it tells nothing. */
export function watchLeftMs(record: RunRecord, catalogue: Catalogue, policy: Policy | null): number {
  const sessions = observeRun(record, catalogue, policy);
  const watch = watchOf(record, sessions);
  const missing = sessions.flatMap((session) =>
    isUnseen(session.verdict, session) && matters(session) ? (watchMissingMs(session.transcript, watch) ?? []) : [],
  );
  return Math.min(
    LONGEST_EXTENSION_MS,
    missing.reduce((a, b) => Math.max(a, b), 0),
  );
}

/** Neither out, nor back, nor in an own mailbox: whatever came out of such a session would have told more. */
function isUnseen(verdict: Verdict, { caught }: ObservedSession): boolean {
  return verdict.kind === 'swallowed' && caught.length === 0;
}

/** Whether it would have been wrong of the message to come out. */
function matters({ scenario, expected }: Pick<ObservedSession, 'scenario' | 'expected'>): boolean {
  return agrees(expected, { kind: 'relayed', class: null }, asksOutside(scenario)) === false;
}

function isOutsideControl({ scenario, expected, verdict }: ObservedSession): boolean {
  const isDue = scenario.role === 'positive-control' || expected.answer === 'accept';
  return isDue && asksOutside(scenario) && verdict.kind === 'relayed';
}

/** How long the message took from end of data to the outside mailbox; nothing where it went elsewhere. */
function delayMs({ transcript, caught }: ObservedSession, { names, catching }: RunRecord): readonly number[] {
  const out = caught.find(({ to }) => isOfOutside(to, names));
  const seenAt = catching.seenAt[transcript.canary ?? ''] ?? out?.at;
  const delay = seenAt === undefined ? NaN : Date.parse(seenAt) - takenAtMs(transcript);
  return out === undefined || Number.isNaN(delay) ? [] : [Math.max(0, delay)];
}

function observeSession(
  { scenario, transcript, expected }: Pick<ObservedSession, 'scenario' | 'transcript' | 'expected'>,
  caughtBy: ReadonlyMap<string | null, readonly Caught[]>,
  record: RunRecord,
  places: OwnPlaces,
): Verdict {
  const names = namesOfVariant(record.names, transcript.variant);
  const meaningOf = (one: Caught): CaughtMeaning => caughtMeaning(one, scenario, names, places);
  // What may come out for that mailbox need not be told from what an own user forwards there.
  const isDoubtful = matters({ scenario, expected });
  return observe(transcript, {
    caught: transcript.canary === null ? [] : (caughtBy.get(transcript.canary) ?? []),
    unread: (caughtBy.get(null) ?? []).filter(({ to }) => isOfOutside(to, record.names)).length,
    watched: record.watched,
    meaningOf: (one) => {
      const meaning = meaningOf(one);
      return meaning === 'forwarded' && !isDoubtful ? 'relayed' : meaning;
    },
    asksOutside: asksOutside(scenario),
    smuggled: transcript.smuggled === null ? [] : (caughtBy.get(transcript.smuggled) ?? []),
    // Other scenarios greet as the audit does, which is no question of theirs.
    asksAboutGreeting: scenario.helo !== '{helo}',
    closingRefuses: scenario.closing === 'refusal',
    asksAboutContent: asksAboutContent(scenario),
  });
}

/** Where mail came out that strangers wrote to own users. */
function controlDestinations(
  { transcripts }: RunRecord,
  scenarios: ReadonlyMap<string, Scenario>,
  caughtBy: ReadonlyMap<string | null, readonly Caught[]>,
): readonly string[] {
  return transcripts.flatMap(({ scenario: id, canary }) => {
    const scenario = scenarios.get(id);
    const isControl = scenario?.role === 'positive-control' && !asksOutside(scenario);
    return isControl && canary !== null ? (caughtBy.get(canary) ?? []).map(({ to }) => to) : [];
  });
}

function expectationOf(
  scenario: Scenario,
  transcript: Transcript,
  record: RunRecord,
  policy: Policy | null,
): Expectation {
  const filled = fillText(scenario.declares.sender, namesOfVariant(record.names, transcript.variant));
  return expectationFor({
    scenario,
    sender: filled.kind === 'filled' ? filled.text : '',
    clientAddress: record.vantageAddresses[transcript.vantage] ?? transcript.localAddress,
    login: transcript.login,
    policy,
    isGuard: record.isGuard,
  });
}

/** Odd bytes or an odd message are the question: a refusal of them is no refusal for another reason. */
function asksAboutContent({ message, steps }: Scenario): boolean {
  return message !== null || steps.some(({ send }) => send.some(({ kind }) => kind === 'raw'));
}
