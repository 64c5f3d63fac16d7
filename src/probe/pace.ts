/** How hard a target is asked. */
export type Pace = 'polite' | 'normal' | 'fast';

export interface PaceInfo {
  readonly title: string;
  /** Sessions at a time against one target. */
  readonly connections: number;
  /** Sessions between two looks at the sentinel; Infinity: none. */
  readonly sentinelEvery: number;
  /** Refusals that may be earned in a window; null: as many as come. */
  readonly refusals: { readonly most: number; readonly windowMs: number } | null;
}

const TEN_MINUTES = 600_000;

export const PACE_INFO: Readonly<Record<Pace, PaceInfo>> = {
  polite: {
    title: 'one session at a time and four refusals in ten minutes, which stays under fail2ban’s five',
    connections: 1,
    sentinelEvery: 8,
    refusals: { most: 4, windowMs: TEN_MINUTES },
  },
  normal: {
    title: 'four sessions at a time with one question in each, and a look every eight whether we are still let in',
    connections: 4,
    sentinelEvery: 8,
    refusals: null,
  },
  fast: {
    title: 'twenty sessions at a time, for test servers of your own',
    connections: 20,
    sentinelEvery: 60,
    refusals: null,
  },
};
