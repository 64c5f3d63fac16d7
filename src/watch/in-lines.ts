import type { AuditView } from '../dashboard/audit-view.ts';
import { changesBetween, countChanges } from '../dashboard/changes.ts';
import type { Audit } from '../judge/audit.ts';
import { writeReports } from '../terminal/outputs.ts';
import { progressListener } from '../terminal/progress.ts';
import { watchFiles } from './file-watch.ts';
import { WatchSession } from './watch-session.ts';
import { columnsFor, toAuditView } from './view.ts';
import type { Watcher } from './watcher.ts';

/** Without a terminal: plain progress, and a report with its changes after each run. Ends by a signal, or after one run that nothing would repeat. */
export async function watchInLines({ host, prepared, caught, options, terminal }: Watcher): Promise<Audit | null> {
  const repeats = options.every !== undefined || options.onChange.length > 0;
  const ending = new AbortController();
  let columns: AuditView['columns'] = [];
  let before: AuditView | null = null;
  const listeners = new Map<string, ReturnType<typeof progressListener>>();
  const session = new WatchSession(
    host,
    prepared,
    {
      asking: options,
      caught,
      everyMs: options.every ?? null,
      terminal,
      signal: AbortSignal.any([terminal.signal, ending.signal]),
    },
    {
      prepared: (_host, target, common) => {
        columns = columnsFor(target, common);
      },
      preparing: (why) => terminal.say(`relayproof: ${host}: ${why}`),
      began: () => listeners.clear(),
      event: (endpoint, event) => {
        const listener = listeners.get(endpoint) ?? progressListener(terminal, endpoint);
        listeners.set(endpoint, listener);
        listener(event);
      },
      judged: () => undefined,
      finished: (audit) => {
        writeReports([audit], { format: 'text', file: null, beside: [] }, options.failOn, terminal);
        const view = toAuditView(audit, columns, options.failOn);
        const changes = changesBetween(before, view);
        if (before !== null)
          terminal.say(
            `relayproof: ${countChanges(changes, 'opened')} newly open, ${countChanges(changes, 'closed')} newly closed since the last run`,
          );
        before = view;
        if (!repeats) ending.abort();
      },
      failed: (problems) => {
        for (const problem of problems) terminal.say(`relayproof: ${problem}`);
        if (!repeats) ending.abort();
      },
      resting: () => undefined,
    },
  );
  const stopLooking = watchFiles({
    files: options.onChange,
    settleMs: options.settle * 1000,
    onChange: (why) => session.ask({ scenarios: null, why }),
  });
  try {
    await session.run();
  } finally {
    stopLooking();
  }
  return session.lastFinished;
}
