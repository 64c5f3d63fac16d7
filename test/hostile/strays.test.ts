import pLimit from 'p-limit';
import { beforeAll, describe, expect, test } from 'vitest';
import { observe } from '../../src/judge/observe.ts';
import type { VerdictKind } from '../../src/judge/verdict.ts';
import { runSession } from '../../src/probe/session-runner.ts';
import type { Transcript } from '../../src/session/transcript.ts';
import {
  HOSTILE_CA,
  startHostileServer,
  type Act,
  type HostileOptions,
  type Moment,
} from '../support/hostile-server.ts';
import { optionsFor, probeOf, SHORT_DEADLINES } from '../support/session-rig.ts';

/** A well-behaved server never keeps these waiting. */
const DEADLINES = {
  ...SHORT_DEADLINES,
  command: 8000,
  endOfData: 8000,
  tls: 8000,
  banner: 8000,
  farewell: 150,
  session: 30_000,
};
const BY = {
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

async function play(
  options: HostileOptions,
): Promise<{ readonly transcript: Transcript; readonly verdict: VerdictKind }> {
  const server = await startHostileServer(options);
  try {
    const tls = options.tls === undefined || options.tls === 'none' ? 'off' : options.tls;
    const transcript = await runSession(
      probeOf(),
      optionsFor(server.port, { deadlines: DEADLINES, tls, tlsCa: HOSTILE_CA }),
    );
    return { transcript, verdict: observe(transcript, BY).kind };
  } finally {
    await server.stop();
  }
}

const STRAY = '250 2.0.0 ok\r\n';

const ACTS = {
  before:
    (delayMs: number): Act =>
    (wire, honest) => {
      wire.send(STRAY);
      wire.hold();
      wire.after(delayMs, () => {
        wire.send(honest);
        wire.goOn();
      });
    },
  behind:
    (delayMs: number): Act =>
    (wire, honest) => {
      wire.send(honest);
      wire.after(delayMs, () => wire.send(STRAY));
    },
} as const;

/** Refusals come later than the farewell is waited for, and late enough for every stray reply to come before them. */
const REFUSAL_MS = 450;
const REFUSALS: Readonly<Record<string, Pick<HostileOptions, 'refusalMs' | 'hangsUp'>>> = {
  'at once': {},
  late: { refusalMs: REFUSAL_MS },
  'late, and hangs up': { refusalMs: REFUSAL_MS, hangsUp: true },
};

interface Row {
  readonly name: string;
  readonly options: HostileOptions;
}

/** One reply too many at every stage, before and behind the true one, in the clear and inside TLS, of a server that refuses. */
const TABLE: readonly Row[] = (['banner', 'ehlo', 'mail', 'rcpt', 'reset'] as const).flatMap((moment) =>
  (['before', 'behind'] as const).flatMap((order) =>
    [1, 50, 300].flatMap((delayMs) =>
      (['none', 'starttls', 'implicit'] as const).flatMap((tls) =>
        Object.entries(REFUSALS)
          // Who accepts and hangs up before he refuses has accepted, for all that a client can tell.
          .filter(([, { hangsUp }]) => !(hangsUp === true && moment === 'rcpt' && order === 'before'))
          .map(([refuses, refusal]) => ({
            name: `${delayMs} ms, ${order} the reply at ${moment}, TLS ${tls}, refuses ${refuses}`,
            options: { moment, act: ACTS[order](delayMs), mode: 'closed' as const, tls, ...refusal },
          })),
      ),
    ),
  ),
);

describe('a reply too many', () => {
  const outcomes: (Row & Awaited<ReturnType<typeof play>>)[] = [];

  beforeAll(async () => {
    const limit = pLimit(40);
    await Promise.all(
      TABLE.map((row) => limit(async () => void outcomes.push({ ...row, ...(await play(row.options)) }))),
    );
  }, 120_000);

  const named = (rows: typeof outcomes): readonly string[] =>
    rows.map(({ name, verdict, transcript }) => `${name}: ${verdict} ${JSON.stringify(transcript.end)}`);

  test('never makes an acceptance of a refusal, whenever it comes', () => {
    expect(outcomes).toHaveLength(TABLE.length);
    const wrong = outcomes.filter(({ verdict }) => verdict !== 'refused' && verdict !== 'inconclusive');
    expect(named(wrong)).toEqual([]);
  });

  test('leaves every session undetermined in which it took the place of an answer', () => {
    const mistaken = outcomes.filter(({ transcript }) => transcript.asked.at(-1)?.reply.code === 250);
    expect(mistaken.length).toBeGreaterThan(30);
    expect(named(mistaken.filter(({ verdict }) => verdict !== 'inconclusive'))).toEqual([]);
  });

  test('that comes in plain text between the 220 to STARTTLS and the handshake ends the session', async () => {
    const act: Act = (wire, honest) => {
      wire.send(honest + STRAY);
      wire.secure();
    };
    const { transcript } = await play({ moment: 'starttls', act, mode: 'open', tls: 'starttls' });
    expect(transcript.end).toMatchObject({ kind: 'desync', stage: 'starttls' });
  });
});

describe('the reply to QUIT', () => {
  const at = (moment: Moment, act: Act, mode: 'open' | 'closed' = 'closed') => play({ moment, act, mode });

  test.for(['250 2.0.0 ok', '220 hello', '354 go', '500 5.5.2 what?', '550 5.7.1 Relay access denied'])(
    'that is `%s` shows a session out of step',
    async (reply) => {
      const { transcript, verdict } = await at('quit', (wire) => wire.send(`${reply}\r\n`));
      expect(transcript.end).toMatchObject({ kind: 'desync', stage: 'quit' });
      expect(verdict).toBe('inconclusive');
    },
  );

  test('shows a session out of step where another reply comes behind it', async () => {
    const { transcript, verdict } = await at('quit', (wire, honest) => wire.send(honest + STRAY), 'open');
    expect(transcript.end).toMatchObject({ kind: 'desync', stage: 'quit' });
    expect(verdict).toBe('inconclusive');
  });

  test('may be followed by a 421, as Exim does when it loses a connection with a chunk unfinished', async () => {
    const { verdict } = await at('quit', (wire, honest) => wire.send(`${honest}421 Lost incoming connection\r\n`));
    expect(verdict).toBe('refused');
  });

  test('shows no more than an end where it is a 421', async () => {
    const { verdict } = await at('quit', (wire) => wire.send('421 4.4.2 too busy\r\n'));
    expect(verdict).toBe('refused');
  });

  test.for<[string, Act]>([
    ['never closes', (wire, honest) => wire.send(honest)],
    [
      'sends bytes without end',
      (wire, honest) => {
        wire.send(honest);
        wire.every(1, () => wire.pour('x'.repeat(1000)));
      },
    ],
    [
      'closes its half',
      (wire, honest) => {
        wire.send(honest);
        wire.finish();
      },
    ],
    [
      'resets the connection',
      (wire, honest) => {
        wire.send(honest);
        wire.reset();
      },
    ],
    ['resets the connection instead of answering', (wire) => wire.reset()],
    ['sends bytes without end instead of answering', (wire) => wire.every(1, () => wire.pour('x'.repeat(1000)))],
  ])('takes no answer back where the server then %s', async ([, act]) => {
    for (const [mode, verdict] of [
      ['open', 'accepted'],
      ['closed', 'refused'],
    ] as const) {
      const outcome = await at('quit', act, mode);
      expect(outcome.verdict).toBe(verdict);
      expect(outcome.transcript.durationMs).toBeLessThan(5000);
    }
  });
});
