import { VERDICT_INFO } from '../judge/verdict.ts';
import type { CellView, OutcomeKind, VerdictWord } from './audit-view.ts';
import type { Tone } from './line.ts';

export interface OutcomeInfo {
  readonly title: string;
  readonly tone: Tone;
  readonly badge: Tone;
}

export const OUTCOME_INFO: Readonly<Record<OutcomeKind, OutcomeInfo>> = {
  open: { title: 'OPEN', tone: 'bad', badge: 'badge-bad' },
  'possibly-open': { title: 'POSSIBLY OPEN', tone: 'bad', badge: 'badge-bad' },
  'could-not-tell': { title: 'COULD NOT TELL', tone: 'warn', badge: 'badge-warn' },
  closed: { title: 'CLOSED', tone: 'good', badge: 'badge-good' },
};

export function verdictGlyph(verdict: VerdictWord): string {
  return VERDICT_INFO[verdict].glyph;
}

/** Right is green, wrong is red, and what nobody knows is yellow, whatever the server answered. */
export function cellTone({ verdict, agrees }: CellView): Tone {
  if (verdict === 'skipped') return 'dim';
  if (agrees === null) return 'warn';
  return agrees ? 'good' : 'bad';
}

const SEVERITY_TONES: Readonly<Record<string, Tone>> = { low: 'info', medium: 'warn', high: 'bad', critical: 'bad' };

export function severityTone(severity: string): Tone {
  return SEVERITY_TONES[severity] ?? 'plain';
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
