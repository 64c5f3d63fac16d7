/** How hard a target is asked. */
export type Pace = 'polite' | 'normal' | 'fast';

export interface PaceInfo {
  /** Sessions at a time against one target. */
  readonly connections: number;
  /** Pause between the beginnings of two sessions, in milliseconds. */
  readonly gapMs: number;
  readonly title: string;
}

export const PACE_INFO: Readonly<Record<Pace, PaceInfo>> = {
  polite: {
    connections: 1,
    gapMs: 150_000,
    title: 'four sessions in ten minutes: stays under fail2ban’s five denials',
  },
  normal: { connections: 4, gapMs: 0, title: 'four sessions at a time, one probe in each' },
  fast: { connections: 20, gapMs: 0, title: 'twenty sessions at a time, for test servers of your own' },
};
