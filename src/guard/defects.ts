import type { GuardSteps } from './steps.ts';

/** Holes that can be planted in a guard. */
export type DefectName = 'open-relay' | 'trusts-own-sender';

/** A deliberate hole: the step that it replaces, and what is wrong with it in one line. */
export interface Defect {
  readonly title: string;
  readonly steps: Partial<GuardSteps>;
}

export const DEFECTS: Readonly<Record<DefectName, Defect>> = {
  'open-relay': { title: 'accepts every recipient from everybody', steps: {} },
  'trusts-own-sender': { title: 'accepts outbound mail from everybody who names an own sender', steps: {} },
};
