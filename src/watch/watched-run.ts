import type { Audit } from '../judge/audit.ts';
import { endpointName, judgeAudit, type RunRecord } from '../judge/judge-audit.ts';
import { mergeAudits } from '../judge/merge-audits.ts';
import type { RunEvent, RunResult } from '../probe/audit-run.ts';
import type { Transcript } from '../session/transcript.ts';
import type { PlannedRun } from '../audit/request.ts';
import { selectScenarios } from '../config/select-scenarios.ts';
import { performAudit } from '../audit/perform.ts';
import { vantagesThatReach, type CommonRequest } from '../audit/prepare.ts';
import type { TargetEndpoint, TargetHost } from '../target/find-targets.ts';
import { mergeRecords } from './merge-records.ts';

/** Records of the last run, by the name of the endpoint. */
export type Records = ReadonlyMap<string, RunRecord>;

export interface WatchedRun {
  readonly target: TargetHost;
  readonly common: CommonRequest;
  /** Ids of the scenarios to ask again; null asks everything. */
  readonly scenarios: readonly string[] | null;
  readonly before: Records;
  readonly signal: AbortSignal;
  readonly onEvent: (endpoint: string, event: RunEvent) => void;
  /** What would be found if the run ended now. */
  readonly onJudged: (audit: Audit) => void;
}

export interface WatchedResult {
  readonly audit: Audit;
  readonly records: Records;
}

/** The first look at a run, and the shortest time between two. */
const JUDGE_EVERY_MS = 500;
/** Judging takes a thirtieth of the time at most, so that the audit hardly notices it. */
const JUDGE_SHARE = 30;

/** Audits the endpoints of a host one after the other, and judges meanwhile. */
export async function runWatched(run: WatchedRun): Promise<WatchedResult> {
  const records = new Map(run.before);
  const audits = new Map<string, Audit>();
  const { catalogue, policy } = run.common;
  for (const endpoint of run.target.endpoints) {
    const before = records.get(endpointName(endpoint));
    if (before !== undefined && run.scenarios !== null)
      audits.set(endpointName(endpoint), judgeAudit(before, catalogue, policy));
  }
  for (const endpoint of run.target.endpoints) {
    if (run.signal.aborted) break;
    const name = endpointName(endpoint);
    const before = run.scenarios === null ? null : (records.get(name) ?? null);
    const judge = (record: RunRecord): Audit => judgeAudit(record, catalogue, policy);
    const show = (record: RunRecord): void => {
      audits.set(name, judge(record));
      const soFar = merged(run.target, audits);
      if (soFar !== null) run.onJudged(soFar);
    };
    const record = await runEndpoint(run, endpoint, before, show);
    records.set(name, record);
    audits.set(name, judge(record));
  }
  const audit = merged(run.target, audits);
  if (audit === null) throw new Error('a run that judged nothing');
  return { audit, records };
}

async function runEndpoint(
  { common, scenarios, signal, onEvent }: WatchedRun,
  { tls, ...target }: TargetEndpoint,
  before: RunRecord | null,
  show: (record: RunRecord) => void,
): Promise<RunRecord> {
  const judging = new LiveJudge((record) => show(before === null ? record : mergeRecords(before, record)));
  try {
    const { record } = await performAudit({
      ...common,
      catalogue: scenarios === null ? common.catalogue : selectScenarios(common.catalogue, scenarios),
      vantages: vantagesThatReach(target.address, common.vantages),
      tls,
      target,
      signal,
      // The names of the run before, and none of its answers: controls are asked again, too.
      previous: before === null ? null : { ...before, transcripts: [] },
      onPlanned: judging.planned,
      onEvent: (event) => {
        judging.take(event);
        onEvent(endpointName(target), event);
      },
    });
    return before === null ? record : mergeRecords(before, record);
  } finally {
    judging.stop();
  }
}

function merged({ endpoints }: TargetHost, audits: ReadonlyMap<string, Audit>): Audit | null {
  const [first, ...others] = endpoints.flatMap((endpoint) => audits.get(endpointName(endpoint)) ?? []);
  return first === undefined ? null : mergeAudits([first, ...others]);
}

/** Judges what a run has brought so far, now and then. */
class LiveJudge {
  readonly #show: (record: RunRecord) => void;
  readonly #transcripts = new Map<string, Transcript>();
  readonly #turned: RunResult['turned'][number][] = [];
  #planned: PlannedRun | null = null;
  #timer: NodeJS.Timeout | null = null;
  #news = false;

  constructor(show: (record: RunRecord) => void) {
    this.#show = show;
  }

  readonly planned = (planned: PlannedRun): void => {
    this.#planned = planned;
    this.#judge();
  };

  take(event: RunEvent): void {
    if (event.kind === 'session-ended') this.#transcripts.set(event.probe.id, event.transcript);
    else if (event.kind === 'turned') this.#turned.push(event.turned);
    else return;
    this.#news = true;
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #judge(): void {
    if (this.#planned === null) return;
    const began = performance.now();
    const transcripts = [...this.#transcripts.values()];
    this.#show(this.#planned.recordOf({ transcripts, turned: this.#turned, pointless: [] }));
    this.#news = false;
    this.#later(Math.max(JUDGE_EVERY_MS, (performance.now() - began) * JUDGE_SHARE));
  }

  #later(milliseconds: number): void {
    this.#timer = setTimeout(() => {
      if (this.#news) this.#judge();
      else this.#later(JUDGE_EVERY_MS);
    }, milliseconds);
  }
}
