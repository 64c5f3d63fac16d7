import { describe, expect, test } from 'vitest';
import type { TestContext } from 'vitest';
import type { Delivery, DeliveryOutcome } from '../../src/guard/delivery.ts';
import { LIMIT_INFO, UNMETERED, guardLimits } from '../../src/guard/limits.ts';
import type { GuardLimits, LimitName } from '../../src/guard/limits.ts';
import { hashPassword } from '../../src/policy/password-hash.ts';
import { plainResponse } from '../../src/smtp/sasl.ts';
import { startSocketServer } from '../support/socket-server.ts';
import { until } from '../support/until.ts';
import { sayAll } from './client.ts';
import type { Client } from './client.ts';
import { rigPolicy, startRig } from './rig.ts';
import type { Rig } from './rig.ts';

const MAIL = 'MAIL FROM:<s@elsewhere.test>';
const RCPT = 'RCPT TO:<bob@example.com>';
const logins = [{ user: 'alice', passwordHash: await hashPassword('wonderland', { N: 1024, r: 8, p: 1 }) }];
const WRONG = `AUTH PLAIN ${plainResponse({ user: 'alice', password: 'nonsense' })}`;

/** A greeted session of a guard with these limits. */
async function session(context: TestContext, limits: Partial<GuardLimits>): Promise<{ rig: Rig; client: Client }> {
  const rig = await startRig(context, { limits, policy: rigPolicy({ logins }), allowInsecureAuth: true });
  const client = await rig.client();
  await client.say('EHLO c.test');
  return { rig, client };
}

/** Sends messages of these contents in one session: the codes of the replies at their ends. */
async function send(
  context: TestContext,
  limits: Partial<GuardLimits>,
  contents: readonly string[],
): Promise<readonly number[]> {
  const { client } = await session(context, limits);
  const codes: number[] = [];
  for (const content of contents) {
    await sayAll(client, [MAIL, RCPT, 'DATA']);
    codes.push((await client.say(`${content}\r\n.`)).code);
  }
  return codes;
}

const header = (lines: number): string =>
  `${Array.from({ length: lines }, (_, index) => `X-${index}: y`).join('\r\n')}\r\n\r\nx`;
const trace = (fields: number): string => `${'Received: from x\r\n'.repeat(fields)}\r\nx`;

/** The time from now until the server hangs up. */
async function lasts(client: Client): Promise<number> {
  const started = performance.now();
  await client.ended;
  return performance.now() - started;
}

const quick = (ms: number): void => {
  expect(ms).toBeLessThan(2000);
};

/** For each limit a test that what is within it is taken and what is beyond it is answered as the table says. */
const TESTS: Readonly<Record<LimitName, (context: TestContext, code: number | null) => Promise<void>>> = {
  commandLineBytes: async (context, code) => {
    const { client } = await session(context, { commandLineBytes: 100 });
    expect(await sayAll(client, ['NOOP '.padEnd(98, 'x'), 'NOOP '.padEnd(99, 'x')])).toEqual([250, code]);
  },
  authLineBytes: async (context, code) => {
    const { client } = await session(context, { authLineBytes: 200, commandLineBytes: 200 });
    expect(await sayAll(client, ['AUTH PLAIN', 'x'.repeat(198)])).toEqual([334, 501]);
    expect(await sayAll(client, ['AUTH PLAIN', 'x'.repeat(202)])).toEqual([334, code]);
  },
  dataLineBytes: async (context, code) => {
    expect(await send(context, { dataLineBytes: 50 }, [`\r\n${'x'.repeat(50)}`, `\r\n${'x'.repeat(51)}`])).toEqual([
      250,
      code,
    ]);
  },
  messageBytes: async (context, code) => {
    const limits = { messageBytes: 100 };
    expect(await send(context, limits, ['x'.repeat(98), 'x'.repeat(99)])).toEqual([250, code]);
    const { client } = await session(context, limits);
    expect(await sayAll(client, [`${MAIL} SIZE=100`, 'RSET', `${MAIL} SIZE=101`])).toEqual([250, 250, code]);
  },
  headerLines: async (context, code) => {
    expect(await send(context, { headerLines: 5 }, [header(5), header(6)])).toEqual([250, code]);
  },
  receivedFields: async (context, code) => {
    expect(await send(context, { receivedFields: 5 }, [trace(5), trace(6)])).toEqual([250, code]);
  },
  recipientsPerMessage: async (context, code) => {
    const { client } = await session(context, { recipientsPerMessage: 3 });
    expect(await sayAll(client, [MAIL, RCPT, RCPT, RCPT, RCPT])).toEqual([250, 250, 250, 250, code]);
  },
  messagesPerSession: async (context, code) => {
    const { client } = await session(context, { messagesPerSession: 3 });
    expect(await sayAll(client, [MAIL, 'RSET', MAIL, 'RSET', MAIL, 'RSET', MAIL])).toEqual([
      250,
      250,
      250,
      250,
      250,
      250,
      code,
    ]);
    await client.ended;
  },
  errorsPerSession: async (context, code) => {
    const { client } = await session(context, { errorsPerSession: 3 });
    expect(await sayAll(client, ['FOO', RCPT, 'MAIL x', 'FOO'])).toEqual([500, 503, 501, code]);
    await client.ended;
  },
  idleCommandsPerSession: async (context, code) => {
    const { client } = await session(context, { idleCommandsPerSession: 4 });
    expect(await sayAll(client, ['NOOP', 'RSET', 'EHLO c.test', 'NOOP'])).toEqual([250, 250, 250, code]);
    await client.ended;
  },
  commandsPerSession: async (context, code) => {
    const { client } = await session(context, { commandsPerSession: 4 });
    expect(await sayAll(client, [MAIL, RCPT, RCPT, RCPT])).toEqual([250, 250, 250, code]);
    await client.ended;
  },
  authFailuresPerSession: async (context, code) => {
    const { client } = await session(context, { authFailuresPerSession: 3 });
    expect(await sayAll(client, [WRONG, WRONG, WRONG])).toEqual([535, 535, code]);
    await client.ended;
  },
  authFailuresPerMinute: async (context, code) => {
    let now = 0;
    const rig = await startRig(context, {
      limits: { authFailuresPerMinute: 2, authFailuresPerSession: Infinity },
      policy: rigPolicy({ logins }),
      allowInsecureAuth: true,
      clock: () => now,
    });
    const one = await rig.client();
    expect(await sayAll(one, ['EHLO c.test', WRONG, WRONG, WRONG])).toEqual([250, 535, 535, code]);
    const other = await rig.client();
    expect(await sayAll(other, ['EHLO c.test', WRONG])).toEqual([250, code]);
    now = 60_000;
    expect((await other.say(WRONG)).code).toBe(535);
  },
  connections: async (context, code) => {
    const rig = await startRig(context, { limits: { connections: 2 } });
    const codes = [];
    for (let count = 0; count < 3; count += 1) codes.push((await rig.client()).greeting.code);
    expect(codes).toEqual([220, 220, code]);
  },
  connectionsPerClient: async (context, code) => {
    const rig = await startRig(context, { limits: { connectionsPerClient: 2 } });
    const first = await rig.client();
    expect((await rig.client()).greeting.code).toBe(220);
    expect((await rig.client()).greeting.code).toBe(code);
    expect((await rig.client({ from: '127.0.0.3' })).greeting.code).toBe(220);
    first.end();
    await first.ended;
    await until('a place for one more', async () => (await rig.client()).greeting.code === 220);
  },
  connectionsPerMinute: async (context, code) => {
    let now = 0;
    const rig = await startRig(context, { limits: { connectionsPerMinute: 2 }, clock: () => now });
    for (const expected of [220, 220, code]) expect((await rig.client()).greeting.code).toBe(expected);
    now = 60_000;
    expect((await rig.client()).greeting.code).toBe(220);
  },
  messagesPerMinute: async (context, code) => {
    const { rig, client } = await session(context, { messagesPerMinute: 2 });
    expect(await sayAll(client, [MAIL, 'RSET', MAIL, 'RSET', MAIL])).toEqual([250, 250, 250, 250, code]);
    const other = await rig.client();
    expect(await sayAll(other, ['EHLO c.test', MAIL])).toEqual([250, code]);
  },
  recipientsPerMinute: async (context, code) => {
    const { client } = await session(context, { recipientsPerMinute: 2 });
    expect(await sayAll(client, [MAIL, RCPT, RCPT, RCPT])).toEqual([250, 250, 250, code]);
  },
  bufferedBytes: async (context, code) => {
    const sent = await send(context, { bufferedBytes: 100 }, ['x'.repeat(98), 'x'.repeat(99), 'x'.repeat(98)]);
    expect(sent).toEqual([250, code, 250]);
  },
  greetingDelayMs: async (context, code) => {
    const rig = await startRig(context, { limits: { greetingDelayMs: 150 } });
    const started = performance.now();
    expect((await rig.client()).greeting.code).toBe(220);
    expect(performance.now() - started).toBeGreaterThan(140);
    expect((await rig.client({ first: 'EHLO c.test\r\n' })).greeting.code).toBe(code);
  },
  proxyHeaderMs: async (context) => {
    const rig = await startRig(context, { limits: { proxyHeaderMs: 60 }, trustProxyFrom: ['127.0.0.1'] });
    expect((await rig.client()).greeting.code).toBe(0);
  },
  commandMs: async (context, code) => {
    const { client } = await session(context, { commandMs: 150 });
    // A drip keeps the connection busy and brings no command.
    const drip = setInterval(() => {
      client.write('N');
    }, 20);
    const ms = await lasts(client);
    clearInterval(drip);
    quick(ms);
    expect((await client.next()).code).toBe(code);
  },
  sessionMs: async (context, code) => {
    const { client } = await session(context, { sessionMs: 200, idleCommandsPerSession: Infinity });
    const drip = setInterval(() => {
      client.write('NOOP\r\n');
    }, 20);
    const ms = await lasts(client);
    clearInterval(drip);
    quick(ms);
    let last = await client.next();
    for (let reply = last; reply.code !== 0; reply = await client.next()) last = reply;
    expect(last.code).toBe(code);
  },
  dataGraceMs: async (context, code) => {
    const { client } = await session(context, { dataGraceMs: 150, dataBytesPerSecond: 1000 });
    await sayAll(client, [MAIL, RCPT, 'DATA']);
    const drip = setInterval(() => {
      client.write('x');
    }, 20);
    const ms = await lasts(client);
    clearInterval(drip);
    quick(ms);
    expect((await client.next()).code).toBe(code);
  },
  dataBytesPerSecond: async (context) => {
    // Given a rate that the client keeps, the grace may pass.
    const { client } = await session(context, { dataGraceMs: 100, dataBytesPerSecond: 100 });
    await sayAll(client, [MAIL, RCPT, 'DATA']);
    for (let count = 0; count < 15; count += 1) {
      client.write(`${'x'.repeat(30)}\r\n`);
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
    }
    expect((await client.say('.')).code).toBe(250);
  },
  nextHopMs: async (context, code) => {
    const silent = await startSocketServer({ host: '127.0.0.1', port: 0 }, () => undefined);
    context.onTestFinished(() => silent.stop());
    const { port } = silent;
    const rig = await startRig(context, { limits: { nextHopMs: 150 }, nextHop: { host: '127.0.0.1', port } });
    const client = await rig.client();
    await sayAll(client, ['EHLO c.test', MAIL, RCPT, 'DATA']);
    const started = performance.now();
    expect((await client.say('x\r\n.')).code).toBe(code);
    quick(performance.now() - started);
  },
  shutdownMs: async (context) => {
    // Given a message that is with the next hop, and an idle session
    let finish: (outcome: DeliveryOutcome) => void = () => undefined;
    const nextHop: Delivery = () => new Promise((resolve) => (finish = resolve));
    const rig = await startRig(context, { nextHop, limits: { shutdownMs: 5000 } });
    const busy = await rig.client();
    const idle = await rig.client();
    await sayAll(busy, ['EHLO c.test', MAIL, RCPT, 'DATA']);
    busy.write('x\r\n.\r\n');
    await until('the message at the next hop', () => finish.length > 0);
    // When the guard stops
    const stopped = rig.guard.close();
    // Then the idle one is told at once, and the message is answered for
    expect((await idle.next()).code).toBe(421);
    finish({ kind: 'delivered' });
    expect([(await busy.next()).code, (await busy.next()).code]).toEqual([250, 421]);
    await stopped;
  },
};

describe.concurrent('a limit', () => {
  const runs = new Map(Object.entries(TESTS));
  for (const [name, { text, code }] of Object.entries(LIMIT_INFO)) {
    test(`on the ${text} takes what is within it, and answers ${code ?? 'nothing'} beyond it`, async (context) => {
      await runs.get(name)?.(context, code);
    });
  }

  test('on the length of a session waits for the answer of a message that is with the next hop', async (context) => {
    let finish: (outcome: DeliveryOutcome) => void = () => undefined;
    const nextHop: Delivery = () => new Promise((resolve) => (finish = resolve));
    const rig = await startRig(context, { nextHop, limits: { sessionMs: 150 } });
    const client = await rig.client();
    await sayAll(client, ['EHLO c.test', MAIL, RCPT, 'DATA']);
    client.write('x\r\n.\r\n');
    setTimeout(() => {
      finish({ kind: 'delivered' });
    }, 400);
    expect([(await client.next()).code, (await client.next()).code]).toEqual([250, 421]);
  });

  test('on the connections of a client does not hold for a peer that brings many clients by XCLIENT', async (context) => {
    const rig = await startRig(context, { limits: { connectionsPerClient: 1 }, trustXclientFrom: ['127.0.0.1'] });
    for (let count = 0; count < 3; count += 1) expect((await rig.client()).greeting.code).toBe(220);
  });

  test('has the standard value where nothing else is said', () => {
    expect(guardLimits()).toMatchObject({ commandLineBytes: 2048, recipientsPerMessage: 100, errorsPerSession: 10 });
    expect(guardLimits({ recipientsPerMessage: 7 }).recipientsPerMessage).toBe(7);
    expect(Object.keys(guardLimits()).sort()).toEqual(Object.keys(LIMIT_INFO).sort());
    expect(Object.keys(UNMETERED).every((name) => name in LIMIT_INFO)).toBe(true);
  });
});
