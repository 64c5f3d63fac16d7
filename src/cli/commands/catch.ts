import { appendFileSync } from 'node:fs';
import { once } from 'node:events';
import { startCatcher } from '../../catcher/catcher.ts';
import { examples, type CommandContext } from '../command.ts';
import { parseEndpoint } from '../endpoint.ts';
import { EXIT } from '../exit-code.ts';
import { writePrivate } from '../files.ts';
import { listening } from '../listening.ts';

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
      ]),
    )
    .action(async ({ listen, output }) => {
      const { host, port } = parseEndpoint(listen, null);
      // Written once first, so that a file that cannot be written is told now and its mode is private.
      if (output !== undefined) writePrivate(output, '');
      const print = (line: string): void => (output === undefined ? terminal.out(line) : appendFileSync(output, line));
      const catcher = await listening(
        listen,
        startCatcher({ host, port, onCaught: (caught) => print(`${JSON.stringify(caught)}\n`) }),
      );
      terminal.say(`relayproof: catching on ${catcher.address} port ${catcher.port}; Ctrl-C ends`);
      if (!terminal.signal.aborted) await once(terminal.signal, 'abort');
      await catcher.close();
      terminal.say(`relayproof: ${catcher.count()} messages caught`);
      exitWith(EXIT.ok);
    });
}
