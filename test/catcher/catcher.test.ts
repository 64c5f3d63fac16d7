import { describe, expect, test } from 'vitest';
import type { TestContext } from 'vitest';
import { startCatcher } from '../../src/catcher/catcher.ts';
import type { Catcher, CatcherOptions } from '../../src/catcher/catcher.ts';
import type { Caught } from '../../src/session/caught.ts';
import { dial, sayAll } from '../guard/client.ts';
import { listenerOn } from '../support/listener-on.ts';
import { until } from '../support/until.ts';

const TOKEN = `rp1-${'a2b3'.repeat(8)}`;
const CANARY = `Received: from a\r\nX-Relayproof-Canary: ${TOKEN}\r\nSubject: canary\r\n\r\nhello\r\n.`;

async function start(
  context: TestContext,
  options: Partial<CatcherOptions> = {},
): Promise<{ catcher: Catcher; caught: Caught[] }> {
  const caught: Caught[] = [];
  const catcher = await startCatcher({
    host: '127.0.0.1',
    port: 0,
    onCaught: (line) => caught.push(line),
    clock: () => 0,
    ...options,
  });
  context.onTestFinished(() => catcher.close());
  return { catcher, caught };
}

describe.concurrent('the catcher', () => {
  test('tells each recipient of each message, before the sender hears 250', async (context) => {
    const { catcher, caught } = await start(context);
    const client = await dial({ port: catcher.port });
    const codes = await sayAll(client, [
      'EHLO c.test',
      'MAIL FROM:<s@elsewhere.test> SIZE=100',
      'RCPT TO:<v@outside.test>',
      'RCPT TO:<w@outside.test> NOTIFY=NEVER',
      'DATA',
      CANARY,
    ]);
    expect(codes).toEqual([250, 250, 250, 250, 354, 250]);
    const line = {
      at: '1970-01-01T00:00:00.000Z',
      peer: '127.0.0.1',
      helo: 'c.test',
      from: 's@elsewhere.test',
      to: 'v@outside.test',
      canary: TOKEN,
      received: ['from a'],
      subject: 'canary',
    };
    expect(caught).toEqual([line, { ...line, to: 'w@outside.test' }]);
    expect(JSON.stringify(caught[0])).toBe(JSON.stringify(line));
    expect(catcher.count()).toBe(1);
  });

  test('greets at once', async (context) => {
    const { catcher } = await start(context);
    const tookMs: number[] = [];
    while (tookMs.length < 10) {
      const started = performance.now();
      expect((await dial({ port: catcher.port })).greeting.code).toBe(220);
      tookMs.push(performance.now() - started);
    }
    // The library's wait is 100 ms, every time; a busy machine is not slow every time.
    expect(Math.min(...tookMs)).toBeLessThan(80);
  });

  const paths: readonly (readonly [string, string])[] = [
    ['<v%T@own.test>', 'v%T@own.test'],
    ['<"v@T"@own.test>', '"v@T"@own.test'],
    ['<@a,@b:v@T>', '@a,@b:v@T'],
    ['<T!v>', 'T!v'],
    ['<v@T@own.test>', 'v@T@own.test'],
    ['<v>', 'v'],
    ['<postmaster>', 'postmaster'],
    ['v@T', 'v@T'],
    ['  <v@T>', 'v@T'],
    ['<<v@T>>', '<v@T>'],
    ['<u@own.test>,<v@T>', 'u@own.test>,<v@T'],
    ['<v@b\u00fccher.test>', 'v@b\u00fccher.test'],
    ['<v@T> NOTIFY=NEVER ORCPT=rfc822;x', 'v@T'],
    ['<v\u202e@T>', 'v\\u{202e}@T'],
    ['<>', ''],
  ];
  test.for(paths)('takes the path %s', async ([path, to], context) => {
    const { catcher, caught } = await start(context);
    const client = await dial({ port: catcher.port });
    await sayAll(client, ['EHLO c.test', 'MAIL FROM:<>', `RCPT TO:${path}`, 'DATA', CANARY]);
    expect(caught).toMatchObject([{ from: '', to }]);
  });

  test('counts messages and not ends of data that are none', async (context) => {
    const { catcher, caught } = await start(context);
    const client = await dial({ port: catcher.port });
    await sayAll(client, [
      'EHLO c.test',
      'MAIL FROM:<s@e.test>',
      'RCPT TO:<v@t.test>',
      'DATA',
      `x\n.\r\nMAIL FROM:<x@e.test>\r\n${CANARY}`,
    ]);
    expect(caught).toHaveLength(1);
  });

  test('reads the beginning of a huge message and takes it all the same', async (context) => {
    const { catcher, caught } = await start(context);
    const client = await dial({ port: catcher.port });
    await sayAll(client, ['EHLO c.test', 'MAIL FROM:<s@e.test>', 'RCPT TO:<v@t.test>', 'DATA']);
    client.write(`X-Relayproof-Canary: ${TOKEN}\r\n\r\n`);
    for (let block = 0; block < 40; block += 1) client.write(`${'x'.repeat(76)}\r\n`.repeat(1000));
    expect((await client.say('.')).code).toBe(250);
    expect(caught).toMatchObject([{ canary: TOKEN }]);
  });

  test('refuses what is longer than the longest message', async (context) => {
    const { catcher, caught } = await start(context, { maxMessageBytes: 1000 });
    const client = await dial({ port: catcher.port });
    await sayAll(client, ['EHLO c.test', 'MAIL FROM:<s@e.test>', 'RCPT TO:<v@t.test>', 'DATA']);
    expect((await client.say(`${'x'.repeat(999)}\r\n.`)).code).toBe(552);
    expect(caught).toEqual([]);
  });

  test('keeps room for canaries when other mail has filled it, and tells what it turned away', async (context) => {
    const { catcher, caught } = await start(context, { maxWithoutCanary: 2 });
    const client = await dial({ port: catcher.port });
    const sent = (message: string): string[] => ['MAIL FROM:<s@e.test>', 'RCPT TO:<v@t.test>', 'DATA', message];
    const junk = sent('Subject: win\r\n\r\nx\r\n.');
    await sayAll(client, ['EHLO c.test', ...junk, ...junk]);
    expect(catcher.faults()).toEqual([]);
    expect((await sayAll(client, junk)).at(-1)).toBe(452);
    expect((await sayAll(client, sent(CANARY))).at(-1)).toBe(250);
    expect(caught.map(({ canary }) => canary)).toEqual([null, null, TOKEN]);
    expect(catcher.faults()).toEqual([expect.stringMatching(/without a canary answered with 452.*: 1$/)]);
  });

  test('bounds the canaries that it takes as well, as anybody can write one', async (context) => {
    const { catcher } = await start(context, { maxWithCanary: 1 });
    const client = await dial({ port: catcher.port });
    const once = ['MAIL FROM:<s@e.test>', 'RCPT TO:<v@t.test>', 'DATA', CANARY];
    expect(await sayAll(client, ['EHLO c.test', ...once, ...once])).toEqual([
      250, 250, 250, 354, 250, 250, 250, 354, 452,
    ]);
    expect(catcher.faults()).toEqual([expect.stringMatching(/with a canary answered with 452.*: 1$/)]);
  });

  test('has room again an hour later, as a catcher may run for weeks', async (context) => {
    let now = 0;
    const { catcher } = await start(context, { maxWithoutCanary: 1, clock: () => now });
    const client = await dial({ port: catcher.port });
    const junk = ['MAIL FROM:<s@e.test>', 'RCPT TO:<v@t.test>', 'DATA', 'Subject: win\r\n\r\nx\r\n.'];
    await sayAll(client, ['EHLO c.test', ...junk]);
    now = 3_599_999;
    expect((await sayAll(client, junk)).at(-1)).toBe(452);
    now = 3_600_000;
    expect((await sayAll(client, junk)).at(-1)).toBe(250);
  });

  test('answers 452 to what cannot be kept, does not count it, and tells why', async (context) => {
    const told: (readonly string[])[] = [];
    const { catcher } = await start(context, {
      onMessage: () => {
        throw new Error('no space left on device');
      },
      onFault: (faults) => told.push(faults),
    });
    const client = await dial({ port: catcher.port });
    const once = ['MAIL FROM:<s@e.test>', 'RCPT TO:<v@t.test>', 'DATA', CANARY];
    expect(await sayAll(client, ['EHLO c.test', ...once, ...once])).toEqual([
      250, 250, 250, 354, 452, 250, 250, 354, 452,
    ]);
    expect(catcher.count()).toBe(0);
    expect(catcher.faults()).toEqual([expect.stringMatching(/\(no space left on device\): 2$/)]);
    expect(told.at(-1)).toEqual(catcher.faults());
  });

  test('lets others in where one client opened all connections and stays', async (context) => {
    const { catcher, caught } = await start(context, { maxConnections: 10 });
    const stayers = await Promise.all(
      Array.from({ length: 10 }, () => dial({ port: catcher.port, from: '127.0.0.66' })),
    );
    expect(stayers.map(({ greeting }) => greeting.code)).toEqual(Array.from({ length: 10 }, () => 220));
    for (let count = 0; count < 5; count += 1) {
      const client = await dial({ port: catcher.port });
      expect(client.greeting.code).toBe(220);
      await sayAll(client, ['EHLO c.test', 'MAIL FROM:<s@e.test>', 'RCPT TO:<v@t.test>', 'DATA', CANARY]);
    }
    expect(caught).toHaveLength(5);
    expect(catcher.faults()).toEqual([]);
    expect((await dial({ port: catcher.port, from: '127.0.0.66' })).greeting.code).toBe(421);
    expect(catcher.faults()).toEqual([expect.stringMatching(/answered with 421.*: 1$/)]);
  });

  test('hangs up on a client that is silent', async (context) => {
    const { catcher } = await start(context, { idleMs: 50 });
    const client = await dial({ port: catcher.port });
    await client.ended;
    expect(client.rest()).toContain('421');
  });

  test('takes no more recipients and characters of recipients than a transaction needs', async (context) => {
    const { catcher } = await start(context);
    const client = await dial({ port: catcher.port });
    await sayAll(client, ['EHLO c.test', 'MAIL FROM:<s@e.test>']);
    const short = await sayAll(
      client,
      Array.from({ length: 101 }, (_, index) => `RCPT TO:<v${index}@t.test>`),
    );
    expect([short[99], short[100]]).toEqual([250, 452]);
    await sayAll(client, ['RSET', 'MAIL FROM:<s@e.test>']);
    const long = await sayAll(
      client,
      Array.from({ length: 20 }, () => `RCPT TO:<${'v'.repeat(9000)}@t.test>`),
    );
    expect(long.at(-1)).toBe(452);
  });

  test('tells errors of its listener, and that it stopped listening', async (context) => {
    const { catcher } = await start(context);
    const listener = listenerOn(catcher.port);
    listener.emit('error', new Error('accept EMFILE'));
    expect(catcher.faults()).toEqual([expect.stringContaining('accept EMFILE')]);
    expect(catcher.stopped.aborted).toBe(false);
    listener.close();
    await until('it stopped', () => catcher.stopped.aborted);
    expect(catcher.faults()).toContainEqual(expect.stringContaining('stopped listening'));
  });

  test('has no fault when it is closed', async (context) => {
    const { catcher } = await start(context);
    await catcher.close();
    expect(catcher.faults()).toEqual([]);
    expect(catcher.stopped.aborted).toBe(false);
  });

  test('goes on when clients break off in the middle of a message', async (context) => {
    const { catcher, caught } = await start(context);
    for (let count = 0; count < 20; count += 1) {
      const client = await dial({ port: catcher.port });
      await sayAll(client, ['EHLO c.test', 'MAIL FROM:<s@e.test>', 'RCPT TO:<v@t.test>', 'DATA']);
      client.write('half a mess');
      client.reset();
    }
    const client = await dial({ port: catcher.port });
    await sayAll(client, ['EHLO c.test', 'MAIL FROM:<s@e.test>', 'RCPT TO:<v@t.test>', 'DATA', CANARY]);
    expect(caught).toHaveLength(1);
  });

  test('catches from a hundred sessions at a time', async (context) => {
    const { catcher, caught } = await start(context);
    await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const client = await dial({ port: catcher.port });
        await sayAll(client, [
          'EHLO c.test',
          'MAIL FROM:<s@e.test>',
          `RCPT TO:<v${index}@t.test>`,
          'DATA',
          CANARY,
          'QUIT',
        ]);
        await client.ended;
      }),
    );
    expect(new Set(caught.map(({ to }) => to)).size).toBe(100);
  });

  test('stops although sessions are open', async (context) => {
    const { catcher } = await start(context);
    const client = await dial({ port: catcher.port });
    await catcher.close();
    await client.ended;
  });
});
