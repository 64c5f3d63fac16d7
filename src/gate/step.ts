import type { FileLine } from '../config/config-file.ts';
import { EXIT, worstExitCode, type ExitCode } from '../terminal/exit-code.ts';

/** How one part of the gate ended; `broken`: the user's files are wrong, so it could not be done. */
export type StepOutcome = 'passed' | 'failed' | 'could-not-tell' | 'broken' | 'skipped';

export interface GateNote {
  readonly level: 'error' | 'warning' | 'notice';
  readonly place: FileLine;
  readonly message: string;
}

/** One part of the gate and what it came to. */
export interface GateStep {
  readonly name: string;
  readonly outcome: StepOutcome;
  readonly summary: string;
  readonly notes: readonly GateNote[];
}

export interface OutcomeInfo {
  readonly word: string;
  readonly code: ExitCode;
}

export const STEP_OUTCOMES: Readonly<Record<StepOutcome, OutcomeInfo>> = {
  passed: { word: 'ok', code: EXIT.ok },
  failed: { word: 'FAILED', code: EXIT.findings },
  'could-not-tell': { word: 'COULD NOT TELL', code: EXIT.couldNotTell },
  broken: { word: 'BROKEN', code: EXIT.usage },
  skipped: { word: 'skipped', code: EXIT.ok },
};

/** What the steps come to together: 2 goes before 1 and 1 before 3. */
export function gateExitCode(steps: readonly GateStep[]): ExitCode {
  return worstExitCode(steps.map(({ outcome }) => STEP_OUTCOMES[outcome].code));
}
