import { expect, test } from 'vitest';
import type { TestContext } from 'vitest';
import { describeReal } from '../real/availability.ts';
import { startPostfix } from '../real/postfix.ts';
import type { RealServer } from '../real/real-server.ts';
import { startSink } from '../support/sink.ts';
import type { Sink } from '../support/sink.ts';
import { routingCorpus } from './address-corpus.ts';
import { dial } from './client.ts';
import { MESSAGE, startRig } from './rig.ts';

/** A Postfix that trusts this host and routes `user%elsewhere@own` on, as Postfix does by default, and what comes out of it. */
async function startPostfixThatRoutes(context: TestContext): Promise<{ postfix: RealServer; outside: Sink }> {
  const outside = await startSink();
  const postfix = await startPostfix({ preset: 'percent-hack-inner', ownMail: 'next-hop', nextHop: outside });
  context.onTestFinished(async () => {
    await postfix.stop();
    await outside.stop();
  });
  return { postfix, outside };
}

/** Offers a stranger's message for each path on its own; the paths whose message was taken. */
async function offerEach(port: number, paths: readonly string[]): Promise<readonly string[]> {
  const taken: string[] = [];
  const client = await dial({ port });
  await client.say('EHLO client.test');
  for (const path of paths) {
    await client.say('MAIL FROM:<s@elsewhere.test>');
    const { code } = await client.say(`RCPT TO:<${path}>`);
    if (code === 250 && (await client.say('DATA')).code === 354) {
      if ((await client.say(MESSAGE)).code === 250) taken.push(path);
    } else {
      await client.say('RSET');
    }
  }
  client.end();
  return taken;
}

const isForeign = (mailbox: string): boolean => !/@(?:[a-z.]+\.)?example\.(?:com|org)$/i.test(mailbox);

describeReal('the guard before a Postfix that routes on', ['postfix'], () => {
  test('lets no routing form reach the outside, while Postfix alone does', async (context) => {
    const { postfix, outside } = await startPostfixThatRoutes(context);
    // Given what a stranger gets out of Postfix itself, as one that it trusts
    await offerEach(postfix.port, ['v%outside.test@example.com', 'outside.test!v@example.com']);
    await postfix.untilSettled();
    expect(outside.forwardPaths()).toEqual(['v@outside.test', 'v@outside.test']);
    // When every routing form is offered to a guard before it
    const limits = { commandsPerSession: Infinity, messagesPerSession: Infinity, idleCommandsPerSession: Infinity };
    const rig = await startRig(context, { nextHop: postfix, limits });
    const paths = routingCorpus().filter((path) => !/[\r\n\0]/.test(path));
    const taken = await offerEach(rig.guard.port, [...paths, 'bob@example.com']);
    await postfix.untilSettled();
    // Then own mail came out, and no more of the other than before
    expect(taken).toContain('bob@example.com');
    expect(outside.forwardPaths().filter(isForeign)).toHaveLength(2);
  });

  test('with the percent hack planted in it lets them out again', async (context) => {
    const { postfix, outside } = await startPostfixThatRoutes(context);
    const rig = await startRig(context, { nextHop: postfix, defect: 'percent-hack-ignored' });
    await offerEach(rig.guard.port, ['v%outside.test@example.com']);
    await postfix.untilSettled();
    expect(outside.forwardPaths()).toEqual(['v@outside.test']);
  });
});
