import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { describeReal } from '../real/availability.ts';
import { folderFor } from '../support/program.ts';
import { startGuards } from './guards.ts';
import { startTmux } from './tmux.ts';

const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const CATALOGUE = fileURLToPath(new URL('catalogue', import.meta.url));
const COUNTED = /Third-party relay +\d+\/\d+/;

function audit(port: number, ...options: readonly string[]): string {
  const asked = ['--own-domain', 'example.com', '--own-user', 'alice@example.com', '--vantage', 'proxy=198.51.100.7'];
  return [process.execPath, PROGRAM, 'audit', `127.0.0.1:${port}`, ...asked, '--scenarios', CATALOGUE, ...options].join(
    ' ',
  );
}

describeReal('the progress of an audit', ['tmux'], () => {
  test('is a line a family before people, and gone when the report comes', { timeout: 240_000 }, async (context) => {
    const [port = 0] = await startGuards(context, ['sound'], 400);
    const screen = startTmux(context, { columns: 100, rows: 60 });
    screen.literal(audit(port, '--pace fast --concurrency 1; echo left with $?'));
    screen.keys('Enter');
    await screen.untilShown(COUNTED);
    await screen.untilShown(/\d+\/\d+ .*\/s .*left/);
    await screen.untilShown('left with 0');
    await screen.untilShown('CLOSED');
    expect(screen.text()).not.toMatch(COUNTED);
    expect(screen.text()).not.toMatch(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/u);
  });

  test.for([
    ['into a file', ''],
    ['in CI', 'CI=true '],
    ['of a format that is not for people', '--format json'],
  ] as const)('is plain lines %s', { timeout: 240_000 }, async ([how, option], context) => {
    const [port = 0] = await startGuards(context, ['sound']);
    const folder = folderFor(context);
    const screen = startTmux(context, { columns: 100, rows: 60 });
    const file = join(folder, 'progress');
    screen.record(join(folder, 'bytes'));
    const options = option.startsWith('--') ? [option, '>/dev/null'] : how === 'into a file' ? [`2>${file}`] : [];
    screen.literal(
      `clear; ${option.endsWith(' ') ? option : ''}${audit(port, '--pace fast', ...options)}; echo left with $?`,
    );
    screen.keys('Enter');
    await screen.untilShown('left with 0');
    const said = how === 'into a file' ? readFileSync(file, 'utf8') : readFileSync(join(folder, 'bytes'), 'utf8');
    expect(said).toMatch(/relayproof: 127\.0\.0\.1:\d+: \d+ sessions/);
    expect(said).not.toMatch(COUNTED);
    if (how === 'into a file') expect(said).not.toContain('\u001b');
  });
});
