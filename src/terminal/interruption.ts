import { setImmediate, setTimeout as pause } from 'node:timers/promises';
import { EXIT, type ExitCode } from './exit-code.ts';

/** What ended a run from outside. */
export interface Interruption {
  readonly signal: AbortSignal;
  /** The exit code that the interruption asks for, or null while there was none. */
  readonly exitCode: () => ExitCode | null;
  /** Waits until stdout has taken what was written; why it has not, null where it has or where nobody reads any more. */
  readonly outputFault: () => Promise<string | null>;
}

const DRAIN_POLL_MS = 10;

/** A terminal that went away and a request for a core dump end a run as SIGTERM does: with its report. */
const SIGNALS = {
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
  SIGHUP: EXIT.terminated,
  SIGQUIT: EXIT.terminated,
} as const;

/**
 * Turns signals and a closed pipe into an abort, so that what was found so far is still written. A second signal ends the
 * process at once.
 */
export function watchForInterruption(): Interruption {
  const controller = new AbortController();
  let code: ExitCode | null = null;
  const output: { fault: string | null; isBroken: boolean } = { fault: null, isBroken: false };
  for (const [signal, asked] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      if (code !== null) process.exit(asked);
      code = asked;
      controller.abort();
    });
  }
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    output.isBroken = true;
    // `relayproof ... | head`, or a terminal that went away: nobody reads any more, which is no news to anybody.
    if (error.code === 'EPIPE' || error.code === 'EIO') controller.abort();
    else output.fault ??= `stdout: cannot be written: ${error.message}`;
  });
  process.stderr.on('error', () => undefined);
  return {
    signal: controller.signal,
    exitCode: () => code,
    outputFault: async () => {
      while (process.stdout.writableLength > 0 && !output.isBroken) await pause(DRAIN_POLL_MS);
      // An error of the last write is told a turn of the event loop later.
      await setImmediate();
      return output.fault;
    },
  };
}
