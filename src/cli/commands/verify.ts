import { collect, examples, type CommandContext } from '../command.ts';
import { EXIT } from '../../terminal/exit-code.ts';
import { selectScenarios } from '../../config/select-scenarios.ts';
import { progressListener } from '../../terminal/progress.ts';
import { UsageError } from '../../document/usage-error.ts';
import { verificationText } from '../../selftest/verification-text.ts';
import { VERIFY_CONNECTIONS, verifyPolicy } from '../../selftest/verify-policy.ts';
import { verifyMatrix } from '../../selftest/verify-matrix.ts';
import { verifyWitnesses } from '../../selftest/verify-witnesses.ts';
import { catalogueFrom, policyFrom } from '../../config/inputs.ts';
import { positiveInteger } from '../option-parsers.ts';

export function verifyCommand({ program, terminal, exitWith }: CommandContext): void {
  program
    .command('verify')
    .description(
      'run every scenario from every vantage class against the guard under a policy: expectation and behaviour must agree',
    )
    .option('--policy <file>', 'the policy to verify')
    .option(
      '--matrix',
      'instead of one policy: every setting of every switch under four kinds of lists, the plain question of each flow',
    )
    .option(
      '--witnesses <old>',
      'instead of scenarios: ask guards of that policy and of --policy the witnesses of their difference',
    )
    .option('--scenario <glob>', 'only scenarios whose id or family fits (repeatable)', collect, [])
    .option('--scenarios <folder>', 'the catalogue to use instead of the shipped one')
    .option('--concurrency <number>', 'sessions at a time', positiveInteger, VERIFY_CONNECTIONS)
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      examples([
        'relayproof verify --policy policy.yaml',
        'relayproof verify --matrix',
        'relayproof verify --policy new.yaml --witnesses old.yaml',
        "relayproof verify --policy policy.yaml --scenario 'recipient-*'",
      ]),
    )
    .action(async (options) => {
      if (options.matrix === true) {
        exitWith(await verifyMatrix(options.json === true, terminal));
        return;
      }
      if (options.policy === undefined) throw new UsageError(['which policy? Give --policy FILE, or --matrix']);
      if (options.witnesses !== undefined) {
        exitWith(await verifyWitnesses(options.witnesses, options.policy, options.json === true, terminal));
        return;
      }
      const policy = policyFrom(options.policy);
      const catalogue = selectScenarios(catalogueFrom(options.scenarios), options.scenario);
      const facts = await verifyPolicy(options.policy, policy, {
        catalogue,
        connections: options.concurrency,
        signal: terminal.signal,
        onEvent: progressListener(terminal, `verifying ${options.policy}`),
      });
      terminal.out(options.json === true ? `${JSON.stringify(facts, null, 2)}\n` : verificationText(facts));
      exitWith(facts.found.length > 0 || facts.audit.interrupted ? EXIT.findings : EXIT.ok);
    });
}
