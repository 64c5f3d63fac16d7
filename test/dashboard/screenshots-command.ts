import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { normalised } from './frame-text.ts';
import { startGuards } from './guards.ts';
import { screenSvg } from './screen-svg.ts';
import { startTmux } from './tmux.ts';

// The pictures of the README, after a build: `node screenshots-command.ts FOLDER`. A guard with one planted defect is
// audited on terminals of three sizes; ports and times stand still, so that the same dashboard gives the same pictures.
const [folder = 'reports'] = process.argv.slice(2);
const PROGRAM = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** Size, and the keys that lead to what is shown. */
const PICTURES = [
  { columns: 80, rows: 24, keys: ['n', 'Enter'] },
  { columns: 120, rows: 40, keys: ['n'] },
  { columns: 200, rows: 60, keys: ['n'] },
] as const;

const PATIENCE_MS = 240_000;
const endings: (() => void)[] = [];
const context = { onTestFinished: (end: () => void) => void endings.push(end) };
const home = mkdtempSync(join(tmpdir(), 'relayproof-pictures-'));
try {
  const policy = join(home, 'policy.yaml');
  writeFileSync(policy, 'domains: [example.com]\nusers: [alice@example.com]\n');
  const [port = 0] = await startGuards(context, ['trusts-own-sender']);
  for (const { columns, rows, keys } of PICTURES) {
    const screen = startTmux(context, { columns, rows });
    screen.literal(
      `${process.execPath} ${PROGRAM} watch 127.0.0.1:${port} --policy ${policy} --own-user alice@example.com --vantage proxy=198.51.100.7 --vantage proxy=10.0.0.10 --pace fast`,
    );
    screen.keys('Enter');
    await screen.untilShown(/done .* as expected/, PATIENCE_MS);
    screen.keys(...keys);
    await screen.settled();
    const title = `relayproof watch on a terminal of ${columns} columns and ${rows} rows`;
    writeFileSync(
      join(folder, `dashboard-${columns}x${rows}.svg`),
      screenSvg(normalised(screen.painted()), columns, rows, title),
    );
    screen.keys('q');
  }
} finally {
  for (const end of endings.reverse()) end();
  rmSync(home, { recursive: true });
}
