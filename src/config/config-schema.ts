import { z } from 'zod';
import { FAIL_ON } from '../judge/outcome.ts';
import { FORMATS, type Format } from '../report/formats.ts';
import { optionFault } from './option-fault.ts';
import { authorization, domainName, domains, heloName, mailbox, timeLimit, vantages } from './option-values.ts';

/** A value that an option takes as well; the option's own parser says what is wrong with it. */
function option(parse: (text: string) => unknown): z.ZodString {
  return z.string().superRefine((text, context) => {
    const message = optionFault(parse, text);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });
}

const domain = option((text) => domains(text, []));
const vantage = option((text) => vantages(text, []));
const file = z.string().min(1);

const waiver = z.strictObject({
  fingerprint: z
    .string()
    .regex(/^[0-9a-f]{12,64}$/, { error: 'a fingerprint is 12 to 64 hexadecimal digits, as the report shows it' })
    .describe("the finding's fingerprint, or at least its first 12 digits"),
  reason: z.string().min(1).describe('why it may stay for now'),
  who: z.string().min(1).describe('who answers for it'),
  expiry: z.iso
    .date({ error: 'an expiry is a day such as 2027-01-31: a waiver without end is a hole' })
    .describe('the last day on which it holds (UTC)'),
});

const server = z
  .strictObject({
    recipe: z.enum(['postfix', 'exim', 'guard', 'command']).describe('how the server is started from its files'),
    path: file.describe('folder with main.cf, Exim configuration file, policy of the guard, or the file to point at'),
    command: z
      .string()
      .min(1)
      .optional()
      .describe('for the recipe `command`: what starts the server in the foreground'),
  })
  .superRefine((value, context) => {
    if ((value.recipe === 'command') === (value.command !== undefined)) return;
    const message =
      value.recipe === 'command'
        ? '`command` is missing: say what starts the server'
        : `\`command\` is for the recipe \`command\`, the recipe \`${value.recipe}\` knows how to start the server`;
    context.addIssue({ code: 'custom', message, path: value.command === undefined ? [] : ['command'] });
  });

type OutputFiles = Readonly<Partial<Record<Format, string>>>;

const outputs: z.ZodType<OutputFiles> = z.strictObject(
  Object.fromEntries(FORMATS.map((format) => [format, file.exactOptional()])),
);

/** `relayproof.yaml` as a person writes it: what `relayproof gate` does on every change. */
export const configSchema = z.strictObject({
  policy: file.optional().describe('the relay policy that says what would be right'),
  targets: z.array(z.string().min(1)).default([]).describe('running servers to audit, HOST or HOST:PORT'),
  servers: z
    .array(server)
    .default([])
    .describe('server configurations to try in network namespaces before they are live'),
  ownDomains: z
    .array(domain)
    .default([])
    .describe('domains the servers receive mail for; those of the policy by default'),
  ownUsers: z.array(option(mailbox)).default([]).describe('mailboxes that exist'),
  outside: option(mailbox).optional().describe('a mailbox of yours elsewhere'),
  from: option(mailbox).optional().describe('sender of the strangers'),
  helo: option(heloName).optional().describe('name to give in EHLO'),
  partner: option(domainName).optional().describe('a domain whose senders the server is told to trust'),
  loginEnv: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, { error: 'a prefix of environment variables is letters, digits and _' })
    .optional()
    .describe('log in as $PREFIX_USER with $PREFIX_PASSWORD'),
  insecureLogin: z.boolean().default(false).describe('send credentials over unverified TLS or none'),
  tls: z.enum(['starttls', 'implicit', 'off']).optional().describe('when to begin TLS'),
  tlsCa: file.optional().describe('PEM certificates to trust'),
  vantages: z
    .array(vantage)
    .default([])
    .describe('where sessions come from: direct, bind=ADDR, proxy=ADDR, xclient=ADDR'),
  scenarios: z
    .array(z.string().min(1))
    .default([])
    .describe('only scenarios whose id or family fits one of these globs'),
  intrusive: z.boolean().default(false).describe('also ask ETRN, TURN, VRFY, EXPN and inject into local parts'),
  dns: z.string().min(1).optional().describe('DNS server to ask for the targets, ADDR:PORT'),
  pace: z.enum(['polite', 'normal', 'fast']).default('normal').describe('how hard the targets are asked'),
  prove: z.boolean().default(false).describe('send canary messages to the targets after an acceptance'),
  catch: z.string().min(1).optional().describe('listen for canaries at this ADDR:PORT'),
  caught: file.optional().describe('follow what `relayproof catch --output FILE` writes'),
  wait: z.number().nonnegative().default(10).describe('seconds to wait after the last canary'),
  deadline: z
    .number()
    .superRefine((seconds, context) => {
      const message = optionFault(timeLimit, String(seconds));
      if (message !== null) context.addIssue({ code: 'custom', message });
    })
    .optional()
    .describe('seconds that the audit of one target may take; what was found until then is reported'),
  authorizedBy: option(authorization).optional().describe('who answers for audits of public targets: NAME <ADDRESS>'),
  base: z.string().min(1).optional().describe('revision to compare the policy with; origin/HEAD or HEAD^ by default'),
  allowOpening: z
    .array(z.enum(['internal', 'outbound', 'relay', 'bounce']))
    .default([])
    .describe('kinds of mail that a change of the policy may open'),
  verify: z.boolean().default(true).describe('whether to run every scenario against the guard under the policy'),
  baseline: file.optional().describe('an earlier `audit --json`: only findings that are not in it count'),
  waivers: z.array(waiver).default([]).describe('findings that somebody answers for until a day'),
  failOn: z.enum(FAIL_ON).default('medium').describe('least severity that counts'),
  outputs: outputs.default({}).describe('formats and the files that they go to'),
});

export type ConfigSettings = z.output<typeof configSchema>;
export type ServerSettings = ConfigSettings['servers'][number];

/** The JSON Schema (draft-07) of `relayproof.yaml`, for editors. */
export function configJsonSchema(): object {
  return z.toJSONSchema(configSchema, { target: 'draft-7', io: 'input' });
}
