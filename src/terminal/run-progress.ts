import type { RunEvent } from '../probe/audit-run.ts';

export type Turn = Extract<RunEvent, { kind: 'turn' }>['turn'];

/** An event of a run, with the endpoint that is audited and the time of a clock that never goes back, in milliseconds. */
export interface TimedEvent {
  readonly endpoint: string;
  readonly atMs: number;
  readonly event: RunEvent;
}

/** How far the run is, and what is said on the wire. */
export interface RunProgress {
  readonly startedAtMs: number;
  /** Sessions of the endpoints that were begun. */
  readonly total: number;
  readonly ended: number;
  /** When the run could end at the latest, from the pace alone; 0 where it tells nothing. */
  readonly longestMs: number;
  readonly waiting: { readonly why: string; readonly untilMs: number } | null;
  /** Keys of the sessions that run now, each with that of its cell. */
  readonly running: ReadonlyMap<string, string>;
  /** What was said in each session, by key. */
  readonly dialogues: ReadonlyMap<string, readonly Turn[]>;
  /** How many sessions had ended when, over the last seconds: the rate is drawn from it. */
  readonly marks: readonly { readonly atMs: number; readonly ended: number }[];
}

/** A rate is taken over this time. */
const RATE_WINDOW_MS = 5000;
const MARK_EVERY_MS = 250;
/** Turns kept of a session that does not end. */
const KEPT_TURNS = 400;

export function noProgress(atMs: number): RunProgress {
  return {
    startedAtMs: atMs,
    total: 0,
    ended: 0,
    longestMs: 0,
    waiting: null,
    running: new Map(),
    dialogues: new Map(),
    marks: [{ atMs, ended: 0 }],
  };
}

/** Takes in a batch: one copy of each map for all events of a frame, however many there are. */
export function advance(progress: RunProgress, events: readonly TimedEvent[]): RunProgress {
  if (events.length === 0) return progress;
  const running = new Map(progress.running);
  const dialogues = new Map(progress.dialogues);
  const grown = new Map<string, Turn[]>();
  let { total, ended, longestMs, waiting } = progress;
  for (const { endpoint, atMs, event } of events) {
    switch (event.kind) {
      case 'run-started':
        total += event.sessions;
        longestMs += event.longestMs;
        waiting = null;
        break;
      case 'session-started': {
        const key = probeKey(endpoint, event.probe.id);
        running.set(key, cellOf(endpoint, event.probe));
        grown.delete(key);
        dialogues.set(key, []);
        waiting = null;
        break;
      }
      case 'turn': {
        const key = probeKey(endpoint, event.probe.id);
        const turns = grown.get(key) ?? [...(dialogues.get(key) ?? [])];
        if (turns.length < KEPT_TURNS) turns.push(event.turn);
        grown.set(key, turns);
        break;
      }
      case 'session-ended': {
        const key = probeKey(endpoint, event.probe.id);
        running.delete(key);
        grown.delete(key);
        dialogues.set(key, event.transcript.turns);
        ended += 1;
        break;
      }
      case 'waiting':
        waiting = { why: event.why, untilMs: atMs + event.milliseconds };
        break;
      case 'turned':
        break;
      case 'run-ended':
        waiting = null;
        running.clear();
        break;
    }
  }
  for (const [key, turns] of grown) dialogues.set(key, turns);
  const marks = markAt(progress.marks, events.at(-1)?.atMs ?? 0, ended);
  return { ...progress, total: Math.max(total, ended), ended, longestMs, waiting, running, dialogues, marks };
}

/** A probe under a further name of the server is told by the cell of its scenario, too. */
function cellOf(endpoint: string, { id, script }: Extract<RunEvent, { kind: 'turn' }>['probe']): string {
  const variant = script.variant === undefined ? '' : ` ${script.variant}`;
  return probeKey(endpoint, id.slice(0, id.length - variant.length));
}

function markAt(marks: RunProgress['marks'], atMs: number, ended: number): RunProgress['marks'] {
  const last = marks.at(-1);
  if (last !== undefined && atMs - last.atMs < MARK_EVERY_MS) return marks;
  return [...marks.filter((mark) => atMs - mark.atMs <= RATE_WINDOW_MS), { atMs, ended }];
}

/** Sessions a second over the last seconds; null before anything can be said. */
export function rateOf({ marks, ended }: RunProgress, nowMs: number): number | null {
  const [first] = marks;
  if (first === undefined || nowMs - first.atMs < MARK_EVERY_MS || ended === first.ended) return null;
  return ((ended - first.ended) * 1000) / (nowMs - first.atMs);
}

/** Milliseconds that the rest will take at the present rate; null where there is no rate. */
export function timeLeftMs(progress: RunProgress, nowMs: number): number | null {
  const rate = rateOf(progress, nowMs);
  return rate === null ? null : ((progress.total - progress.ended) * 1000) / rate;
}

/** The same for a probe that runs: ids are unique in the audit of one endpoint. */
export function probeKey(endpoint: string, probe: string): string {
  return `${endpoint} ${probe}`;
}
