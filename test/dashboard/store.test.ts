import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createStore, FRAME_MS, type Store } from '../../src/dashboard/store.ts';
import { CATALOGUE, ENDPOINT, sessionEvents } from './fixture.ts';
import type { Request } from '../../src/dashboard/pressed.ts';

interface Rig {
  readonly store: Store;
  readonly frames: () => number;
  readonly requests: readonly Request[];
}

function rig(frameMs?: number): Rig {
  let frames = 0;
  const requests: Request[] = [];
  const store = createStore({
    start: {
      target: { host: 'mail.example.com', endpoints: [ENDPOINT] },
      catalogue: CATALOGUE,
      size: { columns: 120, rows: 40 },
      nowMs: 0,
      watched: 0,
      exportTo: 'json=a.json',
    },
    monotonic: () => Date.now(),
    onRequest: (request) => requests.push(request),
    ...(frameMs === undefined ? {} : { frameMs }),
  });
  store.subscribe(() => {
    frames += 1;
  });
  return { store, frames: () => frames, requests };
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

const EVENTS = sessionEvents('third-party', 0, 0);

describe('the store', () => {
  test('draws the first event after a rest at once', () => {
    const { store, frames } = rig();
    store.push({ endpoint: ENDPOINT, atMs: 0, event: { kind: 'run-started', sessions: 1, longestMs: 0 } });
    vi.advanceTimersByTime(1);
    expect(frames()).toBe(1);
    store.close();
  });

  test('draws 10 to 15 frames a second, however many events come', () => {
    const { store, frames } = rig();
    store.dispatch({ kind: 'phase', phase: { kind: 'running', words: '' } });
    for (let millisecond = 0; millisecond < 10_000; millisecond += 1) {
      for (const event of EVENTS.slice(0, 10)) store.push(event);
      vi.advanceTimersByTime(1);
    }
    expect(frames() / 10).toBeGreaterThanOrEqual(10);
    expect(frames() / 10).toBeLessThanOrEqual(15);
    expect(store.state().progress.ended).toBe(10_000);
    store.close();
  });

  test('answers a key within a frame', () => {
    const { store, frames } = rig();
    store.press(['j']);
    vi.advanceTimersByTime(1);
    expect(frames()).toBe(1);
    store.press(['j']);
    vi.advanceTimersByTime(FRAME_MS);
    expect(frames()).toBe(2);
    expect(store.state().chosenIndex).toBe(2);
    store.close();
  });

  test('answers a key at once where frames are rare', () => {
    const { store, frames } = rig(3000);
    store.press(['j']);
    vi.advanceTimersByTime(1);
    store.press(['j']);
    vi.advanceTimersByTime(FRAME_MS);
    expect(frames()).toBe(2);
    store.close();
  });

  test('sees what came before a key', () => {
    const { store } = rig();
    for (const event of EVENTS) store.push(event);
    store.press(['x']);
    expect(store.state().progress.ended).toBe(1);
    store.close();
  });

  test('hands on what a key asks for', () => {
    const { store, requests } = rig();
    store.press(['R', 'q']);
    expect(requests).toEqual([{ kind: 'rerun-all' }, { kind: 'quit' }]);
    store.close();
  });

  test('rests when nothing runs', () => {
    const { store } = rig();
    store.press(['j']);
    vi.advanceTimersByTime(100);
    expect(vi.getTimerCount()).toBe(0);
    store.close();
  });

  test('moves the clock once a second until the next run', () => {
    const { store, frames } = rig();
    store.dispatch({ kind: 'next-run', atMs: 2_000_000 });
    vi.advanceTimersByTime(10_000);
    expect(frames()).toBeGreaterThanOrEqual(10);
    expect(frames()).toBeLessThanOrEqual(12);
    store.close();
  });

  test('does nothing any more once it is closed', () => {
    const { store, frames } = rig();
    store.dispatch({ kind: 'phase', phase: { kind: 'running', words: '' } });
    vi.advanceTimersByTime(1000);
    const before = frames();
    store.close();
    store.press(['j']);
    vi.advanceTimersByTime(1000);
    expect(frames()).toBe(before);
    expect(vi.getTimerCount()).toBe(0);
  });
});
