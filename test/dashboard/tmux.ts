import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { until } from '../support/until.ts';
import type { Ending } from './ending.ts';

/** A screen of a real terminal, with a shell on it. */
export interface TmuxScreen {
  /** Types keys by their tmux names; `literal` types text as it is. */
  readonly keys: (...names: readonly string[]) => void;
  readonly literal: (text: string) => void;
  /** The screen as text, a line a row. */
  readonly text: () => string;
  /** The same with what is in reverse video marked. */
  readonly marked: () => string;
  /** The same with the sequences of its colours. */
  readonly painted: () => string;
  /** A format of tmux, such as `#{cursor_flag}`. */
  readonly tell: (format: string) => string;
  readonly resize: (columns: number, rows: number) => void;
  readonly clipboard: () => string;
  /** Waits until the screen shows it. */
  readonly untilShown: (what: string | RegExp, timeoutMs?: number) => Promise<void>;
  /** Waits until the screen is another than before and stands still, and gives it back as `marked` does. */
  readonly settled: (before?: string) => Promise<string>;
  /** Id of the program that the shell runs now. */
  readonly child: () => number;
  /** Writes every byte that programs send to the terminal into a file, from now on. */
  readonly record: (file: string) => void;
  /** Takes the terminal away from under its programs. */
  readonly hangUp: () => void;
}

export interface TmuxOptions {
  readonly columns: number;
  readonly rows: number;
  readonly env?: Readonly<Record<string, string>>;
}

let count = 0;

const UNCHANGED_MS = 1000;
/** Machines that test many things at once are slow. */
const PATIENCE_MS = 60_000;

/** A server of its own for each screen, gone with the test. */
export function startTmux(context: Ending, { columns, rows, env = {} }: TmuxOptions): TmuxScreen {
  count += 1;
  const socket = `relayproof-${process.pid}-${count}`;
  const tmux = (...args: readonly string[]): string =>
    execFileSync('tmux', ['-u', '-L', socket, '-f', '/dev/null', ...args], { encoding: 'utf8' });
  const variables = { PS1: '$ ', LANG: 'C.UTF-8', LC_ALL: '', CI: '', NO_COLOR: '', INK_SCREEN_READER: '', ...env };
  const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  tmux('new-session', '-d', '-x', `${columns}`, '-y', `${rows}`, 'env', ...assignments, 'sh');
  context.onTestFinished(() => {
    try {
      tmux('kill-server');
    } catch {
      // It ends by itself with its last screen.
    }
  });
  tmux('set', '-s', 'escape-time', '0');
  tmux('set', '-s', 'set-clipboard', 'on');
  const text = (): string => tmux('capture-pane', '-p');
  const painted = (): string => tmux('capture-pane', '-p', '-e');
  const marked = (): string => markReverse(painted());
  return {
    keys: (...names) => void tmux('send-keys', ...names),
    literal: (typed) => void tmux('send-keys', '-l', typed),
    text,
    marked,
    painted,
    tell: (format) => tmux('display-message', '-p', format).trimEnd(),
    resize: (width, height) => void tmux('resize-window', '-x', `${width}`, '-y', `${height}`),
    clipboard: () => tmux('show-buffer'),
    untilShown: (what, timeoutMs = PATIENCE_MS) =>
      until(
        `the screen to show ${what}`,
        () => (typeof what === 'string' ? text().includes(what) : what.test(text())),
        timeoutMs,
      ),
    settled: async (before = '') => {
      // A key that changes nothing visible is waited for no longer than this.
      const enough = performance.now() + UNCHANGED_MS;
      await until('the screen to change', () => marked() !== before || performance.now() > enough);
      let last = '';
      let same = 0;
      await until('the screen to stand still', () => {
        const now = marked();
        same = now === last ? same + 1 : 0;
        last = now;
        return same >= 2;
      });
      return last;
    },
    child: () => {
      const shell = tmux('display-message', '-p', '#{pane_pid}').trim();
      const [child] = readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8').trim().split(' ');
      if (child === undefined || child === '') throw new Error('the shell runs nothing');
      return Number(child);
    },
    record: (file) => void tmux('pipe-pane', `cat > ${file}`),
    hangUp: () => void tmux('kill-server'),
  };
}

/** Colours go, and what is in reverse video stands between signs, so that a choice can be seen in plain text. */
function markReverse(painted: string): string {
  let reverse = false;
  const marked = painted.replaceAll(/\u001b\[([\d;:]*)m/g, (_sequence, codes: string) => {
    const before = reverse;
    for (const code of codes.split(';')) {
      if (code === '7') reverse = true;
      if (code === '27' || code === '0' || code === '') reverse = false;
    }
    if (before === reverse) return '';
    return reverse ? '⟦' : '⟧';
  });
  // Colours that change within what is reversed close and open it again.
  return marked.replaceAll('⟧⟦', '');
}
