import { reduce, type Action } from './action.ts';
import { press } from './press.ts';
import type { TimedEvent } from '../terminal/run-progress.ts';
import { initialState, isBusy, type DashboardState, type DashboardStart } from './state.ts';
import type { Request } from './pressed.ts';

/** Redrawing more often than this helps nobody: 12.5 frames a second. */
export const FRAME_MS = 80;
/** Between two frames the audit gets its turn, however long drawing took. */
const LEAST_REST_MS = 20;
/** While nothing runs only a clock moves, if there is one. */
const IDLE_TICK_MS = 1000;

export interface StoreOptions {
  readonly start: DashboardStart;
  readonly monotonic: () => number;
  readonly onRequest: (request: Request) => void;
  /** Time between frames while nobody presses a key, in milliseconds; `FRAME_MS` by default. */
  readonly frameMs?: number;
}

/** Where events come in as fast as they like, and states go out a frame at a time. */
export interface Store {
  readonly push: (event: TimedEvent) => void;
  readonly dispatch: (action: Action) => void;
  readonly press: (keys: readonly string[]) => void;
  readonly state: () => DashboardState;
  readonly subscribe: (listener: () => void) => () => void;
  readonly close: () => void;
}

/** Events only wait in a list until the next frame: what they cost the audit is one push. */
export function createStore({ start, monotonic, onRequest, frameMs = FRAME_MS }: StoreOptions): Store {
  let state = initialState(start);
  let events: TimedEvent[] = [];
  let timer: NodeJS.Timeout | null = null;
  let lastFrameMs = -Infinity;
  let closed = false;
  const listeners = new Set<() => void>();

  const takeIn = (): void => {
    if (events.length === 0) return;
    const batch = events;
    events = [];
    state = reduce(state, { kind: 'events', events: batch });
  };
  const frame = (): void => {
    timer = null;
    if (closed) return;
    lastFrameMs = monotonic();
    takeIn();
    state = reduce(state, { kind: 'tick', nowMs: lastFrameMs });
    for (const listener of listeners) listener();
    if (isBusy(state)) schedule(Math.max(LEAST_REST_MS, lastFrameMs + frameMs - monotonic()));
    else if (state.nextRunAtMs !== null) schedule(IDLE_TICK_MS);
  };
  const schedule = (delayMs: number): void => {
    if (closed) return;
    if (timer !== null) clearTimeout(timer);
    timer = setTimeout(frame, delayMs);
  };
  /** At once after a rest, else when the frame is due. */
  const soon = (restMs = frameMs): void => schedule(Math.max(0, lastFrameMs + restMs - monotonic()));

  return {
    push: (event) => {
      events.push(event);
      if (events.length === 1) soon();
    },
    dispatch: (action) => {
      takeIn();
      state = reduce(state, action);
      soon();
    },
    press: (keys) => {
      takeIn();
      for (const key of keys) {
        const pressed = press(state, key);
        ({ state } = pressed);
        if (pressed.request !== null) onRequest(pressed.request);
      }
      soon(FRAME_MS);
    },
    state: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => {
      closed = true;
      if (timer !== null) clearTimeout(timer);
    },
  };
}
