import { describe, expect, test } from 'vitest';
import type { AuditRequest } from '../../src/audit/request.ts';
import { CaughtList } from '../../src/catcher/caught-source.ts';
import { catchingOf, watchForCanaries } from '../../src/audit/catching.ts';
import { runListener } from '../../src/terminal/live-progress.ts';
import { runRecordSchema } from '../../src/judge/run-record-schema.ts';
import { fixedSurroundings } from '../../src/audit/surroundings.ts';
import { mergeRecords } from '../../src/watch/merge-records.ts';
import type { RunRecord } from '../../src/judge/run-record.ts';
import type { RunEvent } from '../../src/probe/audit-run.ts';
import { quietTerminal } from '../support/quiet-terminal.ts';
import { freePort } from '../support/socket-server.ts';
import { openAnswer, startScriptServer } from '../support/script-server.ts';
import { runProgram } from '../support/program.ts';
import { caughtOf, runRecordOf } from '../support/run-records.ts';
import { catalogueOf, type ScenarioFields } from '../support/scenarios.ts';
import { SESSIONS, transcriptOf } from '../support/transcripts.ts';
import { until } from '../support/until.ts';

const CANARY = `rp1-${'a'.repeat(32)}`;
const OUT = `rp1-${'b'.repeat(32)}`;
const OUTBOUND: ScenarioFields = { id: 'outbound', role: 'positive-control', safe: 'accept' };
const TRANSCRIPTS = [
  transcriptOf(SESSIONS.sent(CANARY)),
  transcriptOf({ scenario: 'outbound', ...SESSIONS.sent(OUT) }),
];

/** A watch for canaries at the end of such a run, and what it said; the source is filled by the test. */
function watching(source: CaughtList, record: () => RunRecord) {
  const events: RunEvent[] = [];
  const request = {
    caught: source,
    waitMs: 0,
    catalogue: catalogueOf({}, OUTBOUND),
    policy: null,
    signal: new AbortController().signal,
    onEvent: (event: RunEvent) => void events.push(event),
  };
  return { events, watch: () => watchForCanaries(request, TRANSCRIPTS, record) };
}

function fixed(caught: CaughtList): Pick<AuditRequest, 'caught' | 'surroundings' | 'previous'> {
  return { caught, surroundings: fixedSurroundings(new Date('2026-01-01T00:00:00Z')), previous: null };
}

/** A run in which the control came out at once, watched until so many milliseconds after everything was taken. */
function recordOf(watchedMs: number, caught: RunRecord['caught'] = [caughtOf(OUT)]): RunRecord {
  const [seen, end] = [new Date(1).toISOString(), new Date(1 + watchedMs).toISOString()];
  const catching = { faults: [], seenAt: { [OUT]: seen }, until: end };
  return runRecordOf({ transcripts: TRANSCRIPTS, caught, catching });
}

describe('the wait for canaries', () => {
  test('goes on for what a control shows that it takes, and says for what', async () => {
    const { events, watch } = watching(new CaughtList(), () => recordOf(4_950));
    const begun = performance.now();
    await watch();
    expect(events).toEqual([{ kind: 'waiting', milliseconds: 50, why: expect.stringContaining('come out') }]);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(45);
  });

  test('ends at once where everything came out that was taken', async () => {
    const source = new CaughtList();
    const both = [caughtOf(OUT), caughtOf(CANARY)];
    both.forEach(source.add);
    const { events, watch } = watching(source, () => recordOf(0, both));
    await watch();
    expect(events).toEqual([]);
  });

  test('is not made longer where no control came out, as that would tell nothing', async () => {
    const { events, watch } = watching(new CaughtList(), () => recordOf(0, []));
    await watch();
    expect(events).toEqual([]);
  });
});

test('the progress of an audit says for what it waits when all sessions are over', async (context) => {
  const drawn: string[] = [];
  const terminal = {
    ...quietTerminal(() => undefined),
    errIsTty: true,
    update: (text: string) => void drawn.push(text),
  };
  const listener = runListener(terminal, 'mx', catalogueOf({}), true);
  context.onTestFinished(() => listener.end());
  listener.onEvent({ kind: 'run-started', sessions: 2, longestMs: 0 });
  listener.onEvent({ kind: 'run-ended', finished: 2, aborted: false });
  await until('the end of the sessions', () => drawn.some((text) => text.includes('waiting for canaries')));
  listener.onEvent({ kind: 'waiting', milliseconds: 25_000, why: 'messages may still come out' });
  await until('the wait', () => drawn.some((text) => /waiting 0?0:2\d: messages may still come out/.test(text)));
});

describe('what a run keeps of its catcher', () => {
  test('is when each of its canaries was seen, until when somebody watched, and what it missed', () => {
    const source = new CaughtList();
    source.add(caughtOf(OUT));
    const faults = ['the file ends in the middle of a line'];
    const told = catchingOf({ ...fixed(source), caught: { ...sourceOf(source), faults: () => faults } }, TRANSCRIPTS);
    expect(told).toEqual({
      faults,
      seenAt: { [OUT]: source.seenAt(OUT)?.toISOString() },
      until: '2026-01-01T00:00:00.000Z',
    });
  });

  test('is unknown in a run that was saved before it was kept', () => {
    const { catching: _, ...before } = recordOf(0);
    expect(runRecordSchema.parse(before).catching).toEqual({ faults: [], seenAt: {}, until: null });
  });

  test('ends with the earlier run where a later one asked a part of it again', () => {
    expect(mergeRecords(recordOf(1_000), recordOf(9_000)).catching.until).toBe(recordOf(1_000).catching.until);
  });
});

function sourceOf(source: CaughtList) {
  return { all: () => source.all(), seenAt: (canary: string) => source.seenAt(canary) };
}

test('a server that takes all mail, of which nothing comes out while we watch, is undetermined', async (context) => {
  const server = await startScriptServer(openAnswer);
  context.onTestFinished(() => server.stop());
  const { code, stdout } = await runProgram([
    'audit',
    `127.0.0.1:${server.port}`,
    '--own-domain',
    'example.com',
    '--own-user',
    'alice@example.com',
    '--scenario',
    'third-party',
    '--prove',
    '--catch',
    `127.0.0.1:${await freePort()}`,
    '--wait',
    '0',
  ]);
  expect(stdout).toContain('--login-env');
  expect(stdout).not.toContain('CLOSED');
  expect(code).toBe(3);
});
