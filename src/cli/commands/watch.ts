import { DEFAULT_DEADLINES } from '../../probe/deadlines.ts';
import { askingOptions, failOnOption } from '../audit-options.ts';
import { collect, examples, type CommandContext } from '../command.ts';
import { runWatchCommand } from '../../watch/run-watch.ts';
import { duration, positiveNumber } from '../option-parsers.ts';

export function watchCommand({ program, terminal, exitWith }: CommandContext): void {
  askingOptions(
    program
      .command('watch')
      .description('audit a mail server again and again on a dashboard: on a key, on a clock, or when a file changes'),
  )
    .argument('<host>', 'HOST[:PORT] or [IPv6]:PORT, as for `audit`')
    .optionsGroup('When to audit again:')
    .option('--every <time>', 'on a clock, counted from the end of a run: 90s, 5m, 1h', duration)
    .option('--on-change <file>', 'when this file changes, such as main.cf or a policy (repeatable)', collect, [])
    .option('--settle <seconds>', 'how long a changed file has to stay as it is', positiveNumber, 1)
    .optionsGroup('Results:')
    .addOption(failOnOption())
    .option('--screen-reader', 'lines to be read out instead of a screen (also by INK_SCREEN_READER=true)')
    .addHelpText(
      'after',
      `${examples([
        'relayproof watch 127.0.0.1:2525 --own-domain example.com --on-change /etc/postfix/main.cf',
        'relayproof watch mail.example.com --policy policy.yaml --every 5m --authorized-by "Ann Admin <ann@example.com>"',
      ])}\n\nKeys: ? shows them. The exit code is that of the last finished audit.`,
    )
    .action(async (host, options) => {
      exitWith(await runWatchCommand(host, { ...options, deadlines: DEFAULT_DEADLINES }, terminal));
    });
}
