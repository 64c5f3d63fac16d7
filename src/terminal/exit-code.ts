import type { Outcome } from '../judge/outcome.ts';

/** Exit codes, as `interface.md` and `--help` list them. */
export const EXIT = {
  ok: 0,
  findings: 1,
  usage: 2,
  couldNotTell: 3,
  bug: 70,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const CODE_OF_OUTCOME: Readonly<Record<Outcome['kind'], ExitCode>> = {
  findings: EXIT.findings,
  'could-not-tell': EXIT.couldNotTell,
  clean: EXIT.ok,
};

export function exitCodeOf(outcome: Outcome): ExitCode {
  return CODE_OF_OUTCOME[outcome.kind];
}

/** When several hold, 2 goes before 1 and 1 before 3. */
export function worstExitCode(codes: readonly ExitCode[]): ExitCode {
  const order: readonly ExitCode[] = [
    EXIT.bug,
    EXIT.interrupted,
    EXIT.terminated,
    EXIT.usage,
    EXIT.findings,
    EXIT.couldNotTell,
  ];
  return order.find((code) => codes.includes(code)) ?? EXIT.ok;
}
