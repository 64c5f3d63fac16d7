/** Signs that the dashboard draws beside the glyphs of the verdicts. */
export interface Signs {
  readonly differs: string;
  readonly unclear: string;
  readonly fine: string;
  readonly pending: string;
  readonly skipped: string;
  readonly opened: string;
  readonly closed: string;
  readonly folded: string;
  readonly unfolded: string;
  readonly sent: string;
  readonly received: string;
  readonly barDone: string;
  readonly barLeft: string;
  readonly ellipsis: string;
  readonly dot: string;
  readonly spinner: readonly string[];
  /** Frame: corners clockwise from the top left, then the flat and the upright line. */
  readonly frame: readonly [string, string, string, string, string, string];
}

export const UNICODE_SIGNS: Signs = {
  differs: '✗',
  unclear: '?',
  fine: '✓',
  pending: '·',
  skipped: '-',
  opened: '▲',
  closed: '▼',
  folded: '▸',
  unfolded: '▾',
  sent: '→',
  received: '←',
  barDone: '█',
  barLeft: '░',
  ellipsis: '…',
  dot: '·',
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
  frame: ['╭', '╮', '╯', '╰', '─', '│'],
};

/** For terminals that are told to be no UTF-8 ones. */
export const ASCII_SIGNS: Signs = {
  differs: 'x',
  unclear: '?',
  fine: '=',
  pending: '.',
  skipped: '-',
  opened: '^',
  closed: '_',
  folded: '+',
  unfolded: '-',
  sent: '>',
  received: '<',
  barDone: '#',
  barLeft: '.',
  ellipsis: '~',
  dot: '|',
  spinner: ['|', '/', '-', '\\'],
  frame: ['+', '+', '+', '+', '-', '|'],
};

const SPIN_MS = 100;

/** The sign that turns while something runs. */
export function spinnerAt(nowMs: number, { spinner }: Signs): string {
  return spinner[Math.floor(nowMs / SPIN_MS) % spinner.length] ?? '';
}
