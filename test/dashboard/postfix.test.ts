import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { describeReal } from '../real/availability.ts';
import { startPostfix } from '../real/postfix.ts';
import { startSink } from '../support/sink.ts';
import { startTmux } from './tmux.ts';

const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const CATALOGUE = fileURLToPath(new URL('catalogue', import.meta.url));

describeReal('the dashboard before Postfix', ['tmux', 'postfix'], () => {
  test.for([
    ['closed', 'CLOSED', 0],
    ['own-sender', 'POSSIBLY OPEN', 1],
  ] as const)('shows that %s is %s', { timeout: 240_000 }, async ([preset, verdict, code], context) => {
    const sink = await startSink();
    context.onTestFinished(() => sink.stop());
    const server = await startPostfix({ preset, nextHop: sink, ownMail: 'discard' });
    context.onTestFinished(() => server.stop());
    const screen = startTmux(context, { columns: 120, rows: 40 });
    screen.literal(
      `${process.execPath} ${PROGRAM} watch ${server.host}:${server.port} --own-domain example.com --own-user alice@example.com --scenarios ${CATALOGUE}; echo left with $?`,
    );
    screen.keys('Enter');
    await screen.untilShown('#1', 200_000);
    expect(await screen.settled()).toContain(verdict);
    await screen.untilShown('Postfix');
    screen.keys('q');
    await screen.untilShown(`left with ${code}`);
  });
});
