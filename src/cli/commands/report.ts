import { Option } from '@commander-js/extra-typings';
import { FAIL_ON } from '../../report/outcome.ts';
import { examples, type CommandContext } from '../command.ts';
import { auditFrom } from '../saved-audit.ts';
import { FORMATS, readingInFile, readingOn, render } from '../formats.ts';
import { writePrivate } from '../files.ts';

export function reportCommand({ program, terminal }: CommandContext): void {
  program
    .command('report')
    .description('draw a saved audit in another format')
    .argument('<audit.json>', 'what `audit --json` printed')
    .addOption(new Option('--format <format>', 'format to draw').choices(FORMATS).default('text'))
    .option('--output <file>', 'write to this file instead of stdout')
    .addOption(
      new Option('--fail-on <severity>', 'findings below it do not count in the verdict line')
        .choices(FAIL_ON)
        .default('medium'),
    )
    .addHelpText('after', examples(['relayproof report audit.json --format text']))
    .action((file, { format, output, failOn }) => {
      const audits = auditFrom(file);
      const reading = output === undefined ? readingOn(terminal, failOn) : readingInFile(failOn);
      const text = audits.map((audit) => render(format, audit, reading)).join('\n');
      if (output === undefined) terminal.out(text);
      else writePrivate(output, text);
    });
}
