import { randomBytes } from 'node:crypto';
import { PACE_INFO } from '../../probe/pace.ts';
import { plainDomainOf } from '../audit-names.ts';
import { collect, examples, type CommandContext } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { catalogueFrom, policyFrom } from '../files.ts';
import { selectScenarios } from '../glob.ts';
import { auditGuard } from '../guarded-audit.ts';
import { positiveInteger } from '../option-values.ts';
import { progressListener } from '../progress.ts';
import { realSurroundings } from '../surroundings.ts';
import { disagreements, hasDefaultRules, vantageClasses, vantageOf } from '../verification.ts';
import { verificationText } from '../verification-text.ts';

const VERIFY_CONNECTIONS = 40;
/** The guard hands a message on before it answers, so a canary is there at once or never. */
const WAIT_MS = 250;

export function verifyCommand({ program, terminal, exitWith }: CommandContext): void {
  program
    .command('verify')
    .description(
      'run every scenario from every vantage class against the guard under a policy: expectation and behaviour must agree',
    )
    .requiredOption('--policy <file>', 'the policy to verify')
    .option('--scenario <glob>', 'only scenarios whose id or family fits (repeatable)', collect, [])
    .option('--scenarios <folder>', 'the catalogue to use instead of the shipped one')
    .option('--concurrency <number>', 'sessions at a time', positiveInteger, VERIFY_CONNECTIONS)
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      examples([
        'relayproof verify --policy policy.yaml',
        "relayproof verify --policy policy.yaml --scenario 'recipient-*'",
      ]),
    )
    .action(async (options) => {
      const policy = policyFrom(options.policy);
      const catalogue = selectScenarios(catalogueFrom(options.scenarios), options.scenario);
      const classes = vantageClasses(policy);
      const own = plainDomainOf(policy.settings.domains);
      const users = policy.settings.users.filter((user) => user.endsWith(`@${own}`));
      const { audit } = await auditGuard({
        policy,
        defect: null,
        catalogue,
        identities: {
          ownDomains: policy.settings.domains,
          ownUsers: users,
          outside: 'relayproof@outside.test',
          from: 'stranger@sender.test',
          helo: 'client.sender.test',
          partner: 'partner.test',
          hostNames: ['mx.target.test'],
          fills: {
            'outside-literal': '[198.51.100.99]',
            'mx-domain': 'backup.test',
            'listed-address': classes.find(({ listed }) => listed)?.address ?? '127.0.0.1',
            autoresponder: `robot@${own}`,
            'expanding-alias': `everybody@${own}`,
          },
          weakLogins: [
            { user: 'admin', password: randomBytes(9).toString('hex') },
            { user: 'test', password: randomBytes(9).toString('hex') },
          ],
        },
        vantages: classes.map(vantageOf),
        intrusive: true,
        login: { user: 'relayproof-verify', password: randomBytes(18).toString('hex') },
        pace: { ...PACE_INFO.fast, sentinelEvery: Infinity, connections: options.concurrency },
        waitMs: WAIT_MS,
        surroundings: realSurroundings(),
        signal: terminal.signal,
        onEvent: progressListener(terminal, `verifying ${options.policy}`),
      });
      const found = disagreements(audit.results, catalogue, policy, classes);
      const facts = { policy: options.policy, audit, classes, found, authorAsked: hasDefaultRules(policy.settings) };
      terminal.out(options.json === true ? `${JSON.stringify(facts, null, 2)}\n` : verificationText(facts));
      exitWith(found.length > 0 || audit.interrupted ? EXIT.findings : EXIT.ok);
    });
}
