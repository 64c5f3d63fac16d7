import { once } from 'node:events';
import { Option } from '@commander-js/extra-typings';
import { outcomeOf } from '../../judge/outcome.ts';
import { failOnOption } from '../audit-options.ts';
import { collect, examples, type CommandContext } from '../command.ts';
import { parseEndpoint } from '../../target/endpoint.ts';
import { exitCodeOf } from '../../terminal/exit-code.ts';
import { FORMATS } from '../../report/formats.ts';
import { zonesFrom } from '../../lab/zones-json.ts';
import { startResolver } from '../../lab/resolver.ts';
import { runLab } from '../../lab/run-lab.ts';
import { listening } from '../listening.ts';
import { checkOutputs, codeWithOutputs, readOutputs, writeReports } from '../../terminal/outputs.ts';
import { exemptionsFrom, settleFindings } from '../../config/settlement.ts';
import { UsageError } from '../../document/usage-error.ts';
import {
  domainName,
  domains,
  heloName,
  mailbox,
  mailboxes,
  positiveInteger,
  positiveNumber,
} from '../option-parsers.ts';

const RECIPES = ['postfix', 'exim', 'guard'] as const;

export function labCommand({ program, terminal, exitWith }: CommandContext): void {
  program
    .command('lab')
    .description("try a server's configuration before it is live, in network namespaces that nothing else can reach")
    .optionsGroup('The server:')
    .addOption(new Option('--recipe <name>', 'how to start it from its files').choices(RECIPES))
    .option('--config-dir <path>', 'folder with main.cf, Exim configuration file, or policy of the guard')
    .option('--command <command>', 'what starts any other server in the foreground, listening on all addresses')
    .option('--program <file>', "the server's program where it is not in its usual place")
    .option('--port <number>', 'port to audit', positiveInteger, 25)
    .option(
      '--zone <name>',
      'one more name that leads to the world, such as that of a smart host (repeatable)',
      collect,
      [],
    )
    .optionsGroup('What to ask:')
    .option('--policy <file>', 'compute what would be right from this policy; without it the inside is not asked')
    .option('--own-domain <domain>', 'a domain that the server receives mail for (repeatable)', domains, [])
    .option('--own-user <mailbox>', 'a mailbox that exists there (repeatable)', mailboxes, [])
    .option('--outside <mailbox>', 'a mailbox elsewhere', mailbox)
    .option('--from <mailbox>', 'sender of the strangers', mailbox)
    .option('--helo <name>', 'name to give in EHLO', heloName)
    .option('--partner <domain>', 'a domain whose senders the server is told to trust', domainName)
    .option('--login-env <prefix>', 'log in as $PREFIX_USER with $PREFIX_PASSWORD')
    .option('--scenario <glob>', 'only scenarios whose id or family fits (repeatable)', collect, [])
    .option('--scenarios <folder>', 'the catalogue to use instead of the shipped one')
    .addOption(
      new Option('--pace <pace>', 'how hard the server is asked').choices(['polite', 'normal', 'fast']).default('fast'),
    )
    .option('--wait <seconds>', 'how long to wait after the last canary', positiveNumber, 5)
    .optionsGroup('Results:')
    .addOption(new Option('--format <format>', 'format on stdout').choices(FORMATS).default('text'))
    .option('--json', 'the same as --format json')
    .option('--output <file>', 'write to this file instead, or FORMAT=FILE beside it (repeatable)', collect, [])
    .option('--baseline <file>', 'an earlier `--json`: only findings that are not in it count')
    .option('--waivers <file>', 'a relayproof.yaml whose waivers hold')
    .addOption(failOnOption())
    .addHelpText(
      'after',
      examples([
        'relayproof lab --recipe postfix --config-dir mail/postfix --policy policy.yaml --own-user alice@example.com',
        'relayproof lab --recipe exim --config-dir exim4.conf --own-domain example.com',
        'relayproof lab --command "smtpd -d -f smtpd.conf" --config-dir smtpd.conf --policy policy.yaml',
      ]),
    )
    .action(async ({ configDir, recipe, command, ...options }) => {
      if ((recipe === undefined) === (command === undefined))
        throw new UsageError(['how does the server start? Give one of --recipe and --command']);
      if (configDir === undefined && command === undefined)
        throw new UsageError([`which configuration? Give --config-dir with --recipe ${recipe ?? ''}`]);
      const outputs = readOutputs(options.json === true ? 'json' : options.format, options.output);
      const exemptions = exemptionsFrom(options);
      checkOutputs(outputs);
      const audit = await runLab(
        {
          ...options,
          recipe: recipe ?? 'command',
          path: configDir ?? '.',
          command: command ?? null,
          program: options.program ?? null,
          policy: options.policy ?? null,
          ownDomains: options.ownDomain,
          ownUsers: options.ownUser,
          worldNames: options.zone,
        },
        1,
        terminal,
      );
      const { audits, notices } = settleFindings([audit], exemptions, new Date());
      const failures = writeReports(audits, outputs, options.failOn, terminal);
      for (const notice of notices) terminal.say(`relayproof: ${notice}`);
      const [settled] = audits;
      if (settled !== undefined)
        exitWith(codeWithOutputs(exitCodeOf(outcomeOf(settled, options.failOn)), failures, terminal));
    });
  program
    .command('lab-resolver', { hidden: true })
    .description('answer the DNS queries of a lab; started by `lab` in its namespaces')
    .requiredOption('--listen <addr:port>', 'address to listen on')
    .requiredOption('--zones <json>', 'what the names lead to')
    .action(async ({ listen, zones }) => {
      const resolver = await listening(listen, startResolver(parseEndpoint(listen, null), zonesFrom(zones)));
      terminal.say(`relayproof: resolving on ${listen}`);
      if (!terminal.signal.aborted) await once(terminal.signal, 'abort');
      await resolver.close();
    });
}
