import { Option, type Command } from '@commander-js/extra-typings';
import { diffPolicies } from '../../policy/diff.ts';
import { diffLines, explanationLines } from '../../policy/explain-text.ts';
import { explainPolicy } from '../../policy/explain.ts';
import { importAddressList } from '../../policy/import-list.ts';
import { REACH_FLOWS } from '../../policy/policy-reach.ts';
import { wrap } from '../../report/layout.ts';
import { collect, examples, type CommandContext } from '../command.ts';
import { EXIT } from '../../terminal/exit-code.ts';
import { replaceText, textFrom } from '../../document/files.ts';
import { UsageError } from '../../document/usage-error.ts';
import { policyFrom } from '../../config/inputs.ts';

/** Kinds of mail that a change can open; inbound mail opens when an own domain is added. */
const KINDS = [...REACH_FLOWS, 'inbound'];

/** The commands that read a policy by its meaning. */
export function policyMeaningCommands(policy: Command, { terminal, exitWith }: CommandContext): void {
  // A list of 100,000 entries has half a million patterns; programs read them as well without 30 MB of blanks.
  const indent = terminal.outIsTty ? 2 : undefined;
  const print = (lines: readonly string[]): void =>
    terminal.out(`${lines.flatMap((line) => wrapKeepingIndent(line, terminal.width)).join('\n')}\n`);
  policy
    .command('explain')
    .description('who exactly may send what, is it an open relay, why, and what closes it')
    .argument('<file>', 'policy, YAML or JSON')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      examples([
        'relayproof policy explain policy.yaml',
        'relayproof policy explain policy.yaml --json | jq .openRelay',
      ]),
    )
    .action((file, { json }) => {
      const explanation = explainPolicy(policyFrom(file));
      if (json === true) terminal.out(`${JSON.stringify(explanation, null, indent)}\n`);
      else print(explanationLines(explanation));
    });
  policy
    .command('diff')
    .description(
      'exactly what a change of policy opens and closes, with a witness each; exit code 1 when something opens',
    )
    .argument('<old>', 'policy before')
    .argument('<new>', 'policy after')
    .option(
      '--allow-opening <flow>',
      `a kind of mail that is meant to open: ${KINDS.join(', ')} (repeatable)`,
      collect,
      [],
    )
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      examples([
        'relayproof policy diff old.yaml new.yaml',
        'relayproof policy diff old.yaml new.yaml --allow-opening outbound',
      ]),
    )
    .action((older, newer, { json, allowOpening }) => {
      const unknown = allowOpening.filter((flow) => !KINDS.some((known) => known === flow));
      if (unknown.length > 0)
        throw new UsageError(
          unknown.map((flow) => `--allow-opening ${flow}: is no kind of mail; known are ${KINDS.join(', ')}`),
        );
      const diff = diffPolicies(policyFrom(older), policyFrom(newer));
      if (json === true) terminal.out(`${JSON.stringify(diff, null, indent)}\n`);
      else print(diffLines(diff));
      exitWith(diff.opens.some(({ flow }) => !allowOpening.includes(flow)) ? EXIT.findings : EXIT.ok);
    });
  policy
    .command('import')
    .description('import a list of addresses into a policy file; its comments stay')
    .argument('<file>', 'CSV, tab-separated or plain text')
    .addOption(new Option('--list <list>', 'the list to add to').choices(['allow', 'disallow']).makeOptionMandatory())
    .requiredOption('--into <policy>', 'policy file, YAML or JSON')
    .option('--wildcard <wildcard>', 'what a field must look like; * admits IPv6 too', '*.*.*.*')
    .option('--dry-run', 'say what would be imported and write nothing')
    .addHelpText('after', examples(['relayproof policy import hosts.csv --list allow --into policy.yaml']))
    .action((file, { list, into, wildcard, dryRun }) => {
      const imported = importAddressList({
        text: textFrom(file),
        list,
        wildcard,
        policyText: textFrom(into),
        policyFile: into,
      });
      if (imported.kind === 'invalid') throw UsageError.fromProblems(imported.problems);
      const { text, imported: added, duplicates, discarded } = imported.value;
      for (const { line, field, reason } of discarded)
        terminal.say(`${file}:${line}: \`${field}\` discarded: ${reason}`);
      if (dryRun !== true && added.length > 0) replaceText(into, text);
      terminal.out(
        `${into}: ${added.length} ${dryRun === true ? 'would be imported' : 'imported'}, ${duplicates.length} there already, ${discarded.length} discarded\n`,
      );
    });
}

/** A line that is too long goes on below, as far in as it began. */
function wrapKeepingIndent(line: string, width: number): readonly string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  return wrap(line.slice(indent.length), width - indent.length).map(
    (part, index) => (index === 0 ? indent : `${indent}  `) + part,
  );
}
