/** The panes, in the order of tab and of the number keys. */
export const PANES = ['scenarios', 'detail', 'dialogue', 'findings'] as const;
export type Pane = (typeof PANES)[number];

export const PANE_TITLES: Readonly<Record<Pane, string>> = {
  scenarios: 'Scenarios',
  detail: 'What and why',
  dialogue: 'Dialogue',
  findings: 'Findings',
};

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/**
 * `narrow`: one pane at a time · `wide`: list beside detail above dialogue, findings below · `widest`: detail beside
 * dialogue, too, and words in the matrix · `tiny`: nothing fits.
 */
export type LayoutKind = 'tiny' | 'narrow' | 'wide' | 'widest';

export interface Layout {
  readonly kind: LayoutKind;
  /** Outer size of each pane, in cells. */
  readonly panes: Readonly<Record<Pane, Size>>;
}

const WIDE_FROM = 120;
const WIDEST_FROM = 200;
const LEAST: Size = { columns: 40, rows: 12 };

/** Rows that are no pane: header, controls, history, keys. */
const HEADER_ROWS = 3;
const ROWS_AROUND = HEADER_ROWS + 3;
const TAB_ROWS = 1;

export function layoutOf(size: Size): Layout {
  const { columns, rows } = size;
  const body = rows - ROWS_AROUND;
  if (columns < LEAST.columns || rows < LEAST.rows) return { kind: 'tiny', panes: all({ columns, rows: 0 }) };
  if (columns < WIDE_FROM) return { kind: 'narrow', panes: all({ columns, rows: body - TAB_ROWS }) };
  const findings = Math.min(10, Math.max(5, Math.floor(body * 0.28)));
  const upper = body - findings;
  if (columns < WIDEST_FROM) {
    const list = Math.floor(columns * 0.46);
    const detail = Math.floor(upper * 0.5);
    return {
      kind: 'wide',
      panes: {
        scenarios: { columns: list, rows: upper },
        detail: { columns: columns - list, rows: detail },
        dialogue: { columns: columns - list, rows: upper - detail },
        findings: { columns, rows: findings },
      },
    };
  }
  const list = Math.floor(columns * 0.46);
  const detail = Math.floor((columns - list) * 0.5);
  return {
    kind: 'widest',
    panes: {
      scenarios: { columns: list, rows: body },
      detail: { columns: detail, rows: upper },
      dialogue: { columns: columns - list - detail, rows: upper },
      findings: { columns: columns - list, rows: findings },
    },
  };
}

/** What fits into a pane: title and frame taken off; a pane that has the screen for itself has no frame. */
export function innerSize({ kind, panes }: Layout, pane: Pane): Size {
  const { columns, rows } = panes[pane];
  return kind === 'narrow'
    ? { columns: Math.max(0, columns - 2), rows: Math.max(0, rows) }
    : { columns: Math.max(0, columns - 4), rows: Math.max(0, rows - 2) };
}

/** Lines that stay in view before and behind the chosen one. */
const SCROLL_MARGIN = 3;

/** The first line to show so that the chosen one is in view with its neighbours, moving no more than needed. */
export function scrolledTo(top: number, chosen: number, height: number, length: number): number {
  const margin = Math.min(SCROLL_MARGIN, Math.floor((height - 1) / 2));
  const highest = Math.max(0, length - height);
  const latest = chosen - margin;
  const earliest = chosen + margin - height + 1;
  return Math.max(0, Math.min(highest, Math.max(Math.min(top, latest), earliest)));
}

function all(size: Size): Readonly<Record<Pane, Size>> {
  return { scenarios: size, detail: size, dialogue: size, findings: size };
}
