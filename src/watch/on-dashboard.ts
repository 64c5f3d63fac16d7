import type { AuditView } from '../dashboard/audit-view.ts';
import { createStore, type Store } from '../dashboard/store.ts';
import type { Audit } from '../judge/audit.ts';
import { endpointName } from '../judge/judge-audit.ts';
import { EXIT } from '../terminal/exit-code.ts';
import type { CommonRequest } from '../audit/prepare.ts';
import type { TargetHost } from '../target/find-targets.ts';
import { WatchHands } from './hands.ts';
import { watchFiles } from './file-watch.ts';
import { WatchSession, type WatchObserver } from './watch-session.ts';
import { columnsFor, toAuditView, toCatalogueView } from './view.ts';
import type { Watcher } from './watcher.ts';
import type { Request } from '../dashboard/pressed.ts';

/** Screen readers read every frame from its beginning. */
const SPOKEN_FRAME_MS = 3000;

/** Shows the dashboard and does what its keys ask for, until it is left. Gives back the last audit that was finished. */
export async function watchOnDashboard({ host, prepared, caught, options, terminal }: Watcher): Promise<Audit | null> {
  const ending = new AbortController();
  const forScreenReader = options.screenReader === true || terminal.env['INK_SCREEN_READER'] === 'true';
  const store = createStore({
    start: {
      target: { host, endpoints: [] },
      catalogue: [],
      size: { columns: process.stdout.columns, rows: process.stdout.rows },
      nowMs: performance.now(),
      watched: options.onChange.length,
      exportTo: '',
    },
    monotonic: () => performance.now(),
    onRequest: (request) => onRequest(request),
    ...(forScreenReader ? { frameMs: SPOKEN_FRAME_MS } : {}),
  });
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
    observerFor(store, options.failOn),
  );
  const hands = new WatchHands({ store, session, failOn: options.failOn, terminal, leave: () => ending.abort() });
  const onRequest = (request: Request): void => hands.do(request);

  // Loaded here and nowhere else: no other command waits for it. React's development build would keep a record of every frame.
  process.env['NODE_ENV'] ??= 'production';
  const { showDashboard } = await import('../dashboard/show-dashboard.tsx');
  const trouble = untilTrouble();
  const stopLooking = watchFiles({
    files: options.onChange,
    settleMs: options.settle * 1000,
    onChange: (why) => session.ask({ scenarios: null, why }),
  });
  const shown = showDashboard({
    store,
    stdin: process.stdin,
    stdout: process.stdout,
    color: terminal.color,
    unicode: showsUnicode(terminal.env),
    forScreenReader,
  });
  try {
    await Promise.race([session.run(), shown.ended, trouble.happened]);
  } finally {
    ending.abort();
    stopLooking();
    trouble.forget();
    await shown.close();
  }
  return session.lastFinished;
}

/** Tells the store what the session does. */
function observerFor(store: Store, failOn: Parameters<typeof toAuditView>[2]): WatchObserver {
  let columns: AuditView['columns'] = [];
  const view = (audit: Audit): AuditView => toAuditView(audit, columns, failOn);
  return {
    prepared: (host: string, target: TargetHost, common: CommonRequest) => {
      columns = columnsFor(target, common);
      store.dispatch({
        kind: 'target',
        target: { host, endpoints: target.endpoints.map(endpointName) },
        catalogue: toCatalogueView(common.catalogue),
        exportTo: `html=reports/local/${host.replaceAll(/[^\w.-]/g, '-')}.html`,
      });
    },
    preparing: (why) => {
      store.dispatch({ kind: 'next-run', atMs: null });
      store.dispatch({ kind: 'phase', phase: { kind: 'preparing', words: `${why}: saying hello` } });
    },
    began: ({ scenarios }) =>
      store.dispatch({ kind: 'run-began', nowMs: performance.now(), whole: scenarios === null }),
    event: (endpoint, event) => {
      store.push({ endpoint, atMs: performance.now(), event });
      if (event.kind === 'run-started') store.dispatch({ kind: 'phase', phase: { kind: 'running', words: '' } });
      if (event.kind === 'run-ended')
        store.dispatch({ kind: 'phase', phase: { kind: 'collecting', words: 'waiting for canaries, then judging' } });
    },
    judged: (audit) => store.dispatch({ kind: 'judged', audit: view(audit) }),
    finished: (audit, { why }) =>
      store.dispatch({
        kind: 'run-finished',
        audit: view(audit),
        run: { at: new Date().toTimeString().slice(0, 8), why },
      }),
    failed: (problems) => store.dispatch({ kind: 'phase', phase: { kind: 'failed', words: problems.join('; ') } }),
    resting: (nextRunMs) =>
      store.dispatch({ kind: 'next-run', atMs: nextRunMs === null ? null : performance.now() + nextRunMs }),
  };
}

/** What must not happen while the screen is ours: the terminal is given back first, and then it is told. */
function untilTrouble(): { readonly happened: Promise<never>; readonly forget: () => void } {
  let hangUp: () => void = () => undefined;
  let fail: (error: Error) => void = () => undefined;
  const happened = new Promise<never>((_resolve, reject) => {
    fail = reject;
    // Nobody is left to tell, and nothing is left to write to.
    hangUp = () => process.exit(EXIT.terminated);
  });
  process.on('uncaughtException', fail);
  process.on('SIGHUP', hangUp);
  return {
    happened,
    forget: () => {
      process.off('uncaughtException', fail);
      process.off('SIGHUP', hangUp);
    },
  };
}

/** What the environment says of the characters of the terminal; the first that is set counts (POSIX locale(1)). */
function showsUnicode(env: Readonly<Record<string, string | undefined>>): boolean {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((value) => value !== undefined && value !== '');
  return locale !== undefined && /utf-?8/i.test(locale);
}
