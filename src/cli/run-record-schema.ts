import { z } from 'zod';
import { caughtSchema } from '../judge/audit-schema.ts';
import type { RunRecord } from '../judge/judge-audit.ts';
import { PLACEHOLDERS } from '../scenario/placeholder.ts';

const stage = z.enum([
  'connect',
  'banner',
  'ehlo',
  'starttls',
  'auth',
  'mail',
  'rcpt',
  'data',
  'end-of-data',
  'reset',
  'quit',
  'other',
]);
const reply = z.object({ code: z.number(), enhanced: z.string().nullable(), lines: z.array(z.string()) });
const fault = z.enum([
  'no-reply-code',
  'reply-code-out-of-range',
  'bad-separator',
  'mixed-codes',
  'bare-line-feed',
  'bare-carriage-return',
  'reply-too-long',
]);
const placeholder = z.custom<keyof typeof PLACEHOLDERS>(
  (value) => typeof value === 'string' && Object.hasOwn(PLACEHOLDERS, value),
  'is no placeholder',
);

const turn = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sent'), at: z.number(), stage, text: z.string() }),
  z.object({ kind: z.literal('received'), at: z.number(), stage, reply }),
  z.object({ kind: z.literal('note'), at: z.number(), text: z.string() }),
]);

const detailed = z.object({ stage, detail: z.string() });
const end = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('completed') }),
  z.object({ kind: z.literal('diverged'), stage, reply, wanted: z.string() }),
  z.object({ kind: z.literal('unreachable'), detail: z.string() }),
  detailed.extend({ kind: z.literal('timed-out') }),
  detailed.extend({ kind: z.literal('closed') }),
  detailed.extend({ kind: z.literal('tls-failed') }),
  z.object({ kind: z.literal('garbled'), stage, fault }),
  detailed.extend({ kind: z.literal('desync') }),
  z.object({ kind: z.literal('no-login'), detail: z.string() }),
  z.object({ kind: z.literal('not-offered'), needed: z.string() }),
  z.object({ kind: z.literal('out-of-scope'), stage, names: z.array(z.string()) }),
  z.object({ kind: z.literal('aborted') }),
]);

const message = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('not-sent') }),
  z.object({ kind: z.literal('answered'), stage: z.enum(['data', 'end-of-data']), reply }),
  z.object({ kind: z.literal('unanswered') }),
]);

const transcript = z.object({
  id: z.string(),
  scenario: z.string(),
  vantage: z.string(),
  login: z.string().nullable(),
  variant: z.string().nullable().default(null),
  startedAt: z.string(),
  localAddress: z.string().nullable(),
  turns: z.array(turn),
  asked: z.array(z.object({ stage, reply, unsafe: z.array(z.string()).exactOptional() })),
  message,
  canary: z.string().nullable(),
  smuggled: z.string().nullable().default(null),
  silent: z.boolean().default(false),
  end,
  durationMs: z.number(),
});

const skipReason = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('missing-name'), placeholder }),
  z.object({ kind: z.literal('needs-proof') }),
  z.object({ kind: z.literal('needs-login') }),
  z.object({ kind: z.literal('pointless') }),
  z.object({ kind: z.literal('turned') }),
  z.object({ kind: z.literal('too-many-refusals'), refusals: z.number() }),
  z.object({ kind: z.literal('no-change'), reference: z.string() }),
  z.object({ kind: z.literal('intrusive') }),
  z.object({ kind: z.literal('other-port'), ports: z.array(z.number()) }),
  z.object({ kind: z.literal('unclaimable') }),
  z.object({ kind: z.literal('contradicted'), mailbox: z.string() }),
  z.object({ kind: z.literal('out-of-scope'), names: z.array(z.string()) }),
]);

/** The shape of a saved run. */
export const runRecordSchema: z.ZodType<RunRecord> = z.object({
  toolVersion: z.string(),
  startedAt: z.string(),
  durationMs: z.number(),
  target: z.object({ host: z.string(), address: z.string(), port: z.number(), banner: z.string().nullable() }),
  authorizedBy: z.string().nullable(),
  names: z.partialRecord(placeholder, z.string()),
  ownDomains: z.array(z.string()),
  vantageAddresses: z.record(z.string(), z.string().nullable()),
  proved: z.boolean(),
  watched: z.boolean(),
  isGuard: z.boolean(),
  interrupted: z.boolean(),
  transcripts: z.array(transcript),
  skipped: z.array(
    z.object({
      id: z.string(),
      scenario: z.string(),
      vantage: z.string(),
      login: z.string().nullable(),
      variant: z.string().nullable().default(null),
      reason: skipReason,
    }),
  ),
  turned: z.array(
    z.object({ vantage: z.string(), doubted: z.array(z.string()), unasked: z.array(z.string()), reason: z.string() }),
  ),
  caught: z.array(caughtSchema),
});
