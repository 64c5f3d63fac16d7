import { PANES, PANE_TITLES, type Pane } from './layout.ts';

/** What a key does. */
export type Command =
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'first'
  | 'last'
  | 'left'
  | 'right'
  | 'next-pane'
  | 'previous-pane'
  | `pane-${Pane}`
  | 'open'
  | 'back'
  | 'filter'
  | 'next-match'
  | 'previous-match'
  | 'failures'
  | 'rerun'
  | 'rerun-all'
  | 'pause'
  | 'copy'
  | 'export'
  | 'target'
  | 'help'
  | 'quit'
  | 'interrupt';

export interface KeyInfo {
  readonly command: Command;
  /** Names of the keys, as `keyName` says them. */
  readonly keys: readonly string[];
  /** The keys as people read them. */
  readonly label: string;
  readonly help: string;
  /** A word for the line of keys; null for keys that everybody guesses. */
  readonly hint: string | null;
  readonly group: 'Move' | 'Look' | 'Do' | 'Leave';
}

/** Every key there is: the dashboard, the line of keys and the help are made from this table. */
export const KEYS: readonly KeyInfo[] = [
  { command: 'down', keys: ['j', 'down'], label: 'j ↓', help: 'next line', hint: null, group: 'Move' },
  { command: 'up', keys: ['k', 'up'], label: 'k ↑', help: 'line before', hint: null, group: 'Move' },
  {
    command: 'left',
    keys: ['h', 'left'],
    label: 'h ←',
    help: 'column before (vantage and login)',
    hint: null,
    group: 'Move',
  },
  { command: 'right', keys: ['l', 'right'], label: 'l →', help: 'next column', hint: null, group: 'Move' },
  {
    command: 'page-down',
    keys: ['pagedown', 'ctrl-d', 'ctrl-f'],
    label: 'PgDn ^D',
    help: 'a page down',
    hint: null,
    group: 'Move',
  },
  {
    command: 'page-up',
    keys: ['pageup', 'ctrl-u', 'ctrl-b'],
    label: 'PgUp ^U',
    help: 'a page up',
    hint: null,
    group: 'Move',
  },
  { command: 'first', keys: ['g', 'home'], label: 'g Home', help: 'to the top', hint: null, group: 'Move' },
  { command: 'last', keys: ['G', 'end'], label: 'G End', help: 'to the bottom', hint: null, group: 'Move' },
  { command: 'next-pane', keys: ['tab'], label: 'tab', help: 'next pane', hint: 'pane', group: 'Move' },
  { command: 'previous-pane', keys: ['shift-tab'], label: 'S-tab', help: 'pane before', hint: null, group: 'Move' },
  ...PANES.map((pane, index): KeyInfo => ({
    command: `pane-${pane}`,
    keys: [String(index + 1)],
    label: String(index + 1),
    help: `pane “${PANE_TITLES[pane]}”`,
    hint: null,
    group: 'Move',
  })),
  {
    command: 'open',
    keys: ['enter'],
    label: 'enter',
    help: 'open: a family folds, a scenario or finding shows what and why',
    hint: 'open',
    group: 'Look',
  },
  {
    command: 'back',
    keys: ['escape'],
    label: 'esc',
    help: 'back; then take away filter and `f`',
    hint: null,
    group: 'Look',
  },
  { command: 'filter', keys: ['/'], label: '/', help: 'filter by id, title or family', hint: 'filter', group: 'Look' },
  {
    command: 'next-match',
    keys: ['n'],
    label: 'n',
    help: 'next match; without a filter the next difference',
    hint: null,
    group: 'Look',
  },
  { command: 'previous-match', keys: ['N'], label: 'N', help: 'the one before', hint: null, group: 'Look' },
  {
    command: 'failures',
    keys: ['f'],
    label: 'f',
    help: 'only what differs or could not be told',
    hint: 'failures',
    group: 'Look',
  },
  {
    command: 'pause',
    keys: ['space'],
    label: 'space',
    help: 'hold the screen still; the audit goes on',
    hint: 'pause',
    group: 'Look',
  },
  { command: 'rerun', keys: ['r'], label: 'r', help: 'ask this scenario or family again', hint: 'again', group: 'Do' },
  { command: 'rerun-all', keys: ['R'], label: 'R', help: 'ask everything again', hint: 'all again', group: 'Do' },
  { command: 'copy', keys: ['y'], label: 'y', help: 'copy the dialogue to the clipboard', hint: 'copy', group: 'Do' },
  { command: 'export', keys: ['e'], label: 'e', help: 'write a report', hint: 'export', group: 'Do' },
  { command: 'target', keys: ['o'], label: 'o', help: 'audit another target', hint: 'other', group: 'Do' },
  { command: 'help', keys: ['?'], label: '?', help: 'this help', hint: 'help', group: 'Leave' },
  { command: 'quit', keys: ['q'], label: 'q', help: 'quit; asks while probes run', hint: 'quit', group: 'Leave' },
  {
    command: 'interrupt',
    keys: ['ctrl-c'],
    label: '^C',
    help: 'quit at once',
    hint: null,
    group: 'Leave',
  },
];

const COMMAND_OF_KEY: ReadonlyMap<string, Command> = new Map(
  KEYS.flatMap(({ command, keys }) => keys.map((key) => [key, command] as const)),
);

export function commandOf(key: string): Command | null {
  return COMMAND_OF_KEY.get(key) ?? null;
}

/** What ink tells of a key that is no character. */
interface KeyFlags {
  readonly upArrow: boolean;
  readonly downArrow: boolean;
  readonly leftArrow: boolean;
  readonly rightArrow: boolean;
  readonly pageUp: boolean;
  readonly pageDown: boolean;
  readonly home: boolean;
  readonly end: boolean;
  readonly return: boolean;
  readonly escape: boolean;
  readonly tab: boolean;
  readonly backspace: boolean;
  readonly delete: boolean;
  readonly ctrl: boolean;
  readonly shift: boolean;
  readonly meta: boolean;
}

/** The names of the keys in one chunk of input: several characters are several keys, as from a key that is held. */
export function keyNames(input: string, flags: KeyFlags): readonly string[] {
  if (flags.upArrow) return ['up'];
  if (flags.downArrow) return ['down'];
  if (flags.leftArrow) return ['left'];
  if (flags.rightArrow) return ['right'];
  if (flags.pageUp) return ['pageup'];
  if (flags.pageDown) return ['pagedown'];
  if (flags.home) return ['home'];
  if (flags.end) return ['end'];
  if (flags.return) return ['enter'];
  if (flags.escape) return ['escape'];
  if (flags.tab) return [flags.shift ? 'shift-tab' : 'tab'];
  if (flags.backspace || flags.delete) return ['backspace'];
  if (flags.ctrl) return [`ctrl-${input}`];
  if (flags.meta) return [];
  return Array.from(input, nameOf);
}

const NAMED_CHARACTERS: Readonly<Record<string, string>> = {
  ' ': 'space',
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\b': 'backspace',
  '\u007f': 'backspace',
  '\u001b': 'escape',
};

/** Control characters are those of letters: 1 is Ctrl-A. */
function nameOf(character: string): string {
  const named = NAMED_CHARACTERS[character];
  if (named !== undefined) return named;
  const code = character.charCodeAt(0);
  return code >= 1 && code <= 26 ? `ctrl-${String.fromCharCode(code + 96)}` : character;
}
