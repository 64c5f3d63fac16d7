import { formatProblem, type Problem } from './problem.ts';
import { visible } from './visible.ts';

/** The user or a file is wrong; nothing was sent. Exit code 2. */
export class UsageError extends Error {
  constructor(messages: readonly string[]) {
    // A message is a line, whatever stands in the file names and values that it quotes.
    super(messages.map(visible).join('\n'));
    this.name = 'UsageError';
  }

  static fromProblems(problems: readonly Problem[]): UsageError {
    return new UsageError(problems.map(formatProblem));
  }
}
