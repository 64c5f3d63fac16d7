import { Option } from '@commander-js/extra-typings';
import { judgeAudit } from '../../judge/judge-audit.ts';
import { UNKNOWN_CATCHING } from '../../judge/run-record.ts';
import { FAIL_ON, outcomeOf } from '../../judge/outcome.ts';
import type { Caught } from '../../session/caught.ts';
import { badLinesText, parseCaughtLines } from '../../catcher/caught-file.ts';
import { collect, examples, type CommandContext } from '../command.ts';
import { exitCodeOf, worstExitCode } from '../../terminal/exit-code.ts';
import { textFrom } from '../../document/files.ts';
import { FORMATS } from '../../report/formats.ts';
import { checkOutputs, codeWithOutputs, readOutputs, writeReports } from '../../terminal/outputs.ts';
import { reportLocation } from '../../terminal/report-location.ts';
import { loadRuns } from '../../audit/saved-run.ts';
import { UsageError } from '../../document/usage-error.ts';
import { catalogueFrom, policyFrom } from '../../config/inputs.ts';

export function judgeCommand({ program, terminal, exitWith }: CommandContext): void {
  program
    .command('judge')
    .description('judge saved transcripts again, offline (`audit --save` wrote them)')
    .argument('<transcripts>', 'the folder of --save, or one of its files')
    .option('--policy <file>', 'compute what would be right from this policy')
    .option('--caught <file>', 'what `relayproof catch --output FILE` wrote on another host')
    .option('--scenarios <folder>', 'the catalogue to use instead of the shipped one')
    .addOption(new Option('--format <format>', 'format on stdout').choices(FORMATS).default('text'))
    .option('--json', 'the same as --format json')
    .option('--output <file>', 'write to this file instead, or FORMAT=FILE beside it (repeatable)', collect, [])
    .addOption(
      new Option('--fail-on <severity>', 'exit 1 for findings of at least this severity')
        .choices(FAIL_ON)
        .default('medium'),
    )
    .addHelpText(
      'after',
      examples(['relayproof judge runs/ --policy policy.yaml', 'relayproof judge runs/ --caught caught.ndjson --json']),
    )
    .action((path, options) => {
      const policy = options.policy === undefined ? null : policyFrom(options.policy);
      const catalogue = catalogueFrom(options.scenarios);
      const outputs = readOutputs(options.json === true ? 'json' : options.format, options.output);
      checkOutputs(outputs);
      const caught = options.caught === undefined ? null : caughtFrom(options.caught);
      const loaded = loadRuns(path);
      for (const line of [...(caught?.faults ?? []), ...loaded.notices]) terminal.say(`relayproof: ${line}`);
      const runs = loaded.runs.map((run) =>
        caught === null
          ? run
          : {
              ...run,
              watched: run.proved,
              caught: caught.lines,
              catching: { ...UNKNOWN_CATCHING, faults: caught.faults },
            },
      );
      const audits = runs.map((run) => judgeAudit(run, catalogue, policy));
      const location = reportLocation(options.policy, process.cwd());
      const failures = writeReports(audits, outputs, options.failOn, terminal, location);
      const code = worstExitCode(audits.map((audit) => exitCodeOf(outcomeOf(audit, options.failOn))));
      exitWith(codeWithOutputs(code, failures, terminal));
    });
}

interface CaughtFrom {
  readonly lines: readonly Caught[];
  /** The bad lines, a sentence each. */
  readonly faults: readonly string[];
}

/** @throws UsageError where no line of the file is good */
function caughtFrom(file: string): CaughtFrom {
  const { caught, problems } = parseCaughtLines(textFrom(file), file);
  if (caught.length === 0 && problems.length > 0) throw UsageError.fromProblems(problems.slice(0, 1));
  return { lines: caught, faults: badLinesText(problems, problems.length) };
}
