import { setTimeout as pause } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { Probe } from '../session/plan.ts';
import type { Transcript, Turn } from '../session/transcript.ts';
import type { PaceInfo } from './pace.ts';
import type { SessionOptions } from './session-options.ts';
import { runSession } from './session-runner.ts';

/** What happens in a run, as it happens: the dashboard and the progress line are listeners and nothing more. */
export type RunEvent =
  | { readonly kind: 'run-started'; readonly sessions: number }
  | { readonly kind: 'session-started'; readonly probe: Probe }
  | { readonly kind: 'turn'; readonly probe: Probe; readonly turn: Turn }
  | { readonly kind: 'session-ended'; readonly probe: Probe; readonly transcript: Transcript }
  | { readonly kind: 'run-ended'; readonly finished: number; readonly aborted: boolean };

export interface RunOptions extends Omit<SessionOptions, 'onTurn'> {
  readonly pace: PaceInfo;
  readonly onEvent: (event: RunEvent) => void;
}

/**
 * Runs the sessions, some at a time, in the order of the plan. On abort the running sessions end at once, the others are
 * not begun, and the transcripts so far are handed back in the order of the plan.
 */
export async function runAudit(probes: readonly Probe[], options: RunOptions): Promise<readonly Transcript[]> {
  const { pace, onEvent, signal } = options;
  const limit = pLimit(pace.connections);
  onEvent({ kind: 'run-started', sessions: probes.length });
  const run = async (probe: Probe, index: number): Promise<Transcript | null> => {
    if (index > 0 && pace.gapMs > 0) await pauseUnlessAborted(pace.gapMs, signal);
    if (signal.aborted) return null;
    onEvent({ kind: 'session-started', probe });
    const transcript = await runSession(probe, {
      ...options,
      onTurn: (of, turn) => onEvent({ kind: 'turn', probe: of, turn }),
    });
    onEvent({ kind: 'session-ended', probe, transcript });
    return transcript;
  };
  const transcripts = await Promise.all(probes.map((probe, index) => limit(run, probe, index)));
  const finished = transcripts.filter((transcript) => transcript !== null);
  onEvent({ kind: 'run-ended', finished: finished.length, aborted: signal.aborted });
  return finished;
}

async function pauseUnlessAborted(milliseconds: number, signal: AbortSignal): Promise<void> {
  try {
    await pause(milliseconds, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
