import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { FAIL_ON } from '../../judge/outcome.ts';
import { collect, examples, type CommandContext } from '../command.ts';
import { runGate } from '../../gate/run-gate.ts';

const OPENINGS = ['internal', 'outbound', 'relay', 'bounce'] as const;

function opening(text: string, before: readonly string[]): readonly string[] {
  if (!OPENINGS.some((one) => one === text)) throw new InvalidArgumentError(`write one of ${OPENINGS.join(', ')}.`);
  return [...before, text];
}

export function gateCommand({ program, terminal, exitWith }: CommandContext): void {
  program
    .command('gate')
    .description('for CI: everything that relayproof.yaml asks for, with one summary and one exit code')
    .option('--config <file>', 'the configuration (by default the nearest relayproof.yaml upwards)')
    .option('--base <revision>', 'revision to compare the policy with (origin/HEAD or HEAD^ by default)')
    .option(
      '--allow-opening <flow>',
      `a kind of mail that the change of the policy may open: ${OPENINGS.join(', ')} (repeatable)`,
      opening,
      [],
    )
    .option('--baseline <file>', 'an earlier `--json`: only findings that are not in it count')
    .addOption(new Option('--fail-on <severity>', 'exit 1 for findings of at least this severity').choices(FAIL_ON))
    .option('--output <format=file>', 'a report beside those of the configuration (repeatable)', collect, [])
    .addOption(
      new Option('--format <format>', 'github: annotations before the summary').choices(['text', 'json', 'github']),
    )
    .option('--json', 'the same as --format json')
    .addHelpText(
      'after',
      examples([
        'relayproof gate',
        'relayproof gate --base origin/main --allow-opening outbound',
        'relayproof gate --output sarif=relayproof.sarif --output junit=relayproof.xml',
      ]),
    )
    .action(async ({ json, format, ...options }) => {
      const shown =
        json === true ? 'json' : (format ?? (terminal.env['GITHUB_ACTIONS'] === 'true' ? 'github' : 'text'));
      exitWith(await runGate({ ...options, format: shown }, terminal));
    });
}
