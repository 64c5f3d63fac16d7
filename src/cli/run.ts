import { CommanderError } from '@commander-js/extra-typings';
import { EXIT, type ExitCode } from '../terminal/exit-code.ts';
import { watchForInterruption } from '../terminal/interruption.ts';
import { codeWithOutputs } from '../terminal/outputs.ts';
import { createProgram } from './program.ts';
import { processTerminal } from '../terminal/terminal.ts';
import { UsageError } from '../document/usage-error.ts';

/** How long after its work the process waits for what it has opened to close by itself. */
const HANGING_MS = 2000;

/** Runs the command line and sets the exit code; the one place that catches what is wrong with us. */
export async function main(argv: readonly string[]): Promise<void> {
  const interruption = watchForInterruption();
  const terminal = processTerminal(interruption.signal);
  let code: ExitCode = EXIT.ok;
  try {
    await createProgram(terminal, (given) => {
      code = given;
    }).parseAsync([...argv]);
  } catch (error) {
    // Whoever interrupts ends what was waited for; that is no news.
    if (!interruption.signal.aborted || !isAbort(error)) code = codeOfError(error, terminal.say);
  }
  const fault = await interruption.outputFault();
  code = codeWithOutputs(code, fault === null ? [] : [fault], terminal);
  process.exitCode = interruption.exitCode() ?? code;
  // What still hangs, such as a connection that its peer keeps open, holds up no end.
  setTimeout(() => process.exit(), HANGING_MS).unref();
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

export function codeOfError(error: unknown, say: (line: string) => void): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
  if (error instanceof UsageError) {
    for (const line of error.message.split('\n')) say(`relayproof: ${line}`);
    return EXIT.usage;
  }
  say('relayproof: this is a bug of relayproof, please report it');
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return EXIT.bug;
}
