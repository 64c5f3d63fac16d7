import type { AuditView, FamilyView } from './audit-view.ts';
import { changesBetween, countChanges } from './changes.ts';
import type { Size } from './layout.ts';
import { advance, noProgress, type TimedEvent } from '../terminal/run-progress.ts';
import {
  initialState,
  type DashboardState,
  type FinishedRun,
  type Message,
  type Phase,
  type TargetView,
} from './state.ts';

/** What happens outside of the dashboard; keys are in `press.ts`. */
export type Action =
  | { readonly kind: 'tick'; readonly nowMs: number }
  | { readonly kind: 'resized'; readonly size: Size }
  | {
      readonly kind: 'target';
      readonly target: TargetView;
      readonly catalogue: readonly FamilyView[];
      readonly exportTo: string;
    }
  | { readonly kind: 'phase'; readonly phase: Phase }
  /** A run of everything forgets what the one before had found; a run of a part keeps the rest. */
  | { readonly kind: 'run-began'; readonly nowMs: number; readonly whole: boolean }
  | { readonly kind: 'events'; readonly events: readonly TimedEvent[] }
  | { readonly kind: 'judged'; readonly audit: AuditView }
  | {
      readonly kind: 'run-finished';
      readonly audit: AuditView;
      readonly run: Pick<FinishedRun, 'at' | 'why'>;
    }
  | { readonly kind: 'next-run'; readonly atMs: number | null }
  | { readonly kind: 'message'; readonly message: Message };

/** Runs kept in the history line. */
const KEPT_RUNS = 50;

export function reduce(state: DashboardState, action: Action): DashboardState {
  switch (action.kind) {
    case 'tick':
      return { ...state, nowMs: action.nowMs };
    case 'resized':
      return { ...state, size: action.size };
    case 'target':
      return onTarget(state, action);
    case 'phase':
      return { ...state, phase: action.phase };
    case 'run-began':
      return {
        ...state,
        before: state.finished,
        audit: action.whole ? null : state.finished,
        changes: new Map(),
        progress: { ...noProgress(action.nowMs), dialogues: state.progress.dialogues },
      };
    case 'events':
      return { ...state, progress: advance(state.progress, action.events) };
    case 'judged':
      return { ...state, audit: action.audit, changes: changesBetween(state.before, action.audit) };
    case 'run-finished':
      return finished(state, action.audit, action.run);
    case 'next-run':
      return { ...state, nextRunAtMs: action.atMs };
    case 'message':
      return { ...state, message: action.message };
  }
}

/** The same host again, looked up anew, keeps what is known of it. */
function onTarget(
  state: DashboardState,
  { target, catalogue, exportTo }: Extract<Action, { kind: 'target' }>,
): DashboardState {
  if (state.target.host === target.host) return { ...state, target, catalogue, exportTo };
  const fresh = initialState({ ...state, target, catalogue, exportTo });
  return { ...fresh, pane: state.pane, phase: state.phase };
}

function finished(state: DashboardState, audit: AuditView, run: Pick<FinishedRun, 'at' | 'why'>): DashboardState {
  const changes = changesBetween(state.before, audit);
  const entry: FinishedRun = {
    ...run,
    number: (state.history[0]?.number ?? 0) + 1,
    outcome: audit.outcome.kind,
    findings: audit.findings.length,
    opened: countChanges(changes, 'opened'),
    closed: countChanges(changes, 'closed'),
  };
  return {
    ...state,
    phase: { kind: 'idle' },
    audit,
    finished: audit,
    changes,
    history: [entry, ...state.history].slice(0, KEPT_RUNS),
  };
}
