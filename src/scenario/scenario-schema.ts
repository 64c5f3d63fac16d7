import { z } from 'zod';
import { FINDING_KINDS } from './finding-kind.ts';

const answer = z.enum(['accept', 'refuse']).describe('what the default policy answers');

const finds = z.enum(FINDING_KINDS);

const repeatedLine = z.union([
  z.string().transform((line) => ({ line, times: 1 })),
  z.strictObject({ line: z.string(), times: z.number().int().min(1).max(100_000) }),
]);

const message = z
  .strictObject({
    header: z
      .record(
        z.string().regex(/^[!-9;-~]+$/, 'a name of a header field'),
        z.union([z.string(), z.null(), z.array(z.string())]),
      )
      .default({})
      .describe('header fields of the canary: another value, several of that name, or null for none'),
    first: z.array(repeatedLine).default([]).describe('raw lines in front of the header'),
    body: z.array(repeatedLine).default([]).describe('lines in front of the usual text'),
  })
  .describe('how the canary message differs from the usual one');

const scenario = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'lower-case words joined by hyphens')
      .describe('unique name, kebab-case'),
    title: z.string().min(1).describe('what the client tries, in one line'),
    why: z.string().min(1).describe('which mistake of a server this finds'),
    source: z.string().min(1).describe('where the case is known from: a tool, an advisory, an RFC section'),
    mail: z.string().optional().describe('the reverse-path as it is sent, with its angle brackets and parameters'),
    rcpt: z.string().optional().describe('the forward-path as it is sent, with its angle brackets and parameters'),
    dialogue: z.string().optional().describe('instead of mail and rcpt: the session in the notation of a transcript'),
    endOfData: z
      .string()
      .optional()
      .describe(
        'beside mail and rcpt: a false end of data, in escaped text, behind which a second message is to be smuggled in',
      ),
    helo: z.string().nullable().default('{helo}').describe('the name in EHLO; null: no greeting is sent'),
    login: z.enum(['none', 'required', 'any']).default('any').describe('whether the session authenticates first'),
    finds: finds.optional().describe('where it is another than that of the family'),
    needs: z
      .array(z.string().regex(/^[A-Z0-9-]+(?: [A-Z0-9-]+)?$/, 'an EHLO keyword, such as STARTTLS or AUTH LOGIN'))
      .default([])
      .describe('what the server must offer in its EHLO reply; the scenario is skipped otherwise'),
    intrusive: z.boolean().default(false).describe('could harm or annoy: only with --intrusive'),
    hygiene: z
      .boolean()
      .default(false)
      .describe('no attacker can make use of the unsafe answer by itself: a finding is at most low'),
    tls: z
      .enum(['auto', 'off', 'script'])
      .default('auto')
      .describe('off: the session stays in the clear; script: the dialogue begins TLS itself (`T:`)'),
    begins: z
      .enum(['greeted', 'connected'])
      .default('greeted')
      .describe('connected: the dialogue begins with the connection, and the banner is one of its replies'),
    closing: z
      .enum(['inconclusive', 'refusal'])
      .default('inconclusive')
      .describe(
        'what it means that the server closes the connection, or does not begin TLS, before the question is answered',
      ),
    ports: z.array(z.number().int().min(1).max(65_535)).default([]).describe('only on these ports; any by default'),
    clientCertificate: z
      .enum(['none', 'self-signed'])
      .default('none')
      .describe('self-signed: the TLS handshake offers a certificate that nobody has signed'),
    message: message.optional(),
    role: z
      .enum(['probe', 'positive-control', 'catch-all-control'])
      .default('probe')
      .describe('a control makes the others believable'),
    declares: z
      .strictObject({
        flow: z
          .enum(['inbound', 'internal', 'outbound', 'relay', 'none'])
          .describe('the flow that is really asked for, all tricks undone; none: no mail is asked for'),
        form: z.enum(['plain', 'ambiguous']).describe('the form of the addresses'),
        protocol: z
          .enum(['kept', 'broken'])
          .default('kept')
          .describe('broken: the session breaks RFC 5321 in a way that a guard refuses whatever its policy says'),
        recipient: z
          .string()
          .optional()
          .describe(
            'the mailbox that is really asked for; needed where `rcpt` is no plain path and wildcard own domains could cover it',
          ),
        sender: z
          .string()
          .optional()
          .describe('the mailbox that counts as the sender; needed unless `mail` is a plain path'),
      })
      .describe('what the scenario really asks for'),
    default: z.strictObject({ listed: answer, unlisted: answer }).describe('what the default policy answers'),
    safe: z
      .enum(['refuse', 'accept', 'local-only', 'policy'])
      .describe('the safe answer of a server whose policy is unknown'),
    severity: z.enum(['low', 'medium', 'high', 'critical']).describe('how bad the unsafe answer is'),
  })
  .describe('one case');

/** The shape of a file of `scenarios/`. */
export const familySchema = z
  .strictObject({
    family: z
      .string()
      .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'lower-case words joined by hyphens')
      .describe('name of the family; the file is called like it'),
    title: z.string().min(1),
    finds: finds.describe('what is wrong with a server that gives the unsafe answer'),
    about: z.string().min(1).describe('what the cases of the family have in common'),
    scenarios: z.array(scenario).min(1),
  })
  .describe('A family of relayproof scenarios');

export type ScenarioText = z.infer<typeof scenario>;

/** JSON Schema (draft-07) of a scenario file, for editors. */
export function scenarioJsonSchema(): object {
  return z.toJSONSchema(familySchema, { target: 'draft-7', io: 'input' });
}
