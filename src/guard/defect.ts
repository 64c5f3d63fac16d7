import type { GuardSteps } from './steps.ts';

/** A deliberate hole: the steps that it replaces, and what such a guard does in one line. */
export interface Defect {
  readonly title: string;
  readonly steps: Partial<GuardSteps>;
}

/** Defects by name. */
export type DefectTable = Readonly<Record<string, Defect>>;
