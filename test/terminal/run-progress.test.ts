import { describe, expect, test } from 'vitest';
import { cellKey } from '../../src/dashboard/audit-view.ts';
import { advance, noProgress, rateOf, timeLeftMs, type TimedEvent } from '../../src/terminal/run-progress.ts';
import { columnAt, ENDPOINT, sessionEvents } from '../dashboard/fixture.ts';

const begun: TimedEvent = { endpoint: ENDPOINT, atMs: 0, event: { kind: 'run-started', sessions: 4, longestMs: 9000 } };
const KEY = cellKey('third-party', columnAt(0));

describe('the progress of a run', () => {
  test('knows which sessions run, and what is said in them', () => {
    const progress = advance(noProgress(0), [begun, ...sessionEvents('third-party', 0, 10, false)]);
    expect([...progress.running]).toEqual([[KEY, KEY]]);
    expect(progress.dialogues.get(KEY)).toHaveLength(6);
    expect(progress).toMatchObject({ total: 4, ended: 0, longestMs: 9000 });
  });

  test('is the same however the events are cut into batches', () => {
    const events = [begun, ...sessionEvents('third-party', 0, 10), ...sessionEvents('inbound', 1, 300, false)];
    const whole = advance(noProgress(0), events);
    const single = events.reduce((progress, event) => advance(progress, [event]), noProgress(0));
    expect({ ...single, marks: [] }).toEqual({ ...whole, marks: [] });
  });

  test('takes the dialogue of an ended session from its transcript', () => {
    const progress = advance(noProgress(0), [begun, ...sessionEvents('third-party', 0, 10)]);
    expect(progress.running.size).toBe(0);
    expect(progress.ended).toBe(1);
    expect(progress.dialogues.get(KEY)?.at(-1)).toMatchObject({ kind: 'received', stage: 'rcpt' });
  });

  test('forgets the dialogue of a session that is asked again', () => {
    const asked = advance(noProgress(0), [begun, ...sessionEvents('third-party', 0, 10)]);
    const again = advance(asked, sessionEvents('third-party', 0, 20, false).slice(0, 2));
    expect(again.dialogues.get(KEY)).toHaveLength(1);
    const restarted = sessionEvents('third-party', 0, 20, false);
    expect(advance(asked, [...restarted, ...restarted.slice(0, 2)]).dialogues.get(KEY)).toHaveLength(1);
  });

  test('leaves the state that it was given as it was', () => {
    const before = advance(noProgress(0), [begun, ...sessionEvents('third-party', 0, 10, false)]);
    const copy = structuredClone(before);
    advance(before, sessionEvents('third-party', 0, 30));
    expect(before).toEqual(copy);
  });

  test('keeps four hundred turns of a session that does not end', () => {
    const [first, turn] = sessionEvents('third-party', 0, 10, false);
    if (first === undefined || turn === undefined) throw new Error('no events');
    const endless = Array.from({ length: 1000 }, () => turn);
    expect(advance(noProgress(0), [first, ...endless]).dialogues.get(KEY)).toHaveLength(400);
  });

  test('adds up the endpoints of a host', () => {
    const progress = advance(noProgress(0), [begun, { ...begun, endpoint: '[::1]:2525', atMs: 50 }]);
    expect(progress.total).toBe(8);
  });

  test('tells a wait, and that it is over when a session begins', () => {
    const waiting = advance(noProgress(0), [
      begun,
      { endpoint: ENDPOINT, atMs: 100, event: { kind: 'waiting', milliseconds: 5000, why: 'a greylist' } },
    ]);
    expect(waiting.waiting).toEqual({ why: 'a greylist', untilMs: 5100 });
    expect(advance(waiting, sessionEvents('third-party', 0, 5200, false)).waiting).toBeNull();
  });

  test('takes the rate over the last seconds, and the time left from it', () => {
    let progress = advance(noProgress(0), [
      { ...begun, event: { ...begun.event, kind: 'run-started', sessions: 100, longestMs: 0 } },
    ]);
    for (let second = 1; second <= 20; second += 1) {
      progress = advance(progress, sessionEvents('third-party', 0, second * 1000));
      progress = advance(progress, sessionEvents('third-party', 1, second * 1000));
    }
    expect(rateOf(progress, 20_000)).toBeCloseTo(2, 0);
    expect(timeLeftMs(progress, 20_000)).toBeCloseTo(30_000, -4);
    expect(progress.marks.length).toBeLessThan(25);
  });

  test('has no rate before a session ended', () => {
    expect(rateOf(advance(noProgress(0), [begun]), 5000)).toBeNull();
  });
});
