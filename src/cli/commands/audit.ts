import { Option } from '@commander-js/extra-typings';
import { DEFAULT_DEADLINES } from '../../probe/deadlines.ts';
import { runAuditCommand } from '../../audit/audit-hosts.ts';
import { askingOptions, failOnOption } from '../audit-options.ts';
import { collect, examples, type CommandContext } from '../command.ts';
import { FORMATS } from '../../report/formats.ts';
import { timeLimit } from '../option-parsers.ts';

export function auditCommand({ program, terminal, exitWith }: CommandContext): void {
  askingOptions(program.command('audit').description('audit a mail server that you run'))
    .option(
      '--deadline <seconds>',
      'the longest that the audit of one host may take; what was found until then is reported',
      timeLimit,
    )
    .argument(
      '<host...>',
      'HOST[:PORT] or [IPv6]:PORT; without a port 25 and, if open, 465, 587 and 2525, on every address',
    )
    .optionsGroup('Results:')
    .addOption(new Option('--format <format>', 'format on stdout').choices(FORMATS).default('text'))
    .option('--json', 'the same as --format json')
    .option('--output <file>', 'write to this file instead, or FORMAT=FILE beside it (repeatable)', collect, [])
    .option('--save <folder>', 'keep transcripts for `relayproof judge` and --resume')
    .option('--resume <folder>', 'ask again only what a saved run could not tell')
    .option('--baseline <file>', 'an earlier `audit --json`: only findings that are not in it count')
    .option('--waivers <file>', 'a relayproof.yaml whose waivers hold')
    .addOption(failOnOption())
    .addHelpText(
      'after',
      examples([
        'relayproof audit 127.0.0.1:2525 --own-domain example.com',
        'relayproof audit mail.example.com --policy policy.yaml --authorized-by "Ann Admin <ann@example.com>"',
        'relayproof audit 10.0.0.5 --own-domain example.com --prove --catch 10.0.0.9:2525 --output json=audit.json',
      ]),
    )
    .action(async (hosts, options) => {
      exitWith(await runAuditCommand(hosts, { ...options, deadlines: DEFAULT_DEADLINES }, terminal));
    });
}
