import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, test, type TestContext } from 'vitest';
import type { SessionOptions } from '../../src/probe/session-options.ts';
import { runSession } from '../../src/probe/session-runner.ts';
import { fillScenario } from '../../src/session/fill.ts';
import type { Probe } from '../../src/session/plan.ts';
import type { Script } from '../../src/session/script.ts';
import type { Transcript } from '../../src/session/transcript.ts';
import { scenarioOf } from '../support/scenarios.ts';
import { freePort } from '../support/socket-server.ts';
import {
  CLOSE,
  openAnswer,
  soundAnswer,
  startScriptServer,
  type Answer,
  type ScriptServer,
} from '../support/script-server.ts';
import { CANARY_TOKEN, optionsFor, probeOf, scriptOf, SHORT_DEADLINES, withCanary } from '../support/session-rig.ts';

async function serve(context: TestContext, answer?: Answer, banner?: string | null): Promise<ScriptServer> {
  const server = await startScriptServer(answer, banner);
  context.onTestFinished(() => server.stop());
  return server;
}

function run(
  server: ScriptServer,
  probe: Partial<Probe> = {},
  options: Partial<SessionOptions> = {},
): Promise<Transcript> {
  return runSession(probeOf(probe), optionsFor(server.port, options));
}

function scriptFrom(dialogue: string, helo: string | null = 'client.test'): Script {
  const filled = fillScenario(scenarioOf({ dialogue, helo }), {});
  if (filled.kind !== 'filled') throw new Error(filled.kind);
  return filled.script;
}

function turnTexts({ turns }: Transcript): readonly string[] {
  return turns.map((turn) => {
    if (turn.kind === 'received') return `${turn.stage} S ${turn.reply.code} ${turn.reply.lines.join('|')}`;
    return turn.kind === 'sent' ? `${turn.stage} C ${turn.text}` : `note ${turn.text}`;
  });
}

describe.concurrent('a session', () => {
  test('is kept turn by turn, in the order of the wire', async (context) => {
    const server = await serve(context);
    const transcript = await run(server);
    expect(turnTexts(transcript)).toEqual([
      `note connected to 127.0.0.1 port ${server.port} as direct`,
      'banner S 220 mx.example.com ESMTP tested',
      'ehlo C EHLO client.test',
      'ehlo S 250 mx.example.com|PIPELINING|SIZE 1000000|AUTH PLAIN',
      'mail C MAIL FROM:<s@sender.test>',
      'mail S 250 2.0.0 ok',
      'rcpt C RCPT TO:<v@outside.test>',
      'rcpt S 550 5.7.1 relaying denied',
      'reset C RSET',
      'reset S 250 2.0.0 ok',
      'quit C QUIT',
      'quit S 221 2.0.0 bye',
    ]);
    expect(transcript).toMatchObject({
      id: 'third-party direct anonymous',
      scenario: 'third-party',
      vantage: 'direct',
      login: null,
      startedAt: '1970-01-01T00:00:00.000Z',
      localAddress: '127.0.0.1',
      message: { kind: 'not-sent' },
      canary: null,
      end: { kind: 'completed' },
    });
    expect(transcript.asked.map(({ stage, reply }) => [stage, reply.code])).toEqual([
      ['mail', 250],
      ['rcpt', 550],
    ]);
    const times = transcript.turns.map(({ at }) => at);
    expect([...times].sort((a, b) => a - b)).toEqual(times);
  });

  test('sends nothing but what the script says and the greeting and the farewell around it', async (context) => {
    const server = await serve(context);
    await run(server);
    expect(server.bytes()).toEqual([
      'EHLO client.test\r\nMAIL FROM:<s@sender.test>\r\nRCPT TO:<v@outside.test>\r\nRSET\r\nQUIT\r\n',
    ]);
  });

  test('tells a server that holds the reply to QUIT back that nothing more comes, and reads it then', async (context) => {
    // Given a server that says goodbye when the client has closed its half of the connection
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('end', () => socket.end('221 bye\r\n'));
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        const line = String(chunk).trimEnd();
        if (line !== 'QUIT') socket.write(`${soundAnswer(line, { number: 0, lines: [] })}\r\n`);
      });
      socket.write('220 mx.example.com\r\n');
    }).listen(0, '127.0.0.1');
    context.onTestFinished(() => void server.close());
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    // When a session comes to its end
    const transcript = await runSession(probeOf(), optionsFor(port));
    // Then the goodbye is heard
    expect(turnTexts(transcript).at(-1)).toBe('quit S 221 bye');
    expect(transcript.end).toEqual({ kind: 'completed' });
  });

  test('sends the canary where the recipient was taken, dots doubled, and keeps the token and not the text', async (context) => {
    const server = await serve(context, openAnswer);
    const transcript = await run(
      server,
      {},
      { canaryFor: () => ({ token: CANARY_TOKEN, lines: ['Subject: x', '', '.dot', 'end'] }) },
    );
    expect(server.bytes()[0]).toContain('DATA\r\nSubject: x\r\n\r\n..dot\r\nend\r\n.\r\nQUIT\r\n');
    expect(transcript.canary).toBe(CANARY_TOKEN);
    expect(transcript.message).toMatchObject({ kind: 'answered', stage: 'end-of-data', reply: { code: 250 } });
    expect(turnTexts(transcript)).toContain(`end-of-data C [canary message ${CANARY_TOKEN}]`);
  });

  test('says QUIT and not RSET behind a message that was taken, for servers that hand it on at QUIT only', async (context) => {
    const taking = await serve(context, openAnswer);
    await run(taking, {}, withCanary());
    expect(taking.lines().slice(-2)).toEqual([expect.stringContaining('Subject: canary'), 'QUIT']);
    const refusing = await serve(context, (line, session) =>
      line === 'DATA' ? '554 5.7.1 not this one' : openAnswer(line, session),
    );
    await run(refusing, {}, withCanary());
    expect(refusing.lines().slice(-3)).toEqual(['DATA', 'RSET', 'QUIT']);
  });

  test('sends no canary where the recipient was refused, and none without leave', async (context) => {
    const closed = await serve(context);
    expect((await run(closed, {}, withCanary())).message).toEqual({ kind: 'not-sent' });
    const open = await serve(context, openAnswer);
    expect((await run(open)).canary).toBeNull();
    expect([...closed.lines(), ...open.lines()]).not.toContain('DATA');
  });

  test('keeps a refusal at DATA, and sends no text after it', async (context) => {
    const server = await serve(context, (line, session) =>
      line === 'DATA' ? '554 5.7.1 not this one' : openAnswer(line, session),
    );
    const transcript = await run(server, {}, withCanary());
    expect(transcript.message).toMatchObject({ kind: 'answered', stage: 'data', reply: { code: 554 } });
    expect(transcript.canary).toBe(CANARY_TOKEN);
    expect(server.bytes()[0]).not.toContain('Subject');
  });

  test('sends no text where DATA is answered with 250', async (context) => {
    const server = await serve(context, (line, session) => (line === 'DATA' ? '250 ok' : openAnswer(line, session)));
    const transcript = await run(server, {}, withCanary());
    expect(transcript.end).toMatchObject({ kind: 'diverged', stage: 'data', wanted: '354' });
    expect(server.bytes()[0]).not.toContain('Subject');
  });

  test('greets with HELO where EHLO is not known', async (context) => {
    const server = await serve(context, (line, session) =>
      line.startsWith('EHLO') ? '502 5.5.1 what?' : soundAnswer(line, session),
    );
    const transcript = await run(server);
    expect(server.lines().slice(0, 3)).toEqual(['EHLO client.test', 'HELO client.test', 'MAIL FROM:<s@sender.test>']);
    expect(transcript.end.kind).toBe('completed');
  });

  test('ends where EHLO is refused for another reason', async (context) => {
    const server = await serve(context, (line, session) =>
      line.startsWith('EHLO') ? '550 5.7.1 client rejected' : soundAnswer(line, session),
    );
    const transcript = await run(server);
    expect(transcript.end).toMatchObject({ kind: 'diverged', stage: 'ehlo', reply: { code: 550 }, wanted: '250' });
    expect(transcript.asked).toEqual([]);
    expect(server.lines()).toEqual(['EHLO client.test', 'RSET', 'QUIT']);
  });

  test('asks nothing of a server that does not offer what the script needs', async (context) => {
    const server = await serve(context);
    const transcript = await run(server, { script: scriptOf({ needs: ['CHUNKING'] }) });
    expect(transcript.end).toEqual({ kind: 'not-offered', needed: 'CHUNKING' });
    expect(server.lines()).toEqual(['EHLO client.test', 'RSET', 'QUIT']);
    const offered = await run(server, { script: scriptOf({ needs: ['AUTH PLAIN', 'PIPELINING'] }) });
    expect(offered.end.kind).toBe('completed');
  });

  test('greets with no name where the script greets for itself', async (context) => {
    const server = await serve(context);
    await run(server, { script: scriptFrom('C: HELO me.test\nS: 250\nC: NOOP\nS: ?', null) });
    expect(server.lines()).toEqual(['HELO me.test', 'NOOP', 'RSET', 'QUIT']);
  });

  test('says what it waited for where nobody listens', async () => {
    const port = await freePort();
    const transcript = await runSession(probeOf(), optionsFor(port));
    expect(transcript.end).toEqual({ kind: 'unreachable', detail: `127.0.0.1 port ${port}: ECONNREFUSED` });
    expect(transcript).toMatchObject({ localAddress: null, turns: [], asked: [] });
  });

  test('tells an address that is not of this host from a server that is not there', async (context) => {
    const server = await serve(context);
    const transcript = await run(server, { vantage: { kind: 'bind', address: '198.51.100.7' } });
    expect(transcript.end).toMatchObject({ kind: 'unreachable' });
    expect(JSON.stringify(transcript.end)).toContain('EADDRNOTAVAIL');
  });

  test('comes from the address that it is bound to', async (context) => {
    const server = await serve(context);
    const transcript = await run(server, { vantage: { kind: 'bind', address: '127.0.0.9' } });
    expect(server.peers()).toEqual(['127.0.0.9']);
    expect(transcript.localAddress).toBe('127.0.0.9');
    expect(transcript.vantage).toBe('bind=127.0.0.9');
  });

  test('claims a client by a PROXY header before everything else', async (context) => {
    const server = await serve(context);
    await run(server, { vantage: { kind: 'proxy', address: '198.51.100.7', version: 1 } });
    expect(server.lines()[0]).toMatch(/^PROXY TCP4 198\.51\.100\.7 127\.0\.0\.1 \d+ \d+$/);
  });

  test('claims a client by XCLIENT, and reads the new banner before it greets again', async (context) => {
    const server = await serve(context, (line, session) =>
      line.startsWith('XCLIENT') ? '220 mx.example.com ESMTP again' : soundAnswer(line, session),
    );
    const transcript = await run(server, { vantage: { kind: 'xclient', address: '2001:db8::7' } });
    expect(server.lines().slice(0, 3)).toEqual([
      'EHLO client.test',
      'XCLIENT ADDR=IPV6:2001:db8::7 NAME=[UNAVAILABLE]',
      'EHLO client.test',
    ]);
    expect(transcript.end.kind).toBe('completed');
  });

  test('says so where XCLIENT is not believed', async (context) => {
    const server = await serve(context, (line, session) =>
      line.startsWith('XCLIENT') ? '550 5.7.0 no' : soundAnswer(line, session),
    );
    const transcript = await run(server, { vantage: { kind: 'xclient', address: '198.51.100.7' } });
    expect(transcript.end).toMatchObject({ kind: 'diverged', wanted: '220', reply: { code: 550 } });
    expect(server.lines().some((line) => line.startsWith('MAIL'))).toBe(false);
  });

  test('ends at once when it is called off', async (context) => {
    const server = await serve(context, soundAnswer, null);
    const controller = new AbortController();
    const transcript = run(
      server,
      {},
      { signal: controller.signal, deadlines: { ...SHORT_DEADLINES, banner: 30_000 } },
    );
    while (server.peers().length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    controller.abort();
    expect((await transcript).end).toEqual({ kind: 'aborted' });
    const never = await run(server, {}, { signal: controller.signal });
    expect(never.end).toEqual({ kind: 'aborted' });
    expect(server.peers()).toHaveLength(1);
  });

  test('hands out every turn as it happens', async (context) => {
    const server = await serve(context);
    const seen: unknown[] = [];
    const transcript = await run(server, {}, { onTurn: (_, turn) => seen.push(turn) });
    expect(seen).toEqual(transcript.turns);
  });

  test('keeps what the server said before it hung up', async (context) => {
    const server = await serve(context, (line, session) =>
      line.startsWith('RCPT') ? CLOSE : soundAnswer(line, session),
    );
    const transcript = await run(server);
    expect(transcript.end).toMatchObject({ kind: 'closed', stage: 'rcpt' });
    expect(transcript.asked).toHaveLength(1);
  });

  test('ends the session by itself where a recipient is out of scope, which never reaches the wire', async (context) => {
    const server = await serve(context, openAnswer);
    const script = scriptFrom('C: MAIL FROM:<>\nS: ?\nC: RCPT TO:<v@victim.zz>\nS: ?');
    const transcript = await run(server, { script });
    expect(transcript.end).toEqual({ kind: 'out-of-scope', stage: 'rcpt', names: ['victim.zz'] });
    expect(server.bytes().join('')).not.toContain('victim');
  });
});

describe.concurrent('a script', () => {
  test('goes on after a refusal where it says so, and the last answer is telling', async (context) => {
    const server = await serve(context);
    const dialogue = 'C: MAIL FROM:<>\nS: 250\nC: RCPT TO:<v@outside.test>\nS: ?+\nC: RCPT TO:<a@example.com>\nS: ?';
    const transcript = await run(server, { script: scriptFrom(dialogue) });
    expect(transcript.asked.map(({ reply }) => reply.code)).toEqual([550, 250]);
  });

  test('ends at the first refusal of its question', async (context) => {
    const server = await serve(context);
    const dialogue = 'C: MAIL FROM:<>\nS: 250\nC: RCPT TO:<v@outside.test>\nS: ?\nC: RCPT TO:<a@example.com>\nS: ?';
    await run(server, { script: scriptFrom(dialogue) });
    expect(server.lines()).not.toContain('RCPT TO:<a@example.com>');
  });

  test('sends lines without an answer between them in one write, and reads all answers', async (context) => {
    const server = await serve(context);
    const dialogue = 'C: MAIL FROM:<>\nC: RCPT TO:<v@outside.test>\nC: DATA\nS: ?\nS: ?\nS: *';
    const transcript = await run(server, {
      script: scriptFrom(dialogue),
    });
    expect(transcript.asked.map(({ stage, reply }) => [stage, reply.code])).toEqual([
      ['mail', 250],
      ['rcpt', 550],
    ]);
    expect(turnTexts(transcript)).toContain('data S 354 go ahead');
  });

  test('ends where the server says something else than the script needs', async (context) => {
    const server = await serve(context);
    const transcript = await run(server, { script: scriptFrom('C: NOOP\nS: 5xx\nC: NOOP\nS: ?') });
    expect(transcript.end).toMatchObject({ kind: 'diverged', stage: 'other', wanted: '5xx', reply: { code: 250 } });
    expect(transcript.asked).toEqual([]);
  });

  test('sends its own message where it says so', async (context) => {
    const server = await serve(context, openAnswer);
    const dialogue =
      'C: MAIL FROM:<>\nS: 250\nC: RCPT TO:<v@outside.test>\nS: 250\nC: DATA\nS: 354\nC: {message}\nS: 250\nC: MAIL FROM:<>\nS: 250\nC: RCPT TO:<v@outside.test>\nS: ?';
    const transcript = await run(server, { script: scriptFrom(dialogue) }, withCanary());
    expect(server.lines().filter((line) => line === 'DATA')).toHaveLength(2);
    expect(transcript.message).toMatchObject({ kind: 'answered', stage: 'end-of-data' });
  });

  test('counts a recipient as held only until RSET, a greeting or the next MAIL', async (context) => {
    const server = await serve(context, openAnswer);
    for (const undone of ['RSET', 'EHLO client.test', 'MAIL FROM:<>']) {
      const dialogue = `C: MAIL FROM:<>\nS: 250\nC: RCPT TO:<v@outside.test>\nS: ?\nC: ${undone}\nS: *`;
      const transcript = await run(server, { script: scriptFrom(dialogue) }, withCanary());
      expect(transcript.message).toEqual({ kind: 'not-sent' });
    }
  });
});

describe.concurrent('without leave to send a message', () => {
  const taking: Answer = (line, session) => (line.startsWith('X') ? '354 go ahead' : openAnswer(line, session));
  const envelope = 'C: MAIL FROM:<s@sender.test>\nS: 2xx\nC: RCPT TO:<alice@example.com>\nS: 2xx\n';

  test('a script that could end one is not begun, and that is our own doing', async (context) => {
    const server = await serve(context, taking);
    const { end, message, turns } = await run(server, { script: scriptFrom(`${envelope}C: DATA\nS: 354\nC: .\nS: ?`) });
    expect(end).toMatchObject({ kind: 'withheld' });
    expect(message).toEqual({ kind: 'not-sent' });
    expect(turns.at(-1)).toMatchObject({ kind: 'note', text: expect.stringContaining('--prove') });
    expect(server.lines()).toEqual(['EHLO client.test']);
  });

  test('nothing that could end one follows a 354, whatever command the server gave it for', async (context) => {
    const server = await serve(context, taking);
    const { end } = await run(server, { script: scriptFrom(`${envelope}C: X-SEND\nS: 354\nR: text\\n.\\n\nS: ?`) });
    expect(end).toMatchObject({ kind: 'withheld' });
    expect(server.bytes().join('')).not.toMatch(/text|[\r\n]\./);
  });

  test('a session may ask whether DATA is taken, and breaks off there', async (context) => {
    const server = await serve(context, taking);
    const { end, asked } = await run(server, { script: scriptFrom(`${envelope}C: DATA\nS: ?`) });
    expect(asked).toMatchObject([{ stage: 'data', reply: { code: 354 } }]);
    expect(end.kind).not.toBe('withheld');
    expect(server.bytes().join('')).not.toContain('\r\n.');
  });
});
