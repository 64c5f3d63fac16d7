import type { AuditView, FamilyView, OutcomeKind } from './audit-view.ts';
import type { Changes } from './changes.ts';
import { NO_CHANGES } from './changes.ts';
import type { Pane, Size } from './layout.ts';
import type { Tone } from './line.ts';
import { noProgress, type RunProgress } from '../terminal/run-progress.ts';

/** What the dashboard is about. */
export interface TargetView {
  /** As it was asked for: a name or an address, with or without a port. */
  readonly host: string;
  readonly endpoints: readonly string[];
}

/** Where a run is; the words say more. */
export type Phase =
  | { readonly kind: 'idle' }
  | { readonly kind: 'preparing' | 'running' | 'collecting'; readonly words: string }
  | { readonly kind: 'failed'; readonly words: string };

/** A run that came to its end. */
export interface FinishedRun {
  readonly number: number;
  /** Time of day at its end, as shown. */
  readonly at: string;
  /** What set it off, such as `main.cf changed`. */
  readonly why: string;
  readonly outcome: OutcomeKind;
  readonly findings: number;
  readonly opened: number;
  readonly closed: number;
}

/** The part that pausing holds still. */
export interface Shown {
  readonly phase: Phase;
  readonly progress: RunProgress;
  readonly audit: AuditView | null;
  /** What the run before had found: shown faintly until the new answers come, and what changes are counted against. */
  readonly before: AuditView | null;
  readonly changes: Changes;
}

export type PromptKind = 'filter' | 'export' | 'target';

export type Overlay =
  | { readonly kind: 'none' }
  | { readonly kind: 'help'; readonly top: number }
  | { readonly kind: 'confirm-quit' }
  | { readonly kind: 'prompt'; readonly prompt: PromptKind; readonly text: string };

export interface Message {
  readonly tone: Tone;
  readonly text: string;
}

export interface DashboardState extends Shown {
  readonly target: TargetView;
  readonly catalogue: readonly FamilyView[];
  /** Time of a clock that never goes back. */
  readonly nowMs: number;
  readonly history: readonly FinishedRun[];
  /** What the last run that came to its end had found. */
  readonly finished: AuditView | null;
  /** When the next run begins by itself; null where only a key begins one. */
  readonly nextRunAtMs: number | null;
  /** Files whose change begins a run. */
  readonly watched: number;
  /** Where `e` proposes to write. */
  readonly exportTo: string;
  readonly frozen: Shown | null;
  readonly size: Size;
  readonly pane: Pane;
  /** Key of the chosen row, null for the first; and where it stood, for when it goes away. */
  readonly chosen: string | null;
  readonly chosenIndex: number;
  readonly listTop: number;
  /** Index of the chosen column of the matrix. */
  readonly column: number;
  readonly folded: ReadonlySet<string>;
  readonly filter: string;
  readonly failuresOnly: boolean;
  readonly detailTop: number;
  /** Null follows the end of the dialogue. */
  readonly dialogueTop: number | null;
  readonly finding: number;
  readonly findingTop: number;
  readonly overlay: Overlay;
  readonly message: Message | null;
}

export interface DashboardStart {
  readonly target: TargetView;
  readonly catalogue: readonly FamilyView[];
  readonly size: Size;
  readonly nowMs: number;
  readonly watched: number;
  readonly exportTo: string;
}

export function initialState(start: DashboardStart): DashboardState {
  return {
    ...start,
    phase: { kind: 'idle' },
    progress: noProgress(start.nowMs),
    audit: null,
    before: null,
    changes: NO_CHANGES,
    history: [],
    finished: null,
    nextRunAtMs: null,
    frozen: null,
    pane: 'scenarios',
    chosen: null,
    chosenIndex: 0,
    listTop: 0,
    column: 0,
    folded: new Set(),
    filter: '',
    failuresOnly: false,
    detailTop: 0,
    dialogueTop: null,
    finding: 0,
    findingTop: 0,
    overlay: { kind: 'none' },
    message: null,
  };
}

/** What is on the screen: the run, or the moment at which it was paused. */
export function shownOf(state: DashboardState): Shown {
  return state.frozen ?? state;
}

export function isBusy({ phase }: DashboardState): boolean {
  return phase.kind === 'preparing' || phase.kind === 'running' || phase.kind === 'collecting';
}
