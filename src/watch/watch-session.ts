import type { Audit } from '../judge/audit.ts';
import type { RunEvent } from '../probe/audit-run.ts';
import type { CaughtSource } from '../catcher/caught-source.ts';
import { prepareAudit, type AskingOptions, type CommonRequest, type PreparedAudit } from '../audit/prepare.ts';
import type { TargetHost } from '../target/find-targets.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../document/usage-error.ts';
import { runWatched, type Records } from './watched-run.ts';

/** What to do next, and what set it off. */
export interface WatchJob {
  /** Ids of scenarios to ask again; null asks everything. */
  readonly scenarios: readonly string[] | null;
  readonly why: string;
}

/** Somebody who shows what a watch does. */
export interface WatchObserver {
  /** Files were read and the host, as it was asked for, was looked up. */
  readonly prepared: (host: string, target: TargetHost, common: CommonRequest) => void;
  readonly preparing: (why: string) => void;
  readonly began: (job: WatchJob) => void;
  readonly event: (endpoint: string, event: RunEvent) => void;
  readonly judged: (audit: Audit) => void;
  readonly finished: (audit: Audit, job: WatchJob) => void;
  /** Nothing could be asked, and why. */
  readonly failed: (problems: readonly string[]) => void;
  /** When the next run begins by itself, in milliseconds from now; null if it does not. */
  readonly resting: (nextRunMs: number | null) => void;
}

export interface WatchOptions {
  readonly asking: AskingOptions;
  readonly caught: CaughtSource | null;
  /** Time between the end of a run and the next, in milliseconds; null waits for a key or a file. */
  readonly everyMs: number | null;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
}

/** Audits one host again and again, one run at a time. */
export class WatchSession {
  readonly #options: WatchOptions;
  readonly #observer: WatchObserver;
  #host: string;
  #prepared: PreparedAudit | null;
  #records: Records = new Map();
  #lastFinished: Audit | null = null;
  #running: AbortController | null = null;
  #pending: WatchJob | null = null;
  #wake: () => void = () => undefined;

  /** @param prepared what was prepared already for the first run */
  constructor(host: string, prepared: PreparedAudit, options: WatchOptions, observer: WatchObserver) {
    this.#host = host;
    this.#prepared = prepared;
    this.#options = options;
    this.#observer = observer;
  }

  /** The last audit that came to its end. */
  get lastFinished(): Audit | null {
    return this.#lastFinished;
  }

  /** Runs until the signal aborts. */
  async run(): Promise<void> {
    const { signal } = this.#options;
    const wake = (): void => {
      this.#running?.abort();
      this.#wake();
    };
    signal.addEventListener('abort', wake);
    try {
      for (
        let job: WatchJob | null = { scenarios: null, why: 'start' };
        job !== null && !signal.aborted;
        job = await this.#next()
      ) {
        await this.#perform(job);
      }
    } finally {
      signal.removeEventListener('abort', wake);
    }
  }

  /** Asks for a run. One of everything cuts the present run short; one of a part waits for its end. */
  ask(job: WatchJob): void {
    if (this.#pending?.scenarios !== null || job.scenarios === null) this.#pending = job;
    if (job.scenarios === null) this.#running?.abort();
    this.#wake();
  }

  /** Goes on with another host. */
  turnTo(host: string): void {
    this.#host = host;
    this.#records = new Map();
    this.#lastFinished = null;
    this.#prepared = null;
    this.#pending = null;
    this.ask({ scenarios: null, why: 'another target' });
  }

  async #perform(job: WatchJob): Promise<void> {
    const running = new AbortController();
    this.#running = running;
    try {
      await this.#audit(job, AbortSignal.any([running.signal, this.#options.signal]));
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      this.#observer.failed(error.message.split('\n'));
    } finally {
      this.#running = null;
    }
  }

  async #audit(job: WatchJob, signal: AbortSignal): Promise<void> {
    const known = this.#prepared;
    this.#observer.preparing(job.why);
    // A whole run reads policy and catalogue again: they may be what changed.
    const prepared = known !== null && (job.scenarios !== null || job.why === 'start') ? known : await this.#prepare();
    const [target] = prepared.targets;
    if (target === undefined) throw new UsageError(prepared.unknown);
    this.#prepared = prepared;
    if (known !== prepared || job.why === 'start') this.#observer.prepared(this.#host, target, prepared.common);
    if (signal.aborted) return;
    this.#observer.began(job);
    const { audit, records } = await runWatched({
      target,
      common: prepared.common,
      scenarios: job.scenarios,
      before: this.#records,
      signal,
      onEvent: this.#observer.event,
      onJudged: this.#observer.judged,
    });
    if (signal.aborted) return;
    this.#records = records;
    this.#lastFinished = audit;
    this.#observer.finished(audit, job);
  }

  async #prepare(): Promise<PreparedAudit> {
    const { asking, caught, terminal } = this.#options;
    // A domain's MX hosts were asked for and confirmed at the start.
    return prepareAudit([this.#host], { ...asking, mx: undefined }, caught, terminal);
  }

  /** Waits for the next job; null when the watch ends. */
  async #next(): Promise<WatchJob | null> {
    const { everyMs, signal } = this.#options;
    if (this.#pending === null && !signal.aborted) {
      this.#observer.resting(everyMs);
      await new Promise<void>((resolve) => {
        const timer =
          everyMs === null ? undefined : setTimeout(() => this.ask({ scenarios: null, why: 'the clock' }), everyMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = () => undefined;
    }
    const job = this.#pending;
    this.#pending = null;
    return signal.aborted ? null : job;
  }
}
