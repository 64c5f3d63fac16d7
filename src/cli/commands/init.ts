import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InvalidArgumentError } from '@commander-js/extra-typings';
import { collect, examples, type CommandContext } from '../command.ts';
import { CONFIG_NAME } from '../../config/config-file.ts';
import { EXIT } from '../../terminal/exit-code.ts';
import { writeShared } from '../../document/files.ts';
import { startConfig, startPolicy, type InitAnswers } from '../../config/start-config.ts';
import { askForAnswers, findServers } from '../init-questions.ts';
import { UsageError } from '../../document/usage-error.ts';
import { authorization, domains, mailbox, mailboxes } from '../option-parsers.ts';

type Servers = InitAnswers['servers'];

function server(text: string, before: Servers): Servers {
  const [, recipe, path] = /^(postfix|exim|guard)=(.+)$/.exec(text) ?? [];
  if (path === undefined || (recipe !== 'postfix' && recipe !== 'exim' && recipe !== 'guard'))
    throw new InvalidArgumentError('write postfix=FOLDER, exim=FILE or guard=POLICY.');
  return [...before, { recipe, path }];
}

export function initCommand({ program, terminal, exitWith }: CommandContext): void {
  program
    .command('init')
    .description('write a commented relayproof.yaml to begin with, and a policy where there is none')
    .option('--config <file>', 'file to write', CONFIG_NAME)
    .option('--policy <file>', 'the policy, relative to the configuration', 'policy.yaml')
    .option('--own-domain <domain>', 'a domain that the server receives mail for (repeatable)', domains, [])
    .option('--own-user <mailbox>', 'a mailbox that exists there (repeatable)', mailboxes, [])
    .option('--outside <mailbox>', 'a mailbox of yours elsewhere', mailbox)
    .option('--target <host>', 'a running server to audit (repeatable)', collect, [])
    .option('--server <recipe=path>', 'a server configuration to try in the lab (repeatable)', server, [])
    .option('--authorized-by <"name <address>">', 'who answers for audits of public targets', authorization)
    .option('--yes', 'ask nothing, take what the options say')
    .option('--force', 'overwrite the configuration')
    .addHelpText(
      'after',
      examples(['relayproof init', 'relayproof init --yes --own-domain example.com --server postfix=mail/postfix']),
    )
    .action(async (options) => {
      const { config, policy, force } = options;
      if (existsSync(config) && force !== true)
        throw new UsageError([`${config} is there already: --force overwrites it`]);
      const given: InitAnswers = {
        ownDomains: options.ownDomain,
        ownUsers: options.ownUser,
        outside: options.outside ?? null,
        targets: options.target,
        servers: options.server.length > 0 ? options.server : findServers(dirname(config)),
        policy,
        authorizedBy: options.authorizedBy ?? null,
      };
      const asks = terminal.inIsTty && terminal.errIsTty && options.yes !== true;
      if (!asks && given.ownDomains.length === 0)
        throw new UsageError(['which domain does the server receive mail for? Give --own-domain']);
      const answers = asks ? await askForAnswers(given, terminal).catch(nullOnAbort) : given;
      if (answers === null) {
        exitWith(EXIT.interrupted);
        return;
      }
      const policyFile = join(dirname(config), policy);
      if (!existsSync(policyFile)) {
        writeShared(policyFile, startPolicy(answers.ownDomains));
        terminal.say(`relayproof: wrote ${policyFile}`);
      }
      writeShared(config, startConfig(answers));
      terminal.say(`relayproof: wrote ${config}; \`relayproof gate\` does what it says`);
    });
}

function nullOnAbort(error: unknown): null {
  if (error instanceof Error && error.name === 'AbortError') return null;
  throw error;
}
