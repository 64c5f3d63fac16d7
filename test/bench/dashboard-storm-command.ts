import { setImmediate } from 'node:timers/promises';
import { sessionEvents, CATALOGUE, COLUMNS, ENDPOINT, OPEN_AUDIT } from '../dashboard/fixture.ts';
import type * as show from '../../src/dashboard/show-dashboard.tsx';
import type * as stores from '../../src/dashboard/store.ts';
import type { TimedEvent } from '../../src/terminal/run-progress.ts';

// What the dashboard costs a run: `node --expose-gc dashboard-storm-command.ts SECONDS EVENTS-A-SECOND` on a terminal, after
// a build. Tells events, frames, CPU and heap, without the dashboard and with it; a rate of 0 sends as fast as it can.
const [seconds = '10', rate = '10000'] = process.argv.slice(2);

/** Ink is written in TSX, which Node does not read: the build is measured. */
type Dashboard = typeof stores & typeof show;

interface Measured {
  readonly eventsPerSecond: number;
  readonly framesPerSecond: number;
  readonly cpuPercent: number;
  /** Heap in MB after a collection, at a quarter of the time and at its end. */
  readonly heap: readonly [number, number];
}

const EVENTS = CATALOGUE.flatMap(({ scenarios }) =>
  scenarios.flatMap(({ id }) => COLUMNS.flatMap((_column, index) => sessionEvents(id, index, 0))),
);

/** Sends events of sessions at the rate, and catches up when it is late, as a run does whose answers wait in sockets. */
async function storm(push: (event: TimedEvent) => void, frames: () => number): Promise<Measured> {
  const began = performance.now();
  const cpu = process.cpuUsage();
  const wanted = Number(rate);
  let sent = 0;
  let early: number | null = null;
  for (let passed = 0; passed < Number(seconds) * 1000; passed = performance.now() - began) {
    const due = wanted === 0 ? sent + 100 : Math.floor((passed * wanted) / 1000);
    for (; sent < due; sent += 1) {
      const event = EVENTS[sent % EVENTS.length];
      if (event !== undefined) push({ ...event, atMs: performance.now() });
    }
    if (early === null && passed > Number(seconds) * 250) early = heapMegabytes();
    await setImmediate();
  }
  const milliseconds = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  return {
    eventsPerSecond: Math.round((sent * 1000) / milliseconds),
    framesPerSecond: Math.round((frames() * 10_000) / milliseconds) / 10,
    cpuPercent: Math.round((user + system) / 10 / milliseconds),
    heap: [early ?? 0, heapMegabytes()],
  };
}

function heapMegabytes(): number {
  globalThis.gc?.();
  return Math.round(process.memoryUsage().heapUsed / 100_000) / 10;
}

process.env['NODE_ENV'] = 'production';
const dist = new URL('../../dist/dashboard/', import.meta.url);
const { createStore }: Dashboard = await import(new URL('store.js', dist).href);
const { showDashboard }: Dashboard = await import(new URL('show-dashboard.js', dist).href);

const without = await storm(
  () => undefined,
  () => 0,
);
const store = createStore({
  start: {
    target: { host: 'mail.example.com', endpoints: [ENDPOINT] },
    catalogue: CATALOGUE,
    size: { columns: process.stdout.columns, rows: process.stdout.rows },
    nowMs: performance.now(),
    watched: 0,
    exportTo: '',
  },
  monotonic: () => performance.now(),
  onRequest: () => undefined,
});
let frames = 0;
store.subscribe(() => {
  frames += 1;
});
const shown = showDashboard({
  store,
  stdin: process.stdin,
  stdout: process.stdout,
  color: true,
  unicode: true,
  forScreenReader: false,
});
store.dispatch({ kind: 'run-began', nowMs: performance.now(), whole: true });
store.dispatch({ kind: 'phase', phase: { kind: 'running', words: '' } });
store.push({ endpoint: ENDPOINT, atMs: 0, event: { kind: 'run-started', sessions: 1_000_000, longestMs: 0 } });
store.dispatch({ kind: 'judged', audit: OPEN_AUDIT });
const shownDashboard = await storm(store.push, () => frames);
await shown.close();
process.stdout.write(
  `${JSON.stringify({ size: `${process.stdout.columns}x${process.stdout.rows}`, without, with: shownDashboard })}\n`,
);
