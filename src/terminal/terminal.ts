import { isatty } from 'node:tty';
import { steerless } from '../document/visible.ts';

/** Where a command writes and what it may know of its surroundings. */
export interface Terminal {
  /** Results. What steers a terminal is escaped, but for the colours of reports where there are any. */
  readonly out: (text: string) => void;
  /** A sequence that steers the terminal on purpose. */
  readonly control: (sequence: string) => void;
  /** Progress and diagnostics, a line at a time. */
  readonly say: (line: string) => void;
  /** Renews the last line on stderr, or several lines; `''` takes them away. For terminals only. */
  readonly update: (line: string) => void;
  readonly outIsTty: boolean;
  readonly errIsTty: boolean;
  readonly inIsTty: boolean;
  readonly color: boolean;
  readonly width: number;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Aborted by SIGINT, SIGTERM, or when nobody reads the results any more. */
  readonly signal: AbortSignal;
}

/** Text is wrapped to this where there is no terminal. */
const WIDTH_WITHOUT_TERMINAL = 100;

/** @param known what is known of the surroundings already */
export function processTerminal(signal: AbortSignal, known: { readonly color?: boolean } = {}): Terminal {
  const { env, stdout, stderr } = process;
  const outIsTty = isatty(stdout.fd);
  const color = known.color ?? (outIsTty && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb');
  const block = lastLines(stderr);
  return {
    out: (text) => void stdout.write(steerless(text, color)),
    control: (sequence) => void stdout.write(sequence),
    say: block.say,
    update: block.update,
    outIsTty,
    errIsTty: isatty(stderr.fd),
    inIsTty: isatty(process.stdin.fd),
    color,
    width: outIsTty ? stdout.columns : WIDTH_WITHOUT_TERMINAL,
    env,
    signal,
  };
}

/**
 * Lines at the end of what was written that can be renewed: others are written above them. Each is written over the old
 * one, since terminals that keep what is erased would keep every drawing.
 */
function lastLines(stream: NodeJS.WriteStream): Pick<Terminal, 'say' | 'update'> {
  let shown: readonly string[] = [];
  const renew = (above: readonly string[], below: readonly string[]): void => {
    const lines = [...above, ...below];
    if (shown.length === 0) {
      stream.write(lines.map((line) => `${line}\n`).join(''));
    } else {
      const left = Math.max(0, shown.length - lines.length);
      const over = [...lines, ...Array.from({ length: left }, () => '')].map((line) => `${line}\u001b[K\n`).join('');
      stream.write(`\u001b[${shown.length}A\r${over}${left > 0 ? `\u001b[${left}A` : ''}`);
    }
    shown = below;
  };
  return {
    say: (line) => renew([steerless(line, false)], shown),
    update: (text) => {
      const fits =
        text === ''
          ? []
          : steerless(text, false)
              .split('\n')
              .slice(0, Math.max(1, stream.rows - 1));
      renew(
        [],
        fits.map((line) => line.slice(0, Math.max(0, stream.columns - 1))),
      );
    },
  };
}
