import { table } from '../report/layout.ts';
import { calibrationFaults, type Calibration } from './calibration.ts';

/** Scenarios named in a row of the short table. */
const NAMED = 3;

/** For a terminal: a line a defect, then what is wrong. */
export function calibrationText(calibration: Calibration): string {
  const rows = calibration.defects.map(({ defect, caughtBy }) => [
    `  ${defect}`,
    caughtBy.length === 0 ? 'MISSED' : `${caughtBy.length}`,
    [...caughtBy.slice(0, NAMED), ...(caughtBy.length > NAMED ? ['...'] : [])].join(', '),
  ]);
  return [...table(rows), ...summaryLines(calibration), ''].join('\n');
}

/** For the repository: no time and no count that another machine would see otherwise. */
export function calibrationMarkdown(calibration: Calibration): string {
  const { defects, benches, scenarios } = calibration;
  const silent = scenarios.filter(({ catches }) => catches.length === 0);
  return [
    '# Calibration',
    '',
    'Guards with one planted defect each, audited by the shipped scenarios; made by `relayproof calibrate --write`. A scenario',
    'catches a defect when it goes wrong on the guard with it and right on the sound guard, under the same policy and from',
    'the same client. In **bold**: the message came out.',
    '',
    ...summaryLines(calibration).map((line) => `- ${line}`),
    '',
    '## Sound guards',
    '',
    ...markdownTable(
      ['bench', 'what is asked', 'false alarms'],
      benches.map(({ bench, title, falseAlarms }) => [bench, title, `${falseAlarms.length}`]),
    ),
    '',
    '## Defects',
    '',
    ...markdownTable(
      ['defect', 'such a guard', 'bench', 'finding', 'caught by'],
      defects.map(({ defect, title, bench, findings, caughtBy, provenBy }) => [
        `\`${defect}\``,
        title,
        bench,
        findings.join(', '),
        caughtBy.map((id) => (provenBy.includes(id) ? `**${id}**` : id)).join(', '),
      ]),
    ),
    '',
    '## Scenarios that catch none of them',
    '',
    ...markdownTable(
      ['scenario', 'why'],
      silent.map(({ scenario, silent: why }) => [`\`${scenario}\``, why ?? '**no reason is stated**']),
    ),
    '',
  ].join('\n');
}

function summaryLines(calibration: Calibration): readonly string[] {
  const { defects, benches, scenarios } = calibration;
  const caught = defects.filter(({ caughtBy }) => caughtBy.length > 0).length;
  const alarms = benches.reduce((sum, { falseAlarms }) => sum + falseAlarms.length, 0);
  const telling = scenarios.filter(({ catches }) => catches.length > 0).length;
  return [
    `${caught} of ${defects.length} defects caught, ${alarms} false alarms on ${benches.length} sound guards`,
    ...(scenarios.length === 0
      ? []
      : [`${telling} of ${scenarios.length} scenarios catch a defect; for the others it is stated why not`]),
    ...calibrationFaults(calibration),
  ];
}

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
