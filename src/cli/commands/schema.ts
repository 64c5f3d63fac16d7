import { Argument } from '@commander-js/extra-typings';
import { auditJsonSchema } from '../../judge/audit-schema.ts';
import { policyJsonSchema } from '../../policy/policy-schema.ts';
import { scenarioJsonSchema } from '../../scenario/scenario-schema.ts';
import { configJsonSchema } from '../../config/config-schema.ts';
import { examples, type CommandContext } from '../command.ts';

const SCHEMAS = {
  audit: auditJsonSchema,
  policy: policyJsonSchema,
  scenario: scenarioJsonSchema,
  config: configJsonSchema,
} as const;
type SchemaName = keyof typeof SCHEMAS;
const NAMES: readonly SchemaName[] = ['audit', 'policy', 'scenario', 'config'];

export function schemaCommand({ program, terminal }: CommandContext): void {
  program
    .command('schema')
    .description(
      'print a JSON Schema (draft-07): of the audit object, a policy file, a scenario file, or relayproof.yaml',
    )
    .addArgument(new Argument('<name>', 'what the schema describes').choices(NAMES))
    .addHelpText('after', examples(['relayproof schema policy > policy.schema.json']))
    .action((name) => terminal.out(`${JSON.stringify(SCHEMAS[name](), null, 2)}\n`));
}
