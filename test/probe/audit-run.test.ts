import { connect } from 'node:net';
import { describe, expect, test, type TestContext } from 'vitest';
import { runAudit, type RunEvent, type RunOptions, type RunPlan, type RunResult } from '../../src/probe/audit-run.ts';
import { PACE_INFO } from '../../src/probe/pace.ts';
import { TranscriptBudget } from '../../src/session/transcript-budget.ts';
import type { Probe } from '../../src/session/plan.ts';
import {
  openAnswer,
  soundAnswer,
  startScriptServer,
  type Answer,
  type ScriptServer,
} from '../support/script-server.ts';
import { startSocketServer } from '../support/socket-server.ts';
import { optionsFor, probeOf, scriptOf } from '../support/session-rig.ts';
import { fillScenario } from '../../src/session/fill.ts';
import { scenarioOf } from '../support/scenarios.ts';

async function serve(context: TestContext, answer?: Answer): Promise<ScriptServer> {
  const server = await startScriptServer(answer);
  context.onTestFinished(() => server.stop());
  return server;
}

/** Probes with ids `0`, `1` ...; each asks for a recipient of its own, so that the server's lines tell their order. */
function probes(count: number, domain = 'outside.test'): readonly Probe[] {
  return Array.from({ length: count }, (_, index) => asking(String(index), `u${index}@${domain}`));
}

function asking(id: string, recipient: string): Probe {
  const filled = fillScenario(scenarioOf({ mail: '<s@sender.test>', rcpt: `<${recipient}>` }), { helo: 'client.test' });
  return probeOf({ id, script: filled.kind === 'filled' ? filled.script : scriptOf() });
}

interface Ran {
  readonly result: RunResult;
  readonly events: readonly RunEvent[];
}

async function run(
  server: Pick<ScriptServer, 'port'>,
  plan: Partial<RunPlan>,
  changes: Partial<RunOptions> = {},
  onEvent: (event: RunEvent) => void = () => undefined,
  budget?: TranscriptBudget,
): Promise<Ran> {
  const events: RunEvent[] = [];
  const { onTurn: _, ...options } = optionsFor(server.port);
  const result = await runAudit(
    { first: [], rest: [], known: [], sentinels: new Map(), isPointless: () => false, ...plan },
    {
      ...options,
      pace: PACE_INFO.fast,
      patienceMs: 0,
      reprieveMs: 0,
      onEvent: (event) => {
        events.push(event);
        onEvent(event);
      },
      ...changes,
    },
    budget,
  );
  return { result, events };
}

function idsOf(result: RunResult): readonly string[] {
  return result.transcripts.map(({ id }) => id);
}

function recipientsAt(server: ScriptServer): readonly string[] {
  return server.lines().flatMap((line) => /^RCPT TO:<(.*)>$/.exec(line)?.[1] ?? []);
}

describe.concurrent('a run', () => {
  test('hands back the transcripts in the order of the plan', async (context) => {
    const server = await serve(context);
    const all = probes(30);
    const { result } = await run(server, { first: all.slice(0, 10), rest: all.slice(10) });
    expect(idsOf(result)).toEqual(all.map(({ id }) => id));
  });

  test('keeps no more of the replies than an audit may keep', async (context) => {
    const long = Array.from({ length: 100 }, (_, index) => `250-line ${index}`).join('\r\n');
    const server = await serve(context, (line, session) =>
      line.startsWith('RCPT') ? `${long}\r\n250 ok` : soundAnswer(line, session),
    );
    const { result } = await run(server, { first: probes(2) }, {}, undefined, new TranscriptBudget(10_000));
    expect(result.transcripts.map(({ asked }) => asked.at(-1)?.reply.lines.length)).toEqual([101, 20]);
  });

  test('asks what is first before the rest', async (context) => {
    const server = await serve(context);
    const all = probes(12);
    await run(server, { first: all.slice(6), rest: all.slice(0, 6) });
    expect(recipientsAt(server).slice(0, 6).sort()).toEqual(
      ['u10', 'u11', 'u6', 'u7', 'u8', 'u9'].map((u) => `${u}@outside.test`),
    );
  });

  test.each([1, 3, 20])('holds at most %i sessions at a time', async (connections) => {
    const server = await startScriptServer();
    let open = 0;
    let most = 0;
    const count = ({ kind }: RunEvent): void => {
      open += kind === 'session-started' ? 1 : kind === 'session-ended' ? -1 : 0;
      most = Math.max(most, open);
    };
    await run(server, { first: probes(30) }, { pace: { ...PACE_INFO.fast, connections } }, count);
    await server.stop();
    expect(most).toBe(connections);
    expect(server.peers()).toHaveLength(30);
  });

  test('tells what happens, as it happens: every session begins before its turns and ends after them', async (context) => {
    const server = await serve(context);
    const { events } = await run(server, { first: probes(5) });
    expect(events[0]).toEqual({ kind: 'run-started', sessions: 5, longestMs: 0 });
    expect(events.at(-1)).toEqual({ kind: 'run-ended', finished: 5, aborted: false });
    for (const { id } of probes(5)) {
      const own = events.filter((event) => 'probe' in event && event.probe.id === id).map(({ kind }) => kind);
      expect(own[0]).toBe('session-started');
      expect(own.at(-1)).toBe('session-ended');
      expect(new Set(own.slice(1, -1))).toEqual(new Set(['turn']));
    }
  });

  test('does not ask again what is known, and hands it back', async (context) => {
    const server = await serve(context);
    const { result } = await run(server, { first: probes(3) });
    const again = await run(server, { first: probes(5), known: result.transcripts });
    expect(idsOf(again.result)).toEqual(['0', '1', '2', '3', '4']);
    expect(server.peers()).toHaveLength(5);
  });

  test('leaves out what shows nothing new', async (context) => {
    const server = await serve(context);
    const { result } = await run(server, {
      first: probes(1),
      rest: probes(4).slice(1),
      isPointless: ({ id }, first) => id === '2' && first.length === 1,
    });
    expect(idsOf(result)).toEqual(['0', '1', '3']);
    expect(result.pointless.map(({ id }) => id)).toEqual(['2']);
  });

  test('called off, begins no more sessions and hands back what there is', async (context) => {
    const server = await serve(context);
    const controller = new AbortController();
    const { result, events } = await run(
      server,
      { first: probes(50) },
      { signal: controller.signal, pace: { ...PACE_INFO.fast, connections: 2 } },
      (event) => {
        if (event.kind === 'session-ended' && event.probe.id === '9') controller.abort();
      },
    );
    expect(result.transcripts.length).toBeLessThan(14);
    expect(result.transcripts.length).toBeGreaterThanOrEqual(9);
    expect(events.at(-1)).toMatchObject({ kind: 'run-ended', aborted: true });
  });

  test('earns no more refusals than its pace allows, on its own clock', async (context) => {
    const server = await serve(context);
    const controller = new AbortController();
    const { result, events } = await run(
      server,
      { first: probes(10) },
      { signal: controller.signal, pace: { ...PACE_INFO.polite, refusals: { most: 3, windowMs: 600_000 } } },
      (event) => {
        if (event.kind === 'waiting') controller.abort();
      },
    );
    expect(result.transcripts).toHaveLength(3);
    expect(events.find(({ kind }) => kind === 'waiting')).toMatchObject({ why: expect.stringContaining('banned') });
    expect(events[0]).toMatchObject({ longestMs: 1_800_000 });
  });
});

describe.concurrent('a sentinel', () => {
  const sentinel = asking('sentinel', 'alice@example.com');
  const sentinels = new Map([['direct', sentinel]]);
  const pace = { ...PACE_INFO.normal, sentinelEvery: 4 };

  /** Lets so many sessions in, and refuses everybody else. */
  const banAfter =
    (sessions: number, until = Infinity): Answer =>
    (line, session) =>
      session.number >= sessions && session.number < until && line.startsWith('MAIL')
        ? '554 5.7.1 client rejected'
        : soundAnswer(line, session);

  test('is asked again every so many sessions', async (context) => {
    const server = await serve(context);
    await run(server, { first: [sentinel], rest: probes(12), sentinels }, { pace });
    expect(recipientsAt(server).filter((to) => to === 'alice@example.com')).toHaveLength(1 + 3);
  });

  test('that is refused suddenly puts what was asked since in doubt, and the rest is not asked', async (context) => {
    const server = await serve(context, banAfter(8));
    const { result, events } = await run(server, { first: [sentinel], rest: probes(20), sentinels }, { pace });
    expect(result.turned).toEqual([
      {
        vantage: 'direct',
        doubted: ['4', '5', '6', '7'],
        unasked: ['8', '9', '10', '11', '12', '13', '14', '15', '16', '17', '18', '19'],
        reason: expect.stringContaining('answers otherwise than before'),
      },
    ]);
    expect(events.some(({ kind }) => kind === 'turned')).toBe(true);
    expect(idsOf(result)).toEqual(['sentinel', '0', '1', '2', '3', '4', '5', '6', '7']);
  });

  test('that is only refused for a while lets the batch be asked again', async (context) => {
    // Sessions: 0 sentinel, 1-4 batch, 5 look; 6-9 batch, 10 look (refused), 11 look again, 12-15 batch again ...
    const server = await serve(context, banAfter(7, 11));
    const { result } = await run(server, { first: [sentinel], rest: probes(8), sentinels }, { pace });
    expect(result.turned).toEqual([]);
    expect(result.transcripts.map(({ asked }) => asked.at(-1)?.reply.code)).toEqual([
      250,
      ...Array.from({ length: 8 }, () => 550),
    ]);
    expect(result.transcripts.every(({ asked }) => asked.length === 2)).toBe(true);
  });
});

describe.concurrent('a server that takes its time over refusals', () => {
  const silence = (): Probe => {
    const scenario = scenarioOf({ dialogue: 'R: NOOP\\n\nS: ?...', helo: 'client.test' });
    const filled = fillScenario(scenario, { sender: 's@sender.test' });
    return probeOf({ id: 'silence', script: filled.kind === 'filled' ? filled.script : scriptOf() });
  };

  test('is listened to for longer in the sessions after it, where silence would be an answer', async (context) => {
    const server = await startSocketServer({ host: '127.0.0.1', port: 0 }, (socket) => {
      const say = (text: string, milliseconds = 0): void =>
        void setTimeout(() => socket.write(`${text}\r\n`), milliseconds);
      say('220 mx.example.com');
      socket.on('data', (chunk) => {
        for (const line of chunk.toString().trimEnd().split('\r\n')) {
          if (line.startsWith('RCPT')) say('550 5.7.1 relaying denied', 500);
          else if (line === 'NOOP') say('550 5.7.1 relaying denied', 450);
          else say(line === 'QUIT' ? '221 bye' : '250 ok');
        }
      });
    });
    context.onTestFinished(() => server.stop());
    const { result } = await run(server, { first: probes(1), rest: [silence()] });
    const { silent, asked } = result.transcripts.at(-1) ?? {};
    expect({ silent, codes: asked?.map(({ reply }) => reply.code) }).toEqual({ silent: false, codes: [550] });
    const { result: unwarned } = await run(server, { first: [silence()] });
    expect(unwarned.transcripts.at(-1)?.silent).toBe(true);
  });
});

describe.concurrent('a rate limit', () => {
  const sentinel = asking('sentinel', 'alice@example.com');
  const plan = { first: [sentinel], rest: probes(8), sentinels: new Map([['direct', sentinel]]) };
  const pace = { ...PACE_INFO.normal, sentinelEvery: 4 };

  /** Takes five sessions, and after them nobody for so long after the first that it had to put off. */
  const limited = (milliseconds: number, said = '450 4.7.1 too many connections, come later'): Answer => {
    let until: number | null = null;
    return (line, session) => {
      if (session.number < 5 || !line.startsWith('MAIL')) return soundAnswer(line, session);
      until ??= performance.now() + milliseconds;
      return performance.now() < until ? said : soundAnswer(line, session);
    };
  };

  test('is waited out, with pauses that grow, and what it hit is asked again', async (context) => {
    const server = await serve(context, limited(500));
    const { result, events } = await run(server, plan, { pace, patienceMs: 10_000 });
    expect(result.turned).toEqual([]);
    expect(result.transcripts.map(({ asked }) => asked.at(-1)?.reply.code)).toEqual([
      250,
      ...Array.from({ length: 8 }, () => 550),
    ]);
    expect(events.filter(({ kind }) => kind === 'waiting')).toEqual([
      { kind: 'waiting', milliseconds: 0, why: 'the control from direct was answered otherwise than before' },
      { kind: 'waiting', milliseconds: 1000, why: expect.stringContaining('asks direct to come later') },
    ]);
  });

  test('that outlasts the patience ends the questions from there', async (context) => {
    const server = await serve(context, limited(60_000));
    const { result, events } = await run(server, plan, { pace, patienceMs: 600 });
    expect(result.turned).toHaveLength(1);
    expect(events.flatMap((event) => (event.kind === 'waiting' ? [event.milliseconds] : []))).toEqual([0, 600]);
  });

  test('is none where the server says no for good', async (context) => {
    const server = await serve(context, limited(60_000, '554 5.7.1 go away'));
    const { result, events } = await run(server, plan, { pace, patienceMs: 10_000 });
    expect(result.turned).toHaveLength(1);
    expect(events.flatMap((event) => (event.kind === 'waiting' ? [event.milliseconds] : []))).toEqual([0]);
  });
});

describe.concurrent('a server that takes one connection at a time', () => {
  /** Says no to whoever comes while another is here, as Postfix, Exim and qpsmtpd do beyond their limits. */
  const crowded = async (context: TestContext, isFull: (open: number) => boolean): Promise<ScriptServer> => {
    const server = await serve(context);
    let open = 0;
    const door = await startSocketServer({ host: '127.0.0.1', port: 0 }, (socket) => {
      if (isFull(open)) {
        socket.end('421 4.7.0 too many connections from you\r\n');
        return;
      }
      open += 1;
      const inner = connect(server.port, '127.0.0.1');
      socket.on('close', () => {
        open -= 1;
        inner.destroy();
      });
      inner.pipe(socket).pipe(inner);
    });
    context.onTestFinished(() => door.stop());
    return { ...server, port: door.port };
  };

  test('gets all questions in the end, and no further crowd', async (context) => {
    const server = await crowded(context, (open) => open > 0);
    const { result, events } = await run(server, { first: probes(8), rest: probes(16).slice(8) }, { reprieveMs: 300 });
    expect(result.transcripts.map(({ asked }) => asked.length)).toEqual(Array.from({ length: 16 }, () => 2));
    const why = events.flatMap((event) => (event.kind === 'waiting' ? [event.why] : []));
    expect(why[0]).toMatch(/^the server turned \d sessions away, and is asked one at a time from now on$/);
    expect(why.slice(1).every((later) => later.endsWith('sessions away'))).toBe(true);
    expect(events.filter(({ kind }) => kind === 'session-started').length).toBeLessThan(40);
  });

  test('is asked no more than once again where it lets nobody in any more', async (context) => {
    let connections = 0;
    const server = await crowded(context, () => (connections += 1) > 3);
    const { result } = await run(server, { first: probes(8) });
    expect(result.transcripts.filter(({ asked }) => asked.length > 0)).toHaveLength(3);
    expect(connections).toBe(8 + 1);
  });
});

describe.concurrent('a greylist', () => {
  /** Puts every recipient off the first time that it is named. */
  const greylist = (): Answer => {
    const seen = new Set<string>();
    return (line, session) => {
      if (!line.startsWith('RCPT') || seen.has(line)) return openAnswer(line, session);
      seen.add(line);
      return '451 4.7.1 greylisted';
    };
  };

  test('is waited for once, with a scout before the others', async (context) => {
    const server = await serve(context, greylist());
    const { result, events } = await run(server, { first: probes(4) }, { patienceMs: 1000 });
    expect(result.transcripts.map(({ asked }) => asked.at(-1)?.reply.code)).toEqual([250, 250, 250, 250]);
    expect(events.filter(({ kind }) => kind === 'waiting')).toEqual([
      { kind: 'waiting', milliseconds: 1000, why: '4 questions were put off by the server' },
    ]);
  });

  test('is not waited for without patience', async (context) => {
    const server = await serve(context, greylist());
    const { result } = await run(server, { first: probes(2) });
    expect(result.transcripts.map(({ asked }) => asked.at(-1)?.reply.code)).toEqual([451, 451]);
    expect(server.peers()).toHaveLength(2);
  });
});
