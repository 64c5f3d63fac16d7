import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { TestContext } from 'vitest';
import type { DeliveryOutcome, Envelope } from '../../src/guard/delivery.ts';
import { nextHopDelivery } from '../../src/guard/next-hop.ts';
import { startSink } from '../support/sink.ts';
import { startSocketServer } from '../support/socket-server.ts';
import { until } from '../support/until.ts';

const ENVELOPE: Envelope = { from: 's@elsewhere.test', to: ['a@example.com', 'b@example.com'], eightBit: false };
const MESSAGE = Buffer.from('Subject: test\r\n\r\n.dot\r\nhello\r\n');

/** What a next hop has heard, and the socket on which it can misbehave. */
interface Hop {
  readonly socket: Socket;
  readonly heard: string[];
}

/** Answers one line of the client; null is silence. Mail data comes as one line that begins with `data:`. */
type Answerer = (line: string, hop: Hop) => string | null;

interface HostileHop {
  readonly port: number;
  readonly heard: string[];
}

/** A next hop on a bare socket. `greet` may say anything first. */
async function startHop(context: TestContext, answer: Answerer, greet = '220 hop.test ESMTP\r\n'): Promise<HostileHop> {
  const heard: string[] = [];
  const server = await startSocketServer({ host: '127.0.0.1', port: 0 }, (socket) => {
    const hop = { socket, heard };
    let text = '';
    let inData = false;
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
      for (;;) {
        const ending = inData ? '\r\n.\r\n' : '\r\n';
        const end = text.indexOf(ending);
        if (end === -1) return;
        const line = (inData ? 'data:' : '') + text.slice(0, end);
        text = text.slice(end + ending.length);
        heard.push(line);
        const reply = answer(line, hop);
        inData = !inData && line === 'DATA' && reply !== null && /^(?:354|250)/.test(reply);
        if (reply !== null && !socket.destroyed) socket.write(reply);
      }
    });
    if (greet !== '') socket.write(greet);
  });
  context.onTestFinished(() => server.stop());
  return { port: server.port, heard };
}

/** A next hop in good order, but for the replies that are given. Keys are the beginnings of lines. */
function hopWith(replies: Readonly<Record<string, string | null>>): Answerer {
  return (line) => {
    const own = Object.entries(replies).find(([start]) => line.startsWith(start));
    if (own !== undefined) return own[1];
    if (line.startsWith('EHLO')) return '250-hop.test\r\n250-PIPELINING\r\n250 8BITMIME\r\n';
    if (line === 'DATA') return '354 go ahead\r\n';
    return line === 'QUIT' ? '221 bye\r\n' : '250 ok\r\n';
  };
}

function deliverTo(port: number, envelope = ENVELOPE, deadlineMs = 2000): Promise<DeliveryOutcome> {
  return nextHopDelivery({ host: '127.0.0.1', port, name: 'guard.test', deadlineMs })(envelope, MESSAGE);
}

const wasCommitted = (hop: HostileHop): boolean => hop.heard.some((line) => line.startsWith('data:'));

describe.concurrent('delivery to the next hop', () => {
  test('puts the approved envelope and the message on the wire, byte for byte', async (context) => {
    const sink = await startSink();
    context.onTestFinished(() => sink.stop());
    const outcome = await deliverTo(sink.port);
    expect(outcome).toEqual({ kind: 'delivered' });
    expect(sink.messages()).toMatchObject([
      {
        reversePath: 's@elsewhere.test',
        forwardPaths: ENVELOPE.to,
        data: MESSAGE.toString('latin1'),
        helo: 'guard.test',
      },
    ]);
  });

  test('sends the null sender as <> and 8-bit mail as such, one command at a time', async (context) => {
    const hop = await startHop(context, hopWith({}));
    const outcome = await deliverTo(hop.port, { from: '', to: ['postmaster'], eightBit: true });
    expect(outcome).toEqual({ kind: 'delivered' });
    expect(hop.heard.slice(0, 4)).toEqual([
      'EHLO guard.test',
      'MAIL FROM:<> BODY=8BITMIME',
      'RCPT TO:<postmaster>',
      'DATA',
    ]);
  });

  test('falls back to HELO before an old server', async (context) => {
    const hop = await startHop(context, hopWith({ EHLO: '500 what\r\n' }));
    expect(await deliverTo(hop.port)).toEqual({ kind: 'delivered' });
    expect(hop.heard.slice(0, 2)).toEqual(['EHLO guard.test', 'HELO guard.test']);
  });

  test('never delivers a part of the recipients: every vector of outcomes for one to three of them', async (context) => {
    const classes = ['250 ok', '450 later', '550 no'];
    const vectors = [1, 2, 3].flatMap((length) =>
      Array.from({ length: 3 ** length }, (_, n) =>
        Array.from({ length }, (_unused, at) => classes[Math.floor(n / 3 ** at) % 3] ?? ''),
      ),
    );
    const outcomes = await Promise.all(
      vectors.map(async (vector) => {
        const to = vector.map((_, index) => `user${index}@example.com`);
        const replies = Object.fromEntries(vector.map((reply, index) => [`RCPT TO:<user${index}@`, `${reply}\r\n`]));
        const hop = await startHop(context, hopWith(replies));
        return {
          vector,
          outcome: await deliverTo(hop.port, { ...ENVELOPE, to }, 20_000),
          committed: wasCommitted(hop),
          data: hop.heard.includes('DATA'),
        };
      }),
    );
    for (const { vector, outcome, committed, data } of outcomes) {
      const codes = vector.map((reply) => Number(reply.slice(0, 3)));
      const refused = codes.filter((code) => code > 250);
      const all = refused.length === codes.length;
      const code = refused.includes(450) ? 450 : 550;
      const expected =
        refused.length === 0
          ? { kind: 'delivered' }
          : all
            ? { kind: 'refused', code, command: 'RCPT TO' }
            : { kind: 'mixed', codes };
      expect({ vector, outcome, committed, data }).toEqual({
        vector,
        outcome: expected,
        committed: refused.length === 0,
        data: refused.length === 0,
      });
    }
    expect(outcomes).toHaveLength(39);
  });

  const refusals: readonly (readonly [string, Readonly<Record<string, string>>, number, string])[] = [
    ['the sender', { 'MAIL FROM': '553 no\r\n' }, 553, 'MAIL FROM'],
    ['DATA', { DATA: '451 not now\r\n' }, 451, 'DATA'],
    ['the message', { 'data:': '550 spam\r\n' }, 550, 'end of data'],
    ['the message for now, closing', { 'data:': '421 going down\r\n' }, 421, 'end of data'],
  ];
  test.for(refusals)('passes on that %s is refused', async ([, replies, code, command], context) => {
    const hop = await startHop(context, hopWith(replies));
    expect(await deliverTo(hop.port)).toEqual({ kind: 'refused', code, command });
  });
});

/** Next hops that do not speak SMTP at some point: whatever they say, nothing may count as delivered. */
const HOSTILE: readonly (readonly [string, Answerer, string?])[] = [
  ['sends 354 and 250 in one segment', hopWith({ DATA: '354 go\r\n250 done\r\n' })],
  ['sends 354 and the beginning of a 250 in one segment', hopWith({ DATA: '354 go\r\n250' })],
  [
    'dumps a whole session with the greeting',
    () => null,
    '220 hi\r\n250 a\r\n250 b\r\n250 c\r\n250 d\r\n354 e\r\n250 f\r\n',
  ],
  ['answers EHLO twice', hopWith({ EHLO: '250 a\r\n250 b\r\n' })],
  ['answers MAIL twice', hopWith({ MAIL: '250 a\r\n250 b\r\n' })],
  ['answers RCPT twice', hopWith({ RCPT: '250 a\r\n250 b\r\n' })],
  ['answers DATA with 250', hopWith({ DATA: '250 ok\r\n' })],
  ['answers DATA with 251', hopWith({ DATA: '251 ok\r\n' })],
  ['answers DATA with 334', hopWith({ DATA: '334 \r\n' })],
  ['answers RCPT with 354', hopWith({ RCPT: '354 go\r\n' })],
  ['answers RCPT with 252', hopWith({ RCPT: '252 who knows\r\n' })],
  ['answers MAIL with 235', hopWith({ MAIL: '235 ok\r\n' })],
  ['answers EHLO with 220', hopWith({ EHLO: '220 ok\r\n' })],
  ['answers the message with 251', hopWith({ 'data:': '251 ok\r\n' })],
  ['answers the message with 354', hopWith({ 'data:': '354 more\r\n' })],
  ['answers the message with two digits', hopWith({ 'data:': '25 ok\r\n' })],
  ['answers RCPT with two digits', hopWith({ RCPT: '25 ok\r\n' })],
  ['answers with four digits', hopWith({ RCPT: '2500 ok\r\n' })],
  ['answers with no code', hopWith({ RCPT: 'ok\r\n' })],
  ['answers with a letter after the code', hopWith({ RCPT: '250X ok\r\n' })],
  ['answers with full-width digits', hopWith({ RCPT: '\uff12\uff15\uff10 ok\r\n' })],
  ['answers with code 000', hopWith({ RCPT: '000 ok\r\n' })],
  ['answers with code 199', hopWith({ RCPT: '199 ok\r\n' })],
  ['answers with code 600', hopWith({ RCPT: '600 ok\r\n' })],
  ['mixes 250 and 550 in a reply to RCPT', hopWith({ RCPT: '250-ok\r\n550 no\r\n' })],
  ['mixes 550 and 250 in a reply to the message', hopWith({ 'data:': '550-no\r\n250 ok\r\n' })],
  ['mixes 250 and 550 in a reply to the message', hopWith({ 'data:': '250-ok\r\n550 no\r\n' })],
  ['ends replies in a bare LF', hopWith({ RCPT: '250 ok\n' })],
  ['puts a bare CR into a reply', hopWith({ RCPT: '250 a\rb\r\n' })],
  ['greets with 250', hopWith({}), '250 hello\r\n'],
  ['greets with 554', hopWith({}), '554 go away\r\n'],
  ['greets as SSH', hopWith({}), 'SSH-2.0-OpenSSH\r\n'],
  ['greets as HTTP', hopWith({}), 'HTTP/1.1 400 Bad Request\r\n\r\n'],
  [
    'closes after the greeting',
    (_line, { socket }) => {
      socket.destroy();
      return null;
    },
  ],
  ['never greets', hopWith({}), ''],
  ['never answers EHLO', hopWith({ EHLO: null })],
  ['never answers RCPT', hopWith({ RCPT: null })],
  ['never answers the message', hopWith({ 'data:': null })],
  [
    'closes at RCPT',
    (line, { socket }) => {
      if (line.startsWith('RCPT')) socket.destroy();
      return hopWith({})(line, { socket, heard: [] });
    },
  ],
  [
    'closes at the end of data',
    (line, { socket }) => {
      if (line.startsWith('data:')) socket.destroy();
      return hopWith({})(line, { socket, heard: [] });
    },
  ],
  [
    'resets at the end of data',
    (line, { socket }) => {
      if (line.startsWith('data:')) socket.resetAndDestroy();
      return hopWith({})(line, { socket, heard: [] });
    },
  ],
  [
    'ends its side after 354',
    (line, { socket }) => {
      if (line === 'DATA') {
        socket.end('354 go\r\n');
        return null;
      }
      return hopWith({})(line, { socket, heard: [] });
    },
  ],
  ['answers EHLO for ever', hopWith({ EHLO: '250-and more\r\n'.repeat(20_000) })],
  ['answers with a line that never ends', hopWith({ EHLO: '2'.repeat(200_000) })],
];

describe.concurrent('a hostile next hop', () => {
  test.for(HOSTILE)('that %s delivers nothing', async ([, answer, greet], context) => {
    const hop = await startHop(context, answer, greet);
    const started = performance.now();
    const outcome = await deliverTo(hop.port, ENVELOPE, 700);
    expect(outcome.kind).toBe('failed');
    expect(performance.now() - started).toBeLessThan(2500);
  });

  test('that drips a reply byte by byte is left at the deadline', async (context) => {
    const hop = await startHop(context, (line, { socket }) => {
      if (!line.startsWith('RCPT')) return hopWith({})(line, { socket, heard: [] });
      const drip = setInterval(() => socket.write('2'), 20);
      socket.on('close', () => {
        clearInterval(drip);
      });
      return null;
    });
    const started = performance.now();
    expect(await deliverTo(hop.port, ENVELOPE, 400)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('400 ms'),
    });
    expect(performance.now() - started).toBeLessThan(1500);
  });

  test('that speaks while the message is sent is left without QUIT in the message', async (context) => {
    // Given a next hop that answers in the middle of the data
    const heard: string[] = [];
    let closed = false;
    const server = await startSocketServer({ host: '127.0.0.1', port: 0 }, (socket) => {
      let seen = '';
      socket.on('close', () => {
        closed = true;
      });
      socket.on('data', (chunk) => {
        const text = chunk.toString('latin1');
        heard.push(text);
        if (seen.includes('DATA\r\n')) socket.write('250 early\r\n');
        else if (text.includes('DATA\r\n')) socket.write('354 go\r\n');
        else socket.write('250 ok\r\n');
        seen += text;
      });
      socket.write('220 hop\r\n');
    });
    context.onTestFinished(() => server.stop());
    const { port } = server;
    // When a message of several segments goes out
    const big = Buffer.from(`Subject: big\r\n\r\n${`${'x'.repeat(76)}\r\n`.repeat(60_000)}`);
    const outcome = await nextHopDelivery({ host: '127.0.0.1', port, name: 'guard.test', deadlineMs: 5000 })(
      ENVELOPE,
      big,
    );
    // Then it failed, and no QUIT went into the data
    expect(outcome).toEqual({ kind: 'failed', reason: 'a reply came before its command' });
    await until('the end of the connection', () => closed);
    expect(heard.join('')).not.toContain('QUIT');
  });

  test('that is cut off after any byte of its replies delivers nothing', async (context) => {
    const replies = [
      '220 hop.test\r\n',
      '250-hop.test\r\n250 8BITMIME\r\n',
      '250 ok\r\n',
      '250 ok\r\n',
      '250 ok\r\n',
      '354 go\r\n',
      '250 kept\r\n',
    ];
    const whole = replies.join('').length;
    const outcomes = await Promise.all(
      Array.from({ length: whole + 1 }, async (_, allowed) => {
        const rest = [...replies];
        let left = allowed;
        // Each reply takes from what is left; the connection ends with the byte that is the last.
        const say = (socket: Socket): void => {
          const reply = rest.shift() ?? '';
          socket.write(reply.slice(0, left));
          left -= reply.length;
          if (left <= 0) socket.end();
        };
        const server = await startSocketServer({ host: '127.0.0.1', port: 0 }, (socket) => {
          let inData = false;
          socket.on('data', (chunk) => {
            const text = chunk.toString('latin1');
            if (inData && !text.endsWith('\r\n.\r\n') && text !== '.\r\n') return;
            inData = text === 'DATA\r\n';
            say(socket);
          });
          say(socket);
        });
        context.onTestFinished(() => server.stop());
        return (await deliverTo(server.port, ENVELOPE, 20_000)).kind;
      }),
    );
    expect(outcomes.slice(0, -1).filter((kind) => kind !== 'failed')).toEqual([]);
    expect(outcomes.at(-1)).toBe('delivered');
  });

  test('that nobody is at fails at once', async () => {
    const started = performance.now();
    expect(await deliverTo(1)).toMatchObject({ kind: 'failed' });
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
