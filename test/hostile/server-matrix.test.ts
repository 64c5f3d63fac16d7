import pLimit from 'p-limit';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { observe } from '../../src/judge/observe.ts';
import type { VerdictKind } from '../../src/judge/verdict.ts';
import type { Deadlines } from '../../src/probe/deadlines.ts';
import { runSession } from '../../src/probe/session-runner.ts';
import type { Transcript } from '../../src/session/transcript.ts';
import { startHostileServer, type HostileOptions } from '../support/hostile-server.ts';
import { until } from '../support/until.ts';
import { optionsFor, probeOf, withCanary } from '../support/session-rig.ts';
import { BEHAVIOURS, PATIENCE_MS, type Behaviour } from './behaviours.ts';

const AT_ONCE = 40;
/** What a session may take beyond its deadline. */
const GRACE_MS = 250;
/** Servers that do not make us wait may take longer: the machine may be busy. */
const GENEROUS_MS = 5000;

function deadlines({ stalls }: Behaviour): Deadlines {
  const reply = stalls === true ? PATIENCE_MS : GENEROUS_MS;
  return {
    connect: GENEROUS_MS,
    banner: reply,
    tls: reply,
    command: reply,
    write: reply,
    endOfData: reply,
    quiet: reply,
    farewell: stalls === true ? PATIENCE_MS / 2 : GENEROUS_MS,
    session: 4 * reply,
  };
}

const CREDENTIALS = { user: 'alice', password: 'tr0ub4dor-and-3' };
const STEERS = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

type Mode = 'open' | 'closed';

interface Case {
  readonly name: string;
  readonly behaviour: Behaviour;
  readonly options: HostileOptions & { readonly mode: Mode; readonly tls: 'none' | 'starttls' };
}

interface Outcome extends Case {
  readonly transcript: Transcript;
  readonly verdict: VerdictKind;
  readonly ms: number;
}

/** Every behaviour at every moment, before a sound yes and a sound no, whole and byte by byte, in plain text and under TLS. */
const CASES: readonly Case[] = BEHAVIOURS.flatMap((behaviour) =>
  [...new Set(behaviour.moments)].flatMap((moment) =>
    (['open', 'closed'] as const).flatMap((mode) =>
      (['whole', 'bytes'] as const).flatMap((cut) =>
        (['none', 'starttls'] as const).flatMap((tls): readonly Case[] => {
          const options = { moment, act: behaviour.act, mode, cut, tls };
          return isPossible(behaviour, options)
            ? [{ name: `${behaviour.name} at ${moment}, ${mode}, ${cut}, ${tls}`, behaviour, options }]
            : [];
        }),
      ),
    ),
  ),
);

function isPossible(
  { inOnePiece, allowed }: Behaviour,
  { moment, mode, cut, tls }: Case['options'] & { cut: string },
): boolean {
  if (cut === 'bytes' && inOnePiece === true) return false;
  if (mode === 'closed' && (moment === 'data' || moment === 'end-of-data')) return false;
  if (moment === 'starttls' || moment === 'tls') return tls === 'starttls' && allowed !== 'sound';
  // What comes before TLS is the same with and without it.
  if (moment === 'banner' || moment === 'connect') return tls === 'none';
  return tls === 'none' || (cut === 'whole' && mode === 'open');
}

const SOUND: Readonly<Record<Mode, VerdictKind>> = { open: 'accepted', closed: 'refused' };

/** Verdicts that are right where a server behaves so. */
function allowedVerdicts({ behaviour, options: { moment, mode } }: Case): readonly VerdictKind[] {
  const isBehindTheAnswer = moment === 'reset' || moment === 'quit';
  switch (behaviour.allowed) {
    case 'sound':
      return [SOUND[mode]];
    case 'broken':
      return isBehindTheAnswer ? [SOUND[mode], 'inconclusive'] : ['inconclusive'];
    case 'no-worse':
      return [SOUND[mode], 'inconclusive'];
    case 'refusal':
      return isBehindTheAnswer
        ? [SOUND[mode], 'inconclusive']
        : ['refused', 'deferred', 'masked', 'inconclusive', 'skipped'];
  }
}

async function play(one: Case): Promise<Outcome> {
  const server = await startHostileServer(one.options);
  try {
    const begun = performance.now();
    const transcript = await runSession(
      probeOf({ login: one.options.moment === 'auth' ? CREDENTIALS.user : null }),
      optionsFor(server.port, {
        ...withCanary(),
        deadlines: deadlines(one.behaviour),
        credentials: CREDENTIALS,
        tls: one.options.tls === 'starttls' ? 'starttls' : 'off',
      }),
    );
    const ms = performance.now() - begun;
    const by = {
      caught: [],
      unread: 0,
      watched: false,
      meaningOf: () => 'relayed' as const,
      asksOutside: true,
      smuggled: [],
      asksAboutGreeting: false,
      closingRefuses: false,
      asksAboutContent: false,
    };
    return { ...one, transcript, verdict: observe(transcript, by).kind, ms };
  } finally {
    await server.stop();
  }
}

function stringsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [key, ...stringsIn(inner)]);
}

function openHandles(): number {
  return process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Timeout|Pipe/.test(name)).length;
}

describe('a hostile server', () => {
  const outcomes: Outcome[] = [];
  const thrown: string[] = [];
  let handlesBefore = 0;
  let residentBefore = 0;
  let longestLagMs = 0;

  beforeAll(async () => {
    await play({ ...(CASES[0] ?? missing()), name: 'warm-up' });
    handlesBefore = openHandles();
    residentBefore = process.memoryUsage().rss;
    const lag = monitorEventLoopDelay({ resolution: 10 });
    lag.enable();
    const limit = pLimit(AT_ONCE);
    await Promise.all(
      CASES.map((one) =>
        limit(async () => {
          try {
            outcomes.push(await play(one));
          } catch (error) {
            thrown.push(`${one.name}: ${String(error)}`);
          }
        }),
      ),
    );
    lag.disable();
    longestLagMs = lag.max / 1e6;
  }, 120_000);

  afterAll(() => {
    outcomes.length = 0;
  });

  test(`plays the corpus: at least 250 cases, here ${CASES.length}`, () => {
    expect(CASES.length).toBeGreaterThanOrEqual(250);
    expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
    expect(outcomes.length + thrown.length).toBe(CASES.length);
  });

  test('is never thrown at us', () => {
    expect(thrown).toEqual([]);
  });

  test('is never believed where it broke the protocol, and always where it only was odd', () => {
    const wrong = outcomes.filter((outcome) => !allowedVerdicts(outcome).includes(outcome.verdict));
    expect(
      wrong.map(({ name, verdict, transcript }) => `${name}: ${verdict} (${JSON.stringify(transcript.end)})`),
    ).toEqual([]);
  });

  test('holds no session longer than its deadlines', () => {
    const late = outcomes.filter(({ behaviour, ms }) => ms > deadlines(behaviour).session + GRACE_MS + longestLagMs);
    expect(late.map(({ name, ms }) => `${name}: ${Math.round(ms)} ms`)).toEqual([]);
  });

  test('holds a session that it leaves without an answer no longer than one reply may take', () => {
    const silent = outcomes.filter(({ behaviour }) => behaviour.stalls === true && behaviour.allowed === 'broken');
    const waits = silent.map(({ name, transcript }) => ({
      name,
      ms: transcript.durationMs - (transcript.turns.at(-1)?.at ?? 0),
    }));
    expect(waits.length).toBeGreaterThan(150);
    expect(waits.filter(({ ms }) => ms > PATIENCE_MS + GRACE_MS + longestLagMs)).toEqual([]);
  });

  test('puts no character that steers a terminal into anything that is stored', () => {
    const steering = outcomes.flatMap(({ name, transcript }) =>
      stringsIn(transcript)
        .filter((text) => STEERS.test(text))
        .map((text) => `${name}: ${encodeURIComponent(text.toWellFormed())}`),
    );
    expect(steering).toEqual([]);
  });

  test('makes no transcript long', () => {
    const lengths = outcomes.map(({ name, transcript }) => ({ name, length: JSON.stringify(transcript).length }));
    expect(lengths.filter(({ length }) => length > 200_000)).toEqual([]);
  });

  test('is told the password only where it was to be told, and the password is in no transcript', () => {
    for (const { transcript } of outcomes) expect(JSON.stringify(transcript)).not.toContain(CREDENTIALS.password);
  });

  test('leaves no connection and no timer behind, and little memory', async () => {
    await until('connections and timers to go', () => openHandles() <= handlesBefore + 2);
    expect(process.memoryUsage().rss - residentBefore).toBeLessThan(192 * 1024 * 1024);
  });
});

function missing(): never {
  throw new Error('there is no case');
}
