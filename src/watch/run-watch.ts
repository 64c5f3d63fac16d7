import { outcomeOf } from '../judge/outcome.ts';
import { EXIT, exitCodeOf, type ExitCode } from '../terminal/exit-code.ts';
import { prepareAudit, startCatching } from '../audit/prepare.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { UsageError } from '../document/usage-error.ts';
import { watchOnDashboard } from './on-dashboard.ts';
import { watchInLines } from './in-lines.ts';
import type { Watcher, WatchCommandOptions } from './watcher.ts';

/** Watches one host: on a dashboard where there is a terminal, in lines elsewhere. */
export async function runWatchCommand(
  host: string,
  options: WatchCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const catching = await startCatching(options);
  try {
    const prepared = await prepareAudit([host], options, catching.source, terminal);
    const [target, ...others] = prepared.targets;
    if (target === undefined) {
      for (const line of prepared.unknown) terminal.say(`relayproof: ${line}`);
      return EXIT.couldNotTell;
    }
    if (others.length > 0)
      throw new UsageError([`one host is watched at a time: ${prepared.targets.map((one) => one.host).join(', ')}`]);
    // An MX host was confirmed once; it is asked by its name from then on.
    const asked = options.mx === true ? target.host : host;
    const watcher: Watcher = { host: asked, prepared, caught: catching.source, options, terminal };
    const refusal = dashboardRefusal(terminal);
    if (refusal !== null) terminal.say(`relayproof: ${refusal}: plain lines instead of the dashboard; Ctrl-C ends`);
    const last = refusal === null ? await watchOnDashboard(watcher) : await watchInLines(watcher);
    return last === null ? EXIT.couldNotTell : exitCodeOf(outcomeOf(last, options.failOn));
  } finally {
    await catching.catcher?.close();
  }
}

/** Why there can be no dashboard, or null. */
function dashboardRefusal({ outIsTty, inIsTty, env }: Terminal): string | null {
  if (!outIsTty) return 'stdout is no terminal';
  if (!inIsTty) return 'stdin is no terminal';
  return env['TERM'] === 'dumb' ? 'this terminal cannot move its cursor' : null;
}
