import { EXIT, type ExitCode } from './exit-code.ts';

/** What ended a run from outside. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** The exit code that the interruption asks for, or null while there was none. */
  readonly exitCode: () => ExitCode | null;
}

/**
 * Turns SIGINT, SIGTERM and a closed pipe into an abort, so that what was found so far is still written. A second signal
 * ends the process at once.
 */
export function watchForInterruption(): Interruption {
  const controller = new AbortController();
  let code: ExitCode | null = null;
  const interrupt = (with_: ExitCode): void => {
    if (code !== null) process.exit(with_);
    code = with_;
    controller.abort();
  };
  process.on('SIGINT', () => interrupt(EXIT.interrupted));
  process.on('SIGTERM', () => interrupt(EXIT.terminated));
  // `relayproof ... | head`, or a terminal that went away: nobody reads any more, so there is nothing left to do and nobody to tell.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
    controller.abort();
    process.exit(EXIT.ok);
  });
  process.stderr.on('error', () => undefined);
  return { signal: controller.signal, exitCode: () => code };
}
