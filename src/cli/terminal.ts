/** Where a command writes and what it may know of its surroundings. */
export interface Terminal {
  /** Results. */
  readonly out: (text: string) => void;
  /** Progress and diagnostics, a line at a time. */
  readonly say: (line: string) => void;
  /** Renews the last line on stderr; `''` takes it away. For terminals only. */
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

export function processTerminal(signal: AbortSignal): Terminal {
  const { env, stdout, stderr } = process;
  return {
    out: (text) => void stdout.write(text),
    say: (line) => void stderr.write(`${line}\n`),
    update: (line) => void stderr.write(`\r\u001b[K${line.slice(0, Math.max(0, stderr.columns - 1))}`),
    outIsTty: stdout.isTTY,
    errIsTty: stderr.isTTY,
    inIsTty: process.stdin.isTTY,
    color: stdout.isTTY && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb',
    width: stdout.isTTY ? stdout.columns : WIDTH_WITHOUT_TERMINAL,
    env,
    signal,
  };
}
