import { CLIENT_DEFECTS } from './client-defects.ts';
import type { Defect } from './defect.ts';
import { MESSAGE_DEFECTS } from './message-defects.ts';
import { RECIPIENT_DEFECTS } from './recipient-defects.ts';
import { SENDER_DEFECTS } from './sender-defects.ts';
import { SESSION_DEFECTS } from './session-defects.ts';
import { STRICT_DEFECTS } from './strict-defects.ts';

const TABLE = {
  ...SENDER_DEFECTS,
  ...RECIPIENT_DEFECTS,
  ...SESSION_DEFECTS,
  ...MESSAGE_DEFECTS,
  ...CLIENT_DEFECTS,
  ...STRICT_DEFECTS,
};

/** Deliberate faults that can be planted in a guard, one at a time. */
export type DefectName = keyof typeof TABLE;

/** Every defect. A guard with one really delivers what it lets through. */
export const DEFECTS: Readonly<Record<DefectName, Defect>> = TABLE;

export const DEFECT_NAMES: readonly DefectName[] = Object.keys(DEFECTS).filter(isDefectName);

function isDefectName(text: string): text is DefectName {
  return Object.hasOwn(DEFECTS, text);
}
