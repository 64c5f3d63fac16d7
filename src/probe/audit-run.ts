import { setTimeout as pause } from 'node:timers/promises';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Probe } from '../session/plan.ts';
import { mostRefusals } from '../session/script.ts';
import { TranscriptBudget } from '../session/transcript-budget.ts';
import type { Transcript, Turn } from '../session/transcript.ts';
import { vantageLabel } from '../session/vantage.ts';
import { deferralOf, retryPauses } from './deferral.ts';
import type { PaceInfo } from './pace.ts';
import { refusalDelays, usualDelay } from './refusal-delay.ts';
import { RefusalBudget } from './refusal-budget.ts';
import type { SessionOptions } from './session-options.ts';
import { runSession } from './session-runner.ts';
import { standingOf, type Standing } from './standing.ts';
import { wasTurnedAway } from './turned-away.ts';

/** What happens in a run, as it happens: the dashboard and the progress line are listeners and nothing more. */
export type RunEvent =
  | { readonly kind: 'run-started'; readonly sessions: number; readonly longestMs: number }
  | { readonly kind: 'session-started'; readonly probe: Probe }
  | { readonly kind: 'turn'; readonly probe: Probe; readonly turn: Turn }
  | { readonly kind: 'session-ended'; readonly probe: Probe; readonly transcript: Transcript }
  | { readonly kind: 'waiting'; readonly milliseconds: number; readonly why: string }
  | { readonly kind: 'turned'; readonly turned: Turned }
  | { readonly kind: 'run-ended'; readonly finished: number; readonly aborted: boolean };

/** What is asked, and in which order. */
export interface RunPlan {
  /** Controls and the plain question of each flow. */
  readonly first: readonly Probe[];
  readonly rest: readonly Probe[];
  /** What an earlier run could tell: those probes are not asked again. */
  readonly known: readonly Transcript[];
  /** By vantage: the question that is asked again in between. Another answer than at first shows that we are treated otherwise now. */
  readonly sentinels: ReadonlyMap<string, Probe>;
  /** Whether a probe of the rest shows nothing new after what `first` has brought. */
  readonly isPointless: (probe: Probe, first: readonly Transcript[]) => boolean;
}

/** A vantage whose sentinel got another answer: what was asked since it was last well proves nothing. */
export interface Turned {
  readonly vantage: string;
  /** Ids of the sessions since the sentinel was last well. */
  readonly doubted: readonly string[];
  /** Ids of the probes that were not asked any more. */
  readonly unasked: readonly string[];
  readonly reason: string;
}

export interface RunResult {
  /** In the order of the plan. */
  readonly transcripts: readonly Transcript[];
  readonly turned: readonly Turned[];
  readonly pointless: readonly Probe[];
}

export interface RunOptions extends Omit<SessionOptions, 'onTurn' | 'refusalMs'> {
  readonly pace: PaceInfo;
  /** How long to wait in all for greylists, and each time for a rate limit, in milliseconds. */
  readonly patienceMs: number;
  /** Pause before a sentinel that turned, or a session that was turned away, is asked once more, in milliseconds. */
  readonly reprieveMs: number;
  readonly onEvent: (event: RunEvent) => void;
}

/**
 * Runs the sessions, some at a time. On abort the running sessions end at once, the others are not begun, and the
 * transcripts so far are handed back.
 */
export async function runAudit(
  plan: RunPlan,
  options: RunOptions,
  budget: TranscriptBudget = new TranscriptBudget(),
): Promise<RunResult> {
  const run = new AuditRun(plan, options, budget);
  return run.run();
}

class AuditRun {
  readonly #plan: RunPlan;
  readonly #options: RunOptions;
  readonly #limit: LimitFunction;
  readonly #budget: RefusalBudget;
  readonly #kept: TranscriptBudget;
  readonly #transcripts = new Map<string, Transcript>();
  readonly #turned: Turned[] = [];
  /** Why a vantage is not asked any more. */
  readonly #stopped = new Map<string, string>();
  #patienceMs: number;
  readonly #refusalDelays: number[] = [];

  constructor(plan: RunPlan, options: RunOptions, kept: TranscriptBudget) {
    this.#kept = kept;
    this.#plan = plan;
    this.#options = options;
    this.#limit = pLimit(options.pace.connections);
    this.#budget = new RefusalBudget(options.pace.refusals, options.monotonic);
    this.#patienceMs = options.patienceMs;
    for (const transcript of plan.known) this.#transcripts.set(transcript.id, transcript);
  }

  async run(): Promise<RunResult> {
    const { isPointless } = this.#plan;
    const isOpen = (probe: Probe): boolean => !this.#transcripts.has(probe.id);
    const first = this.#plan.first.filter(isOpen);
    const rest = this.#plan.rest.filter(isOpen);
    const { onEvent, signal, pace } = this.#options;
    const sessions = [...first, ...rest];
    const longestMs = this.#budget.longestMs(sessions.map(({ script }) => mostRefusals(script)));
    onEvent({ kind: 'run-started', sessions: sessions.length, longestMs });
    await this.#ask(first);
    await this.#askDeferredAgain(first);
    const soFar = [...this.#transcripts.values()];
    const pointless = rest.filter((probe) => isPointless(probe, soFar));
    const telling = rest.filter((probe) => !pointless.includes(probe));
    for (let from = 0; from < telling.length && !signal.aborted; from += pace.sentinelEvery) {
      await this.#askWatched(telling.slice(from, from + pace.sentinelEvery), telling.slice(from + pace.sentinelEvery));
    }
    await this.#askDeferredAgain(telling);
    const transcripts = [...this.#plan.first, ...this.#plan.rest].flatMap(
      (probe) => this.#transcripts.get(probe.id) ?? [],
    );
    onEvent({ kind: 'run-ended', finished: transcripts.length, aborted: signal.aborted });
    return { transcripts, turned: this.#turned, pointless };
  }

  /** Asks some probes, then looks at the sentinel of every vantage that was asked from. */
  async #askWatched(batch: readonly Probe[], later: readonly Probe[]): Promise<void> {
    const live = batch.filter((probe) => !this.#stopped.has(vantageLabel(probe.vantage)));
    await this.#ask(live);
    for (const [vantage, probes] of Map.groupBy(live, (probe) => vantageLabel(probe.vantage))) {
      if (this.#options.signal.aborted || (await this.#standingOf(vantage)) === 'let-in') continue;
      if (await this.#isLetInAgain(vantage)) {
        // It was passing trouble: what was asked in it is asked again.
        await this.#ask(probes);
        if ((await this.#standingOf(vantage)) === 'let-in') continue;
      }
      this.#stop(vantage, probes, later);
    }
  }

  /** Waits once, and on for as long as the patience lasts where the server asks to come later, as it does with a rate limit. */
  async #isLetInAgain(vantage: string): Promise<boolean> {
    const { patienceMs, reprieveMs } = this.#options;
    let waitedMs = 0;
    let why = `the control from ${vantage} was answered otherwise than before`;
    for (let pauseMs = reprieveMs; ; pauseMs = Math.min(3 * pauseMs + 1000, patienceMs - waitedMs)) {
      await this.#pause(pauseMs, why);
      waitedMs += pauseMs;
      const standing = await this.#standingOf(vantage);
      if (standing === 'let-in') return true;
      if (standing === 'kept-out' || waitedMs >= patienceMs) return false;
      why = `the server asks ${vantage} to come later, as with a limit on what one client may do in a time`;
    }
  }

  /** Asks as many at a time as the pace allows. Where the server turns some away, they come again, one at a time from then on. */
  async #ask(probes: readonly Probe[]): Promise<void> {
    await this.#askLimited(probes);
    let asked = probes;
    for (;;) {
      const away = asked.filter((probe) => this.#wasTurnedAway(probe));
      const [scout, ...others] = away;
      // Where nobody at all was let in, another way of asking changes nothing.
      if (scout === undefined || away.length === asked.length || this.#options.signal.aborted) return;
      const change = this.#limit.concurrency > 1 ? ', and is asked one at a time from now on' : '';
      this.#limit.concurrency = 1;
      await this.#pause(this.#options.reprieveMs, `the server turned ${away.length} sessions away${change}`);
      await this.#askLimited([scout]);
      if (this.#wasTurnedAway(scout)) return;
      await this.#askLimited(others);
      asked = away;
    }
  }

  async #askLimited(probes: readonly Probe[]): Promise<void> {
    await Promise.all(probes.map((probe) => this.#limit(() => this.#askOne(probe))));
  }

  #wasTurnedAway(probe: Probe): boolean {
    const transcript = this.#transcripts.get(probe.id);
    return transcript !== undefined && wasTurnedAway(transcript);
  }

  async #askOne(probe: Probe): Promise<void> {
    const { signal, onEvent } = this.#options;
    const waitMs = this.#budget.waitMs(mostRefusals(probe.script));
    if (waitMs > 0) await this.#pause(waitMs, 'refusals are kept under what gets an address banned');
    if (signal.aborted) return;
    onEvent({ kind: 'session-started', probe });
    const session = await runSession(probe, {
      ...this.#options,
      refusalMs: usualDelay(this.#refusalDelays),
      onTurn: (of, turn) => onEvent({ kind: 'turn', probe: of, turn }),
    });
    const transcript = this.#kept.keep(session);
    this.#budget.count(transcript);
    this.#refusalDelays.push(...refusalDelays(transcript));
    this.#transcripts.set(probe.id, transcript);
    onEvent({ kind: 'session-ended', probe, transcript });
  }

  /** Asks the sentinel's question; without one, or where it was never answered, nothing can turn. */
  async #standingOf(vantage: string): Promise<Standing> {
    const sentinel = this.#plan.sentinels.get(vantage);
    const before = sentinel === undefined ? undefined : this.#transcripts.get(sentinel.id);
    if (sentinel === undefined || before === undefined || before.asked.length === 0) return 'let-in';
    const now = await runSession(sentinel, {
      ...this.#options,
      refusalMs: usualDelay(this.#refusalDelays),
      canaryFor: () => null,
      onTurn: () => undefined,
    });
    return standingOf(before, now);
  }

  #stop(vantage: string, probes: readonly Probe[], later: readonly Probe[]): void {
    const reason = `the server answers otherwise than before: mail from ${vantage} that it took at first is not taken any more`;
    this.#stopped.set(vantage, reason);
    const unasked = later.filter((probe) => vantageLabel(probe.vantage) === vantage).map((probe) => probe.id);
    const turned = { vantage, doubted: probes.map((probe) => probe.id), unasked, reason };
    this.#turned.push(turned);
    this.#options.onEvent({ kind: 'turned', turned });
  }

  /** Greylists let a triplet pass the second time: the same questions again after the server's time, once. */
  async #askDeferredAgain(probes: readonly Probe[]): Promise<void> {
    const deferred = probes.filter((probe) => this.#deferralOf(probe) !== null);
    const [scout] = deferred;
    if (scout === undefined) return;
    for (const milliseconds of retryPauses(
      deferred.flatMap((probe) => this.#deferralOf(probe) ?? []),
      this.#patienceMs,
    )) {
      this.#patienceMs -= milliseconds;
      await this.#pause(milliseconds, `${deferred.length} questions were put off by the server`);
      if (this.#options.signal.aborted) return;
      await this.#askOne(scout);
      if (this.#deferralOf(scout) === null) {
        await this.#ask(deferred.slice(1));
        return;
      }
    }
  }

  #deferralOf(probe: Probe): ReturnType<typeof deferralOf> {
    const transcript = this.#transcripts.get(probe.id);
    return transcript === undefined ? null : deferralOf(transcript);
  }

  async #pause(milliseconds: number, why: string): Promise<void> {
    const { signal, onEvent } = this.#options;
    onEvent({ kind: 'waiting', milliseconds, why });
    try {
      await pause(milliseconds, undefined, { signal });
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
}
