import { join } from 'node:path';
import { demoHolds, runDemo } from '../demo.ts';
import { examples, type CommandContext } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { catalogueFrom, writePrivate } from '../files.ts';
import { readingInFile, readingOn, render, type Format } from '../formats.ts';
import { progressListener } from '../progress.ts';
import { fixedSurroundings, realSurroundings } from '../surroundings.ts';
import { portless } from '../example-report.ts';

const EXAMPLE_TIME = new Date('2026-01-01T00:00:00Z');
const EXAMPLE_FORMATS: readonly { readonly format: Format; readonly suffix: string }[] = [
  { format: 'text', suffix: 'txt' },
  { format: 'json', suffix: 'json' },
];

export function demoCommand({ program, terminal, exitWith }: CommandContext): void {
  program
    .command('demo')
    .description('audit a guard of our own on loopback, sound first, then with one planted defect')
    .option('--json', 'print both audits as a JSON array')
    .option('--examples <folder>', 'write the reports into this folder, from a clock that stands still')
    .addHelpText('after', examples(['relayproof demo', 'relayproof demo --examples reports']))
    .action(async ({ json, examples: folder }) => {
      const surroundings =
        folder === undefined
          ? realSurroundings
          : (): ReturnType<typeof fixedSurroundings> => fixedSurroundings(EXAMPLE_TIME);
      const shown = await runDemo({
        catalogue: catalogueFrom(undefined),
        surroundings,
        signal: terminal.signal,
        listener: (title) => progressListener(terminal, title),
      });
      const audits = [shown.sound, shown.defective];
      if (folder !== undefined) {
        for (const [name, audit] of [
          ['sound-guard', shown.sound],
          ['defective-guard', shown.defective],
        ] as const) {
          for (const { format, suffix } of EXAMPLE_FORMATS)
            writePrivate(join(folder, `${name}.${suffix}`), render(format, portless(audit), readingInFile('medium')));
        }
        terminal.say(`relayproof: example reports written to ${folder}`);
      } else if (json === true) {
        terminal.out(`${JSON.stringify(audits, null, 2)}\n`);
      } else {
        terminal.out(audits.map((audit) => render('text', audit, readingOn(terminal, 'medium'))).join('\n'));
      }
      const holds = demoHolds(shown);
      terminal.say(
        holds
          ? 'relayproof: the sound guard is clean, the other shows exactly its defect'
          : 'relayproof: the demo did not show what it should',
      );
      exitWith(holds ? EXIT.ok : EXIT.findings);
    });
}
