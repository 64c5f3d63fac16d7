import { table } from '../../report/layout.ts';
import { examples, type CommandContext } from '../command.ts';
import { diagnose } from '../../doctor/diagnose.ts';
import { machineFacts } from '../../doctor/machine-facts.ts';
import { EXIT } from '../../terminal/exit-code.ts';
import { visible } from '../../document/visible.ts';

export function doctorCommand({ program, terminal, exitWith }: CommandContext): void {
  program
    .command('doctor')
    .description('tell whether audits can work from here: addresses, routes, DNS, clock, namespaces; asks no stranger')
    .option('--dns <addr:port>', 'ask this DNS server whether it answers')
    .option('--json', 'print the checks as JSON')
    .addHelpText('after', examples(['relayproof doctor', 'relayproof doctor --dns 10.0.0.53:53 --json']))
    .action(async ({ dns, json }) => {
      const checks = diagnose(await machineFacts(dns ?? null, terminal.env));
      const rows = checks.map(({ name, state, says, advice }) => [state, name, says, advice].map(visible));
      terminal.out(json === true ? `${JSON.stringify({ checks }, null, 2)}\n` : `${table(rows).join('\n')}\n`);
      exitWith(checks.some(({ state }) => state === 'fail') ? EXIT.couldNotTell : EXIT.ok);
    });
}
