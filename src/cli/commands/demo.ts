import { join } from 'node:path';
import { demoHolds, runDemo } from '../../selftest/run-demo.ts';
import { examples, type CommandContext } from '../command.ts';
import { exampleReports } from '../../selftest/example-report.ts';
import { EXIT } from '../../terminal/exit-code.ts';
import { writePrivate } from '../../document/files.ts';
import { readingOn, render } from '../../report/formats.ts';
import { progressListener } from '../../terminal/progress.ts';
import { realSurroundings } from '../../audit/surroundings.ts';
import { catalogueFrom } from '../../config/inputs.ts';

export function demoCommand({ program, terminal, exitWith }: CommandContext): void {
  program
    .command('demo')
    .description('audit a guard of our own on loopback, sound first, then with one planted defect')
    .option('--json', 'print both audits as a JSON array')
    .option('--examples <folder>', 'write the reports into this folder, from a clock that stands still')
    .addHelpText('after', examples(['relayproof demo', 'relayproof demo --examples reports']))
    .action(async ({ json, examples: folder }) => {
      const catalogue = catalogueFrom(undefined);
      const listener = (title: string): ReturnType<typeof progressListener> => progressListener(terminal, title);
      const { signal } = terminal;
      let holds: boolean;
      if (folder === undefined) {
        const shown = await runDemo({
          catalogue,
          surroundings: realSurroundings,
          shown: (record) => record,
          signal,
          listener,
        });
        const audits = [shown.sound, shown.defective];
        const text = audits.map((audit) => render('text', audit, readingOn(terminal, 'medium'))).join('\n');
        terminal.out(json === true ? `${JSON.stringify(audits, null, 2)}\n` : text);
        holds = demoHolds(shown);
      } else {
        const reports = await exampleReports(catalogue, signal, listener);
        for (const [name, text] of reports.files) writePrivate(join(folder, name), text);
        terminal.say(`relayproof: example reports written to ${folder}`);
        ({ holds } = reports);
      }
      terminal.say(
        holds
          ? 'relayproof: the sound guard is clean, the other shows exactly its defect'
          : 'relayproof: the demo did not show what it should',
      );
      exitWith(holds ? EXIT.ok : EXIT.findings);
    });
}
