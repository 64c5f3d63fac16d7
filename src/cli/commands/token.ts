import { examples, type CommandContext } from '../command.ts';
import { newOwnershipToken, ownershipName, ownershipRecord } from '../../target/ownership.ts';

export function tokenCommand({ program, terminal }: CommandContext): void {
  program
    .command('token')
    .description('print a token for the ownership record of a domain')
    .addHelpText(
      'after',
      `\nThe record: ${ownershipName('DOMAIN')} TXT "${ownershipRecord('TOKEN')}". Audits read the token from RELAYPROOF_TOKEN.${examples(['relayproof token'])}`,
    )
    .action(() => terminal.out(`${newOwnershipToken()}\n`));
}
