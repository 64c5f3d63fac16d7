import { advance, noProgress, rateOf, timeLeftMs, type RunProgress, type TimedEvent } from './run-progress.ts';
import type { RunEvent } from '../probe/audit-run.ts';
import type { Catalogue } from '../scenario/scenario.ts';
import type { Probe } from '../session/plan.ts';
import { progressListener } from './progress.ts';
import type { Terminal } from './terminal.ts';
import { spinnerAt, UNICODE_SIGNS } from './signs.ts';
import { clockTime } from './clock-time.ts';

/** The sessions that are about to be run. */
interface PlannedSessions {
  readonly probes: readonly Probe[];
}

/** Who is told how a run goes. */
export interface RunListener {
  readonly onPlanned: (planned: PlannedSessions) => void;
  readonly onEvent: (event: RunEvent) => void;
  /** The run is over; what was drawn is taken away. */
  readonly end: () => void;
}

const DRAW_EVERY_MS = 100;

/** A line for each family that renews itself where people look on; elsewhere plain lines. */
export function runListener(terminal: Terminal, title: string, catalogue: Catalogue, isRead: boolean): RunListener {
  return isRead && isLookedAt(terminal)
    ? new LiveProgress(terminal, title, catalogue)
    : { onPlanned: () => undefined, onEvent: progressListener(terminal, title), end: () => undefined };
}

function isLookedAt({ errIsTty, env }: Terminal): boolean {
  return errIsTty && env['TERM'] !== 'dumb' && ['', '0', 'false'].includes(env['CI'] ?? '');
}

interface FamilyCount {
  readonly title: string;
  planned: number;
  readonly running: Set<string>;
  readonly ended: Set<string>;
}

class LiveProgress implements RunListener {
  readonly #terminal: Terminal;
  readonly #title: string;
  readonly #familyOf: ReadonlyMap<string, FamilyCount>;
  readonly #families: readonly FamilyCount[];
  #progress: RunProgress = noProgress(performance.now());
  #waiting: TimedEvent[] = [];
  #over = false;
  readonly #timer: NodeJS.Timeout;

  constructor(terminal: Terminal, title: string, { families }: Catalogue) {
    this.#terminal = terminal;
    this.#title = title;
    this.#families = families.map((family) => ({
      title: family.title,
      planned: 0,
      running: new Set<string>(),
      ended: new Set<string>(),
    }));
    this.#familyOf = new Map(
      families.flatMap(({ scenarios }, index) => {
        const count = this.#families[index];
        return count === undefined ? [] : scenarios.map(({ id }) => [id, count] as const);
      }),
    );
    this.#timer = setInterval(() => this.#draw(), DRAW_EVERY_MS);
    this.#draw();
  }

  readonly onPlanned = ({ probes }: PlannedSessions): void => {
    for (const { script } of probes) {
      const family = this.#familyOf.get(script.scenario);
      if (family !== undefined) family.planned += 1;
    }
  };

  readonly onEvent = (event: RunEvent): void => {
    // What is said on the wire is not shown, and kept by nobody here.
    if (event.kind === 'turn') return;
    // The time of the last drawing is as good as any: nobody sees in between.
    this.#waiting.push({ endpoint: '', atMs: performance.now(), event });
    switch (event.kind) {
      case 'session-started':
        this.#familyOf.get(event.probe.script.scenario)?.running.add(event.probe.id);
        break;
      case 'session-ended': {
        const family = this.#familyOf.get(event.probe.script.scenario);
        family?.running.delete(event.probe.id);
        family?.ended.add(event.probe.id);
        break;
      }
      case 'turned':
        this.#terminal.say(`relayproof: ${event.turned.reason}; stopped asking from ${event.turned.vantage}`);
        break;
      case 'run-ended':
        this.#over = true;
        if (event.aborted) this.#terminal.say(`relayproof: interrupted after ${event.finished} sessions`);
        break;
      default:
    }
  };

  end(): void {
    clearInterval(this.#timer);
    this.#terminal.update('');
  }

  #draw(): void {
    const now = performance.now();
    this.#progress = advance(this.#progress, this.#waiting);
    this.#waiting = [];
    const asked = this.#families.filter(({ planned }) => planned > 0);
    const width = Math.max(0, ...asked.map(({ title }) => title.length));
    this.#terminal.update(
      [this.#headline(now), ...asked.map((family) => `  ${familyLine(family, width, now)}`)].join('\n'),
    );
  }

  #headline(now: number): string {
    const spinner = spinnerAt(now, UNICODE_SIGNS);
    const { ended, total, waiting, startedAtMs, longestMs } = this.#progress;
    if (total === 0) return `${spinner} ${this.#title}: saying hello`;
    const why = waiting === null ? [] : [`waiting ${clockTime(waiting.untilMs - now)}: ${waiting.why}`];
    if (this.#over)
      return `${spinner} ${this.#title}: ${ended} sessions, ${why[0] ?? 'waiting for canaries, then judging'}`;
    const rate = rateOf(this.#progress, now);
    const left = timeLeftMs(this.#progress, now);
    const parts = [
      `${ended}/${total}`,
      ...(rate === null ? [] : [`${rate < 10 ? rate.toFixed(1) : Math.round(rate)}/s`]),
      clockTime(now - startedAtMs),
      ...(left !== null ? [`${clockTime(left)} left`] : longestMs > 0 ? [`up to ${clockTime(longestMs)}`] : []),
      ...why,
    ];
    return `${spinner} ${this.#title}: ${parts.join('  ')}`;
  }
}

function familyLine({ title, planned, running, ended }: FamilyCount, width: number, now: number): string {
  const { fine, pending } = UNICODE_SIGNS;
  const sign = running.size > 0 ? spinnerAt(now, UNICODE_SIGNS) : ended.size >= planned ? fine : pending;
  return `${sign} ${title.padEnd(width)}  ${String(ended.size).padStart(String(planned).length)}/${planned}`;
}
