import { Option } from '@commander-js/extra-typings';
import { DEFAULT_DEADLINES } from '../../probe/deadlines.ts';
import { PACE_INFO, type Pace } from '../../probe/pace.ts';
import { FAIL_ON } from '../../report/outcome.ts';
import { collect, examples, type CommandContext } from '../command.ts';
import { FORMATS } from '../formats.ts';
import {
  authorization,
  domains,
  heloName,
  mailbox,
  mailboxes,
  positiveInteger,
  positiveNumber,
  vantages,
} from '../option-values.ts';
import { runAuditCommand } from '../audit-command.ts';

const PACES: readonly Pace[] = ['polite', 'normal', 'fast'];

export function auditCommand({ program, terminal, exitWith }: CommandContext): void {
  program
    .command('audit')
    .description('audit a mail server that you run')
    .argument(
      '<host...>',
      'HOST[:PORT] or [IPv6]:PORT; without a port 25 and, if open, 465, 587 and 2525, on every address',
    )
    .optionsGroup('Whose mail:')
    .option('--policy <file>', 'compute what would be right from this policy')
    .option(
      '--own-domain <domain>',
      'a domain that the server receives mail for (repeatable; the first of --policy by default)',
      domains,
      [],
    )
    .option('--own-user <mailbox>', 'a mailbox that exists there (repeatable; postmaster by default)', mailboxes, [])
    .option(
      '--outside <mailbox>',
      'a mailbox of yours elsewhere (by default one of the reserved domain example.net)',
      mailbox,
    )
    .option('--from <mailbox>', 'sender of the strangers (by default one of the reserved domain example.org)', mailbox)
    .option('--helo <name>', 'name to give in EHLO', heloName)
    .option('--partner <domain>', 'a domain whose senders the server is told to trust')
    .option('--mx', 'the hosts are domains: audit their MX hosts, each confirmed')
    .option('--confirm <host>', 'an MX host that you run (repeatable)', collect, [])
    .optionsGroup('How to connect:')
    .addOption(new Option('--family <family>', 'addresses of one family only').choices(['4', '6']))
    .option('--dns <addr:port>', 'DNS server to ask')
    .option(
      '--vantage <spec>',
      'where sessions come from: direct, bind=ADDR, proxy=ADDR, proxy2=ADDR, xclient=ADDR (repeatable)',
      vantages,
      [],
    )
    .addOption(
      new Option('--tls <mode>', 'when to begin TLS; by default STARTTLS for logins where it is offered').choices([
        'starttls',
        'implicit',
        'off',
      ]),
    )
    .option('--tls-ca <file>', 'PEM certificates to trust')
    .option('--login-env <prefix>', 'log in as $PREFIX_USER with $PREFIX_PASSWORD')
    .option('--insecure-login', 'send credentials over unverified TLS or none')
    .option('--weak-logins <file>', 'two logins at most, user:password a line, that must not work')
    .optionsGroup('Proof:')
    .option('--prove', 'send canary messages after an acceptance')
    .option('--catch <addr:port>', 'listen for canaries here')
    .option('--caught <file>', 'follow what `relayproof catch --output FILE` writes')
    .option('--wait <seconds>', 'how long to wait after the last canary', positiveNumber, 10)
    .optionsGroup('What and how fast:')
    .option(
      '--scenario <glob>',
      'only scenarios whose id or family fits (repeatable; controls always run)',
      collect,
      [],
    )
    .option('--scenarios <folder>', 'the catalogue to use instead of the shipped one')
    .addOption(
      new Option(
        '--pace <pace>',
        `polite: ${PACE_INFO.polite.title}; normal: ${PACE_INFO.normal.title}; fast: ${PACE_INFO.fast.title}`,
      )
        .choices(PACES)
        .default('normal'),
    )
    .option('--patience <seconds>', 'how long to wait in all for greylists', positiveNumber, 60)
    .option('--concurrency <number>', 'sessions at a time', positiveInteger)
    .optionsGroup('Results:')
    .addOption(new Option('--format <format>', 'format on stdout').choices(FORMATS).default('text'))
    .option('--json', 'the same as --format json')
    .option('--output <file>', 'write to this file instead, or FORMAT=FILE beside it (repeatable)', collect, [])
    .option('--save <folder>', 'keep transcripts for `relayproof judge` and --resume')
    .option('--resume <folder>', 'ask again only what a saved run could not tell')
    .addOption(
      new Option('--fail-on <severity>', 'exit 1 for findings of at least this severity')
        .choices(FAIL_ON)
        .default('medium'),
    )
    .option(
      '--authorized-by <"name <address>">',
      'who answers for the audit; needed where the target is not loopback or private',
      authorization,
    )
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
