import { spawnSync } from 'node:child_process';
import { expect, onTestFinished, test } from 'vitest';
import { until } from '../support/until.ts';
import { describeReal } from './availability.ts';
import { OWN, STRANGER, VICTIM } from './bench.ts';
import { startExim } from './exim.ts';
import { sendFrom, startSinkIn } from './namespaced-mail.ts';
import { makeNamespaces, runInNamespace } from './namespaces.ts';
import type { NamespaceNet } from './namespaces.ts';
import { startPostfix } from './postfix.ts';
import type { RealServer, RealServerOptions } from './real-server.ts';

/** A network that is gone when the test is finished, however it ends. */
function makeNet(): NamespaceNet {
  const outcome = makeNamespaces();
  if (outcome.kind === 'not-permitted') {
    throw new Error(outcome.reason);
  }
  onTestFinished(outcome.net.stop);
  return outcome.net;
}

describeReal('network namespaces', ['namespaces'], () => {
  test('the middle forwards nothing, even for those who send to it what is meant for the other side', async () => {
    const { outside, middle, inside } = makeNet();
    const sink = await startSinkIn(inside);
    onTestFinished(sink.stop);
    await runInNamespace(outside, ['ip', 'route', 'add', '10.99.0.0/16', 'via', middle.addresses[0]]);
    await runInNamespace(inside, ['ip', 'route', 'add', '198.51.100.0/24', 'via', middle.addresses[1] ?? '']);
    const message = { from: STRANGER, to: [VICTIM] };

    expect(await sendFrom(inside, inside.addresses[1] ?? '', sink, message)).toBe('end-of-data 250');
    expect(await sendFrom(outside, outside.addresses[0], sink, message, 2000)).toBe('greeting 0');
  });

  test('nothing is left after stop, and what ran there has ended', async () => {
    const net = makeNet();
    const sink = await startSinkIn(net.outside);
    onTestFinished(sink.stop);
    net.stop();

    expect(spawnSync('ip', ['netns', 'list'], { encoding: 'utf8' }).stdout).not.toContain(net.outside.namespace);
  });
});

describeReal('servers between an outside and an inside', ['namespaces', 'postfix', 'exim'], () => {
  const servers: readonly (readonly [string, (options: RealServerOptions<'closed'>) => Promise<RealServer>])[] = [
    ['Postfix', startPostfix],
    ['Exim', startExim],
  ];
  for (const [name, start] of servers) {
    test(`${name} sees the true address of every client and relays for the inside alone`, async () => {
      const { outside, middle, inside } = makeNet();
      const sink = await startSinkIn(outside);
      onTestFinished(sink.stop);
      const server = await start({
        preset: 'closed',
        nextHop: sink,
        hosts: middle.addresses,
        port: 25,
        trusts: ['10.99.0.0/16'],
        namespace: middle.namespace,
      });
      onTestFinished(server.stop);
      const [outer, inner = ''] = middle.addresses;
      const relay = { from: STRANGER, to: [VICTIM] };

      for (const address of outside.addresses) {
        expect(await sendFrom(outside, address, { host: outer, port: 25 }, relay)).toMatch(/^rcpt 55\d$/u);
        await until(`${address} in the log`, () => server.log().includes(`[${address}]`));
      }
      expect(await sendFrom(outside, outside.addresses[0], { host: outer, port: 25 }, { ...relay, to: [OWN] })).toBe(
        'end-of-data 250',
      );
      for (const address of inside.addresses) {
        expect(await sendFrom(inside, address, { host: inner, port: 25 }, relay)).toBe('end-of-data 250');
      }
      await server.untilSettled();
      // What left the server is told by a process of another namespace, which takes its time.
      await sink.untilMessages(inside.addresses.length);
      expect(sink.forwardPaths()).toEqual([VICTIM, VICTIM]);
      expect(new Set(sink.messages().map(({ peer }) => peer))).toEqual(new Set([outer]));
    });
  }
});
