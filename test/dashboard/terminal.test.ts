import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, type TestContext } from 'vitest';
import { describeReal } from '../real/availability.ts';
import { startSocketServer } from '../support/socket-server.ts';
import { until } from '../support/until.ts';
import { normalised } from './frame-text.ts';
import { expectGolden, goldenFrames } from './golden.ts';
import { startGuards } from './guards.ts';
import { startTmux, type TmuxScreen } from './tmux.ts';

const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const SIZES = [
  [80, 24],
  [120, 40],
  [200, 60],
] as const;
const LEAKY = 'trusts-own-sender';
/** Enough for every kind of answer, and soon over. */
const FEW = ['--scenarios', fileURLToPath(new URL('catalogue', import.meta.url))];

function folderFor(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'relayproof-dashboard-'));
  context.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'policy.yaml'), 'domains: [example.com]\nusers: [alice@example.com]\n');
  return folder;
}

/** Types the command line of a watch into the shell. */
function watch(screen: TmuxScreen, folder: string, port: number, ...options: readonly string[]): void {
  const words = [
    process.execPath,
    PROGRAM,
    'watch',
    `127.0.0.1:${port}`,
    '--policy',
    join(folder, 'policy.yaml'),
    '--own-user',
    'alice@example.com',
    '--vantage',
    'proxy=198.51.100.7',
    '--vantage',
    'proxy=10.0.0.10',
    ...options,
  ];
  screen.literal(`cd ${folder}; echo BEFORE; ${words.join(' ')}; echo left with $?`);
  screen.keys('Enter');
}

/** What a terminal has to be again: main screen, cursor, echo and whole lines. */
async function expectTerminalBack(screen: TmuxScreen, code: number): Promise<void> {
  await screen.untilShown(`left with ${code}`);
  await screen.untilShown('BEFORE');
  expect(screen.tell('#{alternate_on} #{cursor_flag}')).toBe('0 1');
  screen.literal('stty -a');
  screen.keys('Enter');
  await screen.untilShown('lnext');
  await screen.untilShown(/[^-]icanon/);
  await screen.untilShown(/[^-]echo /);
}

/** The frame once it is as wanted, or what stands there instead; where nothing is wanted, what stands still. */
async function frameLike(screen: TmuxScreen, wanted: string | undefined, before?: string): Promise<string> {
  if (wanted === undefined) return normalised(await screen.settled(before));
  // What was seen is given back, not what is seen next: in the middle of a redraw a row may be blank.
  let seen = '';
  await until('the frame', () => (seen = normalised(screen.marked())) === wanted).catch(() => undefined);
  return seen;
}

/** Keys that show something else, in the order in which they are pressed; each frame is kept. */
const LOOKING: readonly (readonly [string, readonly string[]])[] = [
  ['j', ['j']],
  ['Down', ['Down']],
  ['k', ['k']],
  ['Up', ['Up']],
  ['G', ['G']],
  ['g', ['g']],
  ['PageDown', ['NPage']],
  ['PageUp', ['PPage']],
  ['Ctrl-D', ['C-d']],
  ['Ctrl-U', ['C-u']],
  ['End', ['End']],
  ['Home', ['Home']],
  ['n, to the next difference', ['n']],
  ['N, to the one before', ['N']],
  ['l', ['l']],
  ['h', ['h']],
  ['Right', ['Right']],
  ['Left', ['Left']],
  ['Enter, into the scenario', ['Enter']],
  ['Enter, to its dialogue', ['Enter']],
  ['Escape, back to the list', ['Escape']],
  ['Tab', ['Tab']],
  ['Shift-Tab', ['BTab']],
  ['4, the findings', ['4']],
  ['Enter, to the scenario of the finding', ['Enter']],
  ['1', ['1']],
  ['2', ['2']],
  ['3', ['3']],
  ['1, the list again', ['1']],
  ['/null, a filter', ['/', 'n', 'u', 'l', 'l']],
  ['Enter, keeps the filter', ['Enter']],
  ['n, to the next match', ['n']],
  ['Escape, takes the filter away', ['Escape']],
  ['f, only failures', ['f']],
  ['f, everything', ['f']],
  ['?, the help', ['?']],
  ['j, scrolls the help', ['j']],
  ['Escape, closes the help', ['Escape']],
  ['Space, pauses', ['Space']],
  ['Space, goes on', ['Space']],
];

describeReal('the dashboard in a terminal', ['tmux'], () => {
  test.for(SIZES)(
    'shows something else for every key at %i columns and %i rows',
    { timeout: 300_000 },
    async ([columns, rows], context) => {
      const [port = 0] = await startGuards(context, [LEAKY]);
      const screen = startTmux(context, { columns, rows });
      watch(screen, folderFor(context), port, '--pace', 'fast', ...FEW);
      await screen.untilShown(/done .* as expected/);
      const golden = `terminal-${columns}x${rows}`;
      const [atTheEnd, ...wanted] = goldenFrames(golden);
      const frames = [`== at the end of the run\n${await frameLike(screen, atTheEnd)}`];
      for (const [index, [name, keys]] of LOOKING.entries()) {
        const before = screen.marked();
        for (const key of keys) screen.keys(key);
        frames.push(`== ${name}\n${await frameLike(screen, wanted[index], before)}`);
      }
      expectGolden(golden, frames.join('\n'));
      screen.keys('q');
      await expectTerminalBack(screen, 1);
    },
  );

  test('does what its keys ask for', { timeout: 240_000 }, async (context) => {
    const [leaky = 0, sound = 0] = await startGuards(context, [LEAKY, 'sound']);
    const screen = startTmux(context, { columns: 120, rows: 40 });
    const folder = folderFor(context);
    watch(screen, folder, leaky, '--pace', 'fast', ...FEW);
    await screen.untilShown('#1');
    // Given the scenario that leaks
    screen.keys('n');
    await screen.untilShown('POSSIBLY OPEN');
    // When it is asked again, then everything
    screen.keys('r');
    await screen.untilShown(/#2 .*spoof-own-user again/);
    screen.keys('R');
    await screen.untilShown(/#3 .*all again/);
    // Then its dialogue can be copied, escaped and whole
    screen.keys('y');
    await screen.untilShown(/copied \d+ lines/);
    expect(screen.clipboard()).toMatch(/^C: MAIL FROM:<alice@example\.com>$/m);
    // And a report written where it was asked for, by its owner only
    screen.keys('e', 'C-u');
    screen.literal('json=out/audit.json');
    screen.keys('Enter');
    await screen.untilShown('written to out/audit.json');
    expect(JSON.parse(readFileSync(join(folder, 'out/audit.json'), 'utf8'))).toMatchObject({
      findings: [{ scenario: 'spoof-own-user' }],
    });
    // And a mistake is told and changes nothing
    screen.keys('e', 'C-u');
    screen.literal('nothing=out');
    screen.keys('Enter');
    await screen.untilShown('is no format');
    // And another target takes its place
    screen.keys('o');
    screen.literal(`127.0.0.1:${sound}`);
    screen.keys('Enter');
    await screen.untilShown(/#1 .*CLOSED .*another target/);
    await screen.untilShown(`127.0.0.1:${sound}`);
    screen.keys('q');
    await expectTerminalBack(screen, 0);
  });

  test('audits again when a file changes, and marks what opened', { timeout: 240_000 }, async (context) => {
    const [port = 0] = await startGuards(context, [LEAKY]);
    const screen = startTmux(context, { columns: 120, rows: 40 });
    const folder = folderFor(context);
    const policy = join(folder, 'policy.yaml');
    writeFileSync(policy, 'domains: [example.com]\nrestrictOutbound: { toListedIps: false }\n');
    watch(screen, folder, port, '--pace', 'fast', '--on-change', policy, '--settle', '0', ...FEW);
    await screen.untilShown(/#1 .*start/);
    await screen.untilShown('watching 1 file');
    writeFileSync(policy, 'domains: [example.com]\n');
    await screen.untilShown(/#2 .*▲1 policy\.yaml changed/);
    screen.keys('n');
    await screen.untilShown('newly open');
    // A policy with an error says so, and nothing is asked.
    writeFileSync(policy, 'domain: [example.com]\n');
    await screen.untilShown(/policy\.yaml:1:1.*domains/);
    writeFileSync(policy, 'domains: [example.com]\nrestrictOutbound: { toListedIps: false }\n');
    await screen.untilShown(/#3 .*▼1 policy\.yaml changed/);
    screen.keys('q');
    await expectTerminalBack(screen, 0);
  });

  test('audits again on a clock', { timeout: 240_000 }, async (context) => {
    const [port = 0] = await startGuards(context, ['sound']);
    const screen = startTmux(context, { columns: 120, rows: 40 });
    watch(screen, folderFor(context), port, '--pace', 'fast', '--every', '1s', '--scenario', 'third-party');
    await screen.untilShown(/#2 .*the clock/);
    await screen.untilShown('next run in 0:0');
    screen.keys('q');
    await screen.untilShown('left with 0');
  });

  test('asks before it leaves a run, and survives every size', { timeout: 240_000 }, async (context) => {
    const [port = 0] = await startGuards(context, ['sound'], 150);
    const screen = startTmux(context, { columns: 120, rows: 40 });
    watch(screen, folderFor(context), port, '--pace', 'fast', '--concurrency', '1');
    await screen.untilShown(/\d+\/\d+ .*left/);
    screen.keys('q');
    await screen.untilShown('probes are running: quit?');
    screen.keys('n');
    for (const [columns, rows] of [...SIZES, [39, 10], [40, 12], [300, 80], [120, 40]] as const) {
      screen.resize(columns, rows);
      await screen.untilShown(columns < 40 ? 'too small' : /\? help {2}q quit/);
      expect(
        screen
          .text()
          .split('\n')
          .filter((line) => line.includes(' controls ')).length,
      ).toBeLessThanOrEqual(1);
    }
    screen.keys('q');
    await screen.untilShown('probes are running: quit?');
    screen.keys('y');
    // No run came to its end, so nothing can be told.
    await expectTerminalBack(screen, 3);
  });

  test.for([
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)(
    'gives the terminal back after %s in the middle of a run',
    { timeout: 240_000 },
    async ([signal, code], context) => {
      const [port = 0] = await startGuards(context, ['sound'], 150);
      const folder = folderFor(context);
      const screen = startTmux(context, { columns: 120, rows: 40 });
      screen.record(join(folder, 'bytes'));
      watch(screen, folder, port, '--pace', 'fast', '--concurrency', '1');
      await screen.untilShown(/\d+\/\d+ .*left/);
      expect(screen.tell('#{alternate_on} #{cursor_flag}')).toBe('1 0');
      process.kill(screen.child(), signal);
      await expectTerminalBack(screen, code);
      const bytes = readFileSync(join(folder, 'bytes'), 'utf8');
      // The scrollback of the user stays, and nothing is drawn on the main screen.
      expect(bytes).not.toContain('\u001b[3J');
      const after = bytes.slice(bytes.lastIndexOf('\u001b[?1049l'));
      expect(after).toContain('\u001b[?25h');
      expect(after.slice(0, after.indexOf('left with'))).not.toContain('controls');
    },
  );

  test('gives the terminal back after Ctrl-C', { timeout: 240_000 }, async (context) => {
    const [port = 0] = await startGuards(context, ['sound'], 150);
    const screen = startTmux(context, { columns: 80, rows: 24 });
    watch(screen, folderFor(context), port, '--pace', 'fast', '--concurrency', '1');
    await screen.untilShown(/\d+\/\d+ .*left/);
    screen.keys('C-c');
    await expectTerminalBack(screen, 130);
  });

  test('gives the terminal back after a crash, and shows where it was', { timeout: 240_000 }, async (context) => {
    const [port = 0] = await startGuards(context, ['sound'], 150);
    const screen = startTmux(context, { columns: 120, rows: 40 });
    const crash = encodeURIComponent('process.on("SIGUSR2", () => { throw new Error("planted") })');
    screen.literal(`export NODE_OPTIONS='--import=data:text/javascript,${crash}'; clear`);
    screen.keys('Enter');
    watch(screen, folderFor(context), port, '--pace', 'fast', '--concurrency', '1');
    await screen.untilShown(/\d+\/\d+ .*left/);
    process.kill(screen.child(), 'SIGUSR2');
    await screen.untilShown('Error: planted');
    await screen.untilShown('this is a bug of relayproof');
    screen.literal('unset NODE_OPTIONS');
    screen.keys('Enter');
    await expectTerminalBack(screen, 70);
  });

  test('ends when its terminal goes away', { timeout: 240_000 }, async (context) => {
    const [port = 0] = await startGuards(context, ['sound'], 150);
    const screen = startTmux(context, { columns: 120, rows: 40 });
    watch(screen, folderFor(context), port, '--pace', 'fast', '--concurrency', '1');
    await screen.untilShown(/\d+\/\d+ .*left/);
    const child = screen.child();
    screen.hangUp();
    await until('the dashboard to end', () => !isAlive(child), 60_000);
  });

  test('lets no byte of a hostile server steer the terminal', { timeout: 240_000 }, async (context) => {
    const evil = '\u001b]0;owned\u0007\u001b[2J\u001b[31mred\u0085\u202e\u009b2J';
    const server = await startSocketServer({ host: '127.0.0.1', port: 0 }, (socket) => {
      socket.write(`220 ${evil}\r\n`);
      socket.on('data', (bytes) => {
        for (const line of bytes.toString('latin1').split('\r\n').slice(0, -1))
          socket.write(/^(?:EHLO|HELO|QUIT)/.test(line) ? `250 ${evil}\r\n` : `550 5.7.1 ${evil}\r\n`);
      });
    });
    context.onTestFinished(() => server.stop());
    const folder = folderFor(context);
    const screen = startTmux(context, { columns: 120, rows: 40 });
    const title = screen.tell('#{pane_title}');
    screen.record(join(folder, 'bytes'));
    watch(screen, folder, server.port, '--pace', 'fast', '--scenario', 'third-party', '--vantage', 'direct');
    await screen.untilShown('#1');
    screen.keys('n', '3');
    await screen.untilShown('\\x1b]0;owned');
    screen.keys('y');
    await screen.untilShown(/copied \d+ lines/);
    expect(screen.clipboard()).not.toMatch(/[^\n -~]/);
    expect(screen.tell('#{pane_title}')).toBe(title);
    screen.keys('C-c');
    await expectTerminalBack(screen, 130);
    const bytes = readFileSync(join(folder, 'bytes'), 'utf8');
    expect(bytes).not.toContain('\u001b]0;');
    expect(bytes).not.toMatch(/[\u0080-\u009f\u202e]/);
  });

  test('works without colour', { timeout: 240_000 }, async (context) => {
    const [port = 0] = await startGuards(context, [LEAKY]);
    const screen = startTmux(context, { columns: 120, rows: 40, env: { NO_COLOR: '1' } });
    watch(screen, folderFor(context), port, '--pace', 'fast', ...FEW);
    await screen.untilShown('#1');
    expect(await screen.settled()).toContain('POSSIBLY OPEN');
    expect(screen.painted()).not.toMatch(/\u001b\[(?:\d+;)*(?:3[0-7]|4[0-7]|9[0-7])m/);
    screen.keys('q');
    await expectTerminalBack(screen, 1);
  });

  test('reads well to a screen reader', { timeout: 240_000 }, async (context) => {
    const [port = 0] = await startGuards(context, [LEAKY]);
    const screen = startTmux(context, { columns: 120, rows: 40 });
    watch(screen, folderFor(context), port, '--pace', 'fast', '--screen-reader', ...FEW);
    await screen.untilShown('runs #1');
    screen.keys('n', '2');
    await screen.untilShown('What and why: spoof-own-user');
    const text = await screen.settled();
    expect(text).toContain('1 differ');
    expect(text).not.toMatch(/[│╭█▲✗]/u);
    screen.keys('q');
    await expectTerminalBack(screen, 1);
  });

  test('gives way to plain lines where there is no terminal', { timeout: 240_000 }, async (context) => {
    const [port = 0] = await startGuards(context, ['sound']);
    const screen = startTmux(context, { columns: 120, rows: 100 });
    watch(screen, folderFor(context), port, '--pace', 'fast', '--scenario', 'third-party', '| cat; true');
    await screen.untilShown('stdout is no terminal: plain lines instead of the dashboard');
    await screen.untilShown('CLOSED');
    expect(screen.painted()).not.toContain('╭');
    await screen.untilShown('left with 0');
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
