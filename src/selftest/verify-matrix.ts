import { EXIT, type ExitCode } from '../terminal/exit-code.ts';
import { runMatrixOnAllCores } from './matrix-threads.ts';
import type { Terminal } from '../terminal/terminal.ts';

/** Disagreements that are shown; the rest is counted. */
const SHOWN = 20;

/** Runs the matrix and says what it came to. */
export async function verifyMatrix(json: boolean, terminal: Terminal): Promise<ExitCode> {
  terminal.say('relayproof: verifying the matrix of all switches; this takes a minute or two');
  const begun = performance.now();
  const result = await runMatrixOnAllCores(terminal.signal);
  const seconds = (performance.now() - begun) / 1000;
  const { policies, sessions, disagreements } = result;
  if (json) {
    terminal.out(`${JSON.stringify({ ...result, seconds }, null, 2)}\n`);
  } else {
    const lines = disagreements
      .slice(0, SHOWN)
      .map(
        ({ policy, scenario, vantage, login, message }) =>
          `  DISAGREE ${policy}: ${scenario} from ${vantage}${login === null ? '' : ' with login'}: ${message}`,
      );
    terminal.out(
      [
        ...lines,
        `${policies} policies, ${sessions} sessions in ${seconds.toFixed(1)} s: ${disagreements.length} disagreements`,
        '',
      ].join('\n'),
    );
  }
  return disagreements.length > 0 ? EXIT.findings : EXIT.ok;
}
