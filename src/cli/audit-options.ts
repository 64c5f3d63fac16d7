import { Option, type Command } from '@commander-js/extra-typings';
import { PACE_INFO, type Pace } from '../probe/pace.ts';
import { FAIL_ON, type FailOn } from '../judge/outcome.ts';
import { collect } from './command.ts';
import { OPERATOR_NAMES } from '../scenario/placeholder.ts';
import {
  domainName,
  domains,
  heloName,
  mailbox,
  mailboxes,
  positiveInteger,
  positiveNumber,
  vantages,
  authorization,
  fills,
  hostNames,
} from './option-parsers.ts';

const PACES: readonly Pace[] = ['polite', 'normal', 'fast'];

/** The options of every command that audits: whose mail, how to connect, what proves, what is asked and how fast. */
export function askingOptions(command: Command) {
  return command
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
    .option('--partner <domain>', 'a domain whose senders the server is told to trust', domainName)
    .option('--name <host>', 'a further host name of the server (repeatable)', hostNames, [])
    .option('--fill <name=value>', `what else only you can tell (repeatable): ${OPERATOR_NAMES.join(', ')}`, fills)
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
      new Option(
        '--tls <mode>',
        'when to begin TLS; by default STARTTLS where it is offered for logins, or demanded for everything',
      ).choices(['starttls', 'implicit', 'off']),
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
    .option('--intrusive', 'also ask for what could annoy: VRFY, EXPN, ETRN, TURN, odd and overlong messages')
    .option('--scenarios <folder>', 'the catalogue to use instead of the shipped one')
    .addOption(
      new Option(
        '--pace <pace>',
        `polite: ${PACE_INFO.polite.title}; normal: ${PACE_INFO.normal.title}; fast: ${PACE_INFO.fast.title}`,
      )
        .choices(PACES)
        .default('normal'),
    )
    .option(
      '--patience <seconds>',
      'how long to wait in all for greylists, and each time for a rate limit',
      positiveNumber,
      60,
    )
    .option('--concurrency <number>', 'sessions at a time', positiveInteger)
    .option(
      '--authorized-by <"name <address>">',
      'who answers for the audit; needed where the target is not loopback or private',
      authorization,
    );
}

export function failOnOption(): Option<'--fail-on <severity>', undefined, 'medium', undefined, false, FailOn> {
  return new Option('--fail-on <severity>', 'exit 1 for findings of at least this severity')
    .choices(FAIL_ON)
    .default('medium');
}
