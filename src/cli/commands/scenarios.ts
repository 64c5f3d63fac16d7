import { dialogueText } from '../../scenario/dialogue-text.ts';
import { allScenarios, type Scenario } from '../../scenario/scenario.ts';
import { table } from '../../report/layout.ts';
import { examples, type CommandContext } from '../command.ts';
import { UsageError } from '../../document/usage-error.ts';
import { catalogueFrom } from '../../config/inputs.ts';

export function scenariosCommand({ program, terminal }: CommandContext): void {
  const scenarios = program.command('scenarios').description('the catalogue');
  scenarios
    .command('list')
    .description('every scenario, a line each')
    .option('--scenarios <folder>', 'the catalogue to use instead of the shipped one')
    .option('--json', 'as JSON')
    .addHelpText('after', examples(['relayproof scenarios list', 'relayproof scenarios list --json']))
    .action((options) => {
      const all = allScenarios(catalogueFrom(options.scenarios));
      terminal.out(
        options.json === true ? `${JSON.stringify(all.map(summary), null, 2)}\n` : `${listing(all).join('\n')}\n`,
      );
    });
  scenarios
    .command('show')
    .description('one scenario: what it sends, why, and what would be right')
    .argument('<id>', 'name of the scenario')
    .option('--scenarios <folder>', 'the catalogue to use instead of the shipped one')
    .option('--json', 'as JSON')
    .addHelpText('after', examples(['relayproof scenarios show third-party']))
    .action((id, options) => {
      const found = allScenarios(catalogueFrom(options.scenarios)).find((scenario) => scenario.id === id);
      if (found === undefined)
        throw new UsageError([`no scenario is called \`${id}\` (see \`relayproof scenarios list\`)`]);
      terminal.out(options.json === true ? `${JSON.stringify(summary(found), null, 2)}\n` : card(found));
    });
  scenarios
    .command('check')
    .description('validate scenario files; every error with its line and column')
    .argument('[folder]', 'folder with scenario files (the shipped ones by default)')
    .addHelpText('after', examples(['relayproof scenarios check ./my-scenarios']))
    .action((folder) => {
      const catalogue = catalogueFrom(folder);
      terminal.out(`${allScenarios(catalogue).length} scenarios in ${catalogue.families.length} families: valid\n`);
    });
}

function summary({ location: _, ...scenario }: Scenario): object {
  return scenario;
}

function listing(scenarios: readonly Scenario[]): readonly string[] {
  return table([
    ['ID', 'FAMILY', 'FLOW', 'FORM', 'SAFE ANSWER', 'TITLE'],
    ...scenarios.map(({ id, family, declares, safe, title }) => [
      id,
      family,
      declares.flow,
      declares.form,
      safe,
      title,
    ]),
  ]);
}

function card(scenario: Scenario): string {
  const { declares, default: answers } = scenario;
  const dialogue = dialogueText(scenario.steps).map((line) => `  ${line}`);
  return [
    `${scenario.id}: ${scenario.title}`,
    '',
    scenario.why,
    '',
    `family      ${scenario.family}`,
    `source      ${scenario.source}`,
    `declares    ${declares.flow}, ${declares.form} addresses${declares.protocol === 'broken' ? ', protocol broken' : ''}, sender <${declares.sender}>`,
    `by default  listed clients: ${answers.listed}; unlisted clients: ${answers.unlisted}`,
    `safe answer ${scenario.safe} (severity ${scenario.severity} otherwise)`,
    `login       ${scenario.login}`,
    `helo        ${scenario.helo ?? 'none'}`,
    '',
    ...dialogue,
    '',
  ].join('\n');
}
