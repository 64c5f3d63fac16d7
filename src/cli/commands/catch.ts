import { once } from 'node:events';
import { startCatcher } from '../../catcher/catcher.ts';
import type { Caught } from '../../session/caught.ts';
import { linesOf, openCatchOutput, type CatchOutput } from '../../catcher/catch-output.ts';
import { examples, type CommandContext } from '../command.ts';
import { parseEndpoint } from '../../target/endpoint.ts';
import { EXIT } from '../../terminal/exit-code.ts';
import { listening } from '../listening.ts';
import type { Terminal } from '../../terminal/terminal.ts';

const OUTPUT_HELP = `
With --output FILE:
  - Lines are appended; what the file holds is kept. Its mode becomes 0600.
  - A message is answered 250 when its lines are on the disk (fsync), and 452 when they cannot be written.
  - FILE.lock names the process that writes, and tells its faults to audits that follow the file (--caught FILE).
    A second catcher on the same file ends with 2; the lock of a process that was killed is taken over.

Exit codes: 2 usage, a port that is taken or a file in use; 3 mail was lost or the listener failed;
130 interrupted (SIGINT), 143 terminated. A catcher that lost mail says so at its end, whatever the code.`;

export function catchCommand({ program, terminal, exitWith }: CommandContext): void {
  program
    .command('catch')
    .description('receive canaries and print what came, NDJSON, a line a recipient')
    .requiredOption('--listen <addr:port>', 'address to listen on')
    .option('--output <file>', 'append the lines to this file instead of printing them')
    .addHelpText(
      'after',
      examples([
        'relayproof catch --listen 127.0.0.1:2526',
        'relayproof catch --listen 0.0.0.0:25 --output caught.ndjson',
      ]) + OUTPUT_HELP,
    )
    .action(async ({ listen, output: file }) => {
      const { host, port } = parseEndpoint(listen, null);
      const say = (line: string): void => terminal.say(`relayproof: ${line}`);
      const output = file === undefined ? printing(terminal) : openCatchOutput(file, say);
      try {
        const message: Caught[] = [];
        let faults: readonly string[] = [];
        const catcher = await listening(
          listen,
          startCatcher({
            host,
            port,
            onCaught: (caught) => void message.push(caught),
            onMessage: () => output.append(message.splice(0)),
            onFault: (now) => {
              // Each kind is said once; how often it came is said at the end.
              for (const fault of now.slice(faults.length)) say(fault);
              faults = now;
              output.tell(now);
            },
          }),
        );
        say(`catching on ${catcher.address} port ${catcher.port}; Ctrl-C ends`);
        const ended = AbortSignal.any([terminal.signal, catcher.stopped]);
        if (!ended.aborted) await once(ended, 'abort');
        await catcher.close();
        for (const fault of catcher.faults()) say(fault);
        say(`${catcher.count()} messages caught`);
        exitWith(catcher.faults().length === 0 ? EXIT.ok : EXIT.couldNotTell);
      } finally {
        output.close();
      }
    });
}

function printing(terminal: Terminal): CatchOutput {
  return {
    append: (message) => terminal.out(linesOf(message)),
    tell: () => undefined,
    close: () => undefined,
  };
}
