import type { Command } from '@commander-js/extra-typings';
import type { ExitCode } from '../terminal/exit-code.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** What a command is given: the program to hang on, the terminal, and where to leave its exit code. */
export interface CommandContext {
  readonly program: Command;
  readonly terminal: Terminal;
  readonly exitWith: (code: ExitCode) => void;
}

/** For options that may be given several times. */
export function collect(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}

/** Examples behind the options in `--help`. */
export function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}
