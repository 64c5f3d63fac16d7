import { Option } from '@commander-js/extra-typings';
import { FAIL_ON } from '../../judge/outcome.ts';
import { examples, type CommandContext } from '../command.ts';
import { auditFrom } from '../../config/saved-audit.ts';
import { FORMATS, readingInFile, readingOn, renderAll } from '../../report/formats.ts';
import { mustBeWritable, writePrivate } from '../../document/files.ts';
import { reportLocation } from '../../terminal/report-location.ts';

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
    .addHelpText('after', examples(['relayproof report audit.json --format html --output audit.html']))
    .action((file, { format, output, failOn }) => {
      const audits = auditFrom(file);
      if (output !== undefined) mustBeWritable([output]);
      const location = reportLocation(undefined, process.cwd());
      const reading = output === undefined ? readingOn(terminal, failOn, location) : readingInFile(failOn, location);
      const text = renderAll(format, audits, reading);
      if (output === undefined) terminal.out(text);
      else writePrivate(output, text);
    });
}
