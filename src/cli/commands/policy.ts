import { z } from 'zod';
import { decide, type Decision } from '../../policy/decide.ts';
import { policyDigest } from '../../policy/policy-digest.ts';
import type { Policy } from '../../policy/policy.ts';
import { parseClientAddress } from '../../smtp/client-address.ts';
import { examples, type CommandContext } from '../command.ts';
import { policyMeaningCommands } from './policy-meaning.ts';
import { EXIT } from '../../terminal/exit-code.ts';
import { UsageError } from '../../document/usage-error.ts';
import { policyFrom } from '../../config/inputs.ts';

const requestSchema = z.object({
  ip: z.string().refine((ip) => parseClientAddress(ip) !== null, 'is no IP address'),
  login: z.string().nullish(),
  from: z.string(),
  to: z.string(),
});

export function policyCommand(context: CommandContext): void {
  const { program, terminal, exitWith } = context;
  const policy = program.command('policy').description('check a relay policy, ask it, or read it by its meaning');
  policy
    .command('check')
    .description('validate policy files; every error with its line and column')
    .argument('<file...>', 'policies, YAML or JSON')
    .option('--json', 'print the settings with all defaults filled in, without password hashes')
    .addHelpText('after', examples(['relayproof policy check policy.yaml']))
    .action((files, options) => {
      const problems: string[] = [];
      for (const file of files) {
        try {
          const checked = policyFrom(file);
          const settings = `${JSON.stringify(shown(checked), null, 2)}\n`;
          terminal.out(options.json === true ? settings : `${file}: valid, ${policyDigest(checked)}\n`);
        } catch (error) {
          if (!(error instanceof UsageError)) throw error;
          problems.push(error.message);
        }
      }
      if (problems.length > 0) throw new UsageError(problems);
    });
  policy
    .command('decide')
    .description('requests as NDJSON on stdin, decisions as NDJSON on stdout')
    .argument('<file>', 'policy, YAML or JSON')
    .addHelpText(
      'after',
      examples([
        `echo '{"ip":"203.0.113.9","login":null,"from":"a@elsewhere.test","to":"b@example.com"}' | relayproof policy decide policy.yaml`,
      ]),
    )
    .action(async (file) => {
      const checked = policyFrom(file);
      exitWith((await decideLines(checked, process.stdin, terminal.out)) ? EXIT.ok : EXIT.usage);
    });
  policyMeaningCommands(policy, context);
}

/** Answers a line for a line, as the chunks come: one write a chunk, whether a person types or a file is poured in. */
async function decideLines(
  policy: Policy,
  input: NodeJS.ReadableStream,
  out: (text: string) => void,
): Promise<boolean> {
  let number = 0;
  let good = true;
  let rest = '';
  const answerAll = (lines: readonly string[]): void => {
    const answers = lines.map((line) => {
      number += 1;
      return answerLine(policy, line.replace(/\r$/, ''), number);
    });
    good = good && !answers.some((answer) => 'error' in answer);
    if (answers.length > 0) out(answers.map((answer) => `${JSON.stringify(answer)}\n`).join(''));
  };
  input.setEncoding('utf8');
  for await (const chunk of input) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    answerAll(lines);
  }
  if (rest !== '') answerAll([rest]);
  return good;
}

function answerLine(
  policy: Policy,
  line: string,
  number: number,
): Decision | { readonly error: string; readonly line: number } {
  const request = requestSchema.safeParse(jsonOrUndefined(line));
  if (request.success) {
    const { ip, login, from, to } = request.data;
    const { action, flow, listed, violated, code } = decide(policy, { ip, login: login ?? null, from, to });
    return { action, flow, listed, violated, ...(code === undefined ? {} : { code }) };
  }
  const [issue] = request.error.issues;
  const error =
    issue === undefined || issue.path.length === 0
      ? 'is no JSON object with ip, login, from and to'
      : `\`${issue.path.join('.')}\`: ${issue.message}`;
  return { error, line: number };
}

function jsonOrUndefined(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function shown(policy: Policy): object {
  return {
    ...policy.settings,
    logins: policy.settings.logins.map(({ user }) => ({ user })),
    digest: policyDigest(policy),
  };
}
