import { InvalidArgumentError } from '@commander-js/extra-typings';
import { DEFECT_NAMES, type DefectName } from '../../guard/defects.ts';
import { calibrate, calibrationFaults } from '../../selftest/calibration.ts';
import { calibrationMarkdown, calibrationText } from '../../selftest/calibration-text.ts';
import { examples, type CommandContext } from '../command.ts';
import { EXIT } from '../../terminal/exit-code.ts';
import { writePrivate } from '../../document/files.ts';
import { realSurroundings } from '../../audit/surroundings.ts';
import { catalogueFrom } from '../../config/inputs.ts';
import { positiveInteger } from '../option-parsers.ts';

/** Of each guard, and three guards are audited at a time. */
const CONNECTIONS = 15;

export function calibrateCommand({ program, terminal, exitWith }: CommandContext): void {
  program
    .command('calibrate')
    .description(
      'audit guards with one planted defect each: which scenarios catch which, and none cries on a sound guard',
    )
    .option('--defect <name>', 'only this defect (repeatable)', defectName, [])
    .option('--scenarios <folder>', 'the catalogue to use instead of the shipped one')
    .option('--concurrency <number>', 'sessions at a time', positiveInteger, CONNECTIONS)
    .option('--json', 'print the result as JSON')
    .option('--write <file>', 'write the table into this file, as markdown')
    .addHelpText(
      'after',
      examples([
        'relayproof calibrate',
        'relayproof calibrate --defect mapped-ipv6',
        'relayproof calibrate --write reports/calibration.md',
      ]),
    )
    .action(async ({ defect, scenarios, concurrency, json, write }) => {
      const calibration = await calibrate({
        catalogue: catalogueFrom(scenarios),
        only: defect.length > 0 ? defect : null,
        connections: concurrency,
        surroundings: realSurroundings,
        signal: terminal.signal,
        onAudited: (bench, planted, { results }) => {
          const wrong = results.filter(({ agrees }) => agrees === false).length;
          const guard = planted === null ? `sound guard on the bench ${bench}` : `guard with ${planted}`;
          terminal.say(`relayproof: ${guard}: ${wrong} of ${results.length} sessions went wrong`);
        },
      });
      if (write !== undefined) writePrivate(write, calibrationMarkdown(calibration));
      terminal.out(json === true ? `${JSON.stringify(calibration, null, 2)}\n` : calibrationText(calibration));
      exitWith(calibrationFaults(calibration).length > 0 || terminal.signal.aborted ? EXIT.findings : EXIT.ok);
    });
}

function defectName(value: string, before: readonly DefectName[]): readonly DefectName[] {
  const name = DEFECT_NAMES.find((known) => known === value);
  if (name === undefined) throw new InvalidArgumentError(`known are ${DEFECT_NAMES.join(', ')}`);
  return [...before, name];
}
