import { z } from 'zod';
import { reachedTimeLimitSchema } from './audit-schema.ts';
import { clientAddress, instant, milliseconds, port, text, vantageName } from '../session/checked-values.ts';
import type { RunRecord } from './run-record.ts';
import { PLACEHOLDERS } from '../scenario/placeholder.ts';
import { caughtSchema } from '../session/caught-schema.ts';
import { STAGES } from '../session/transcript.ts';

const stage = z.enum(STAGES);
const reply = z.object({ code: z.int().min(100).max(999), enhanced: text.nullable(), lines: z.array(text) });
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
  z.object({ kind: z.literal('sent'), at: milliseconds, stage, text }),
  z.object({ kind: z.literal('received'), at: milliseconds, stage, reply }),
  z.object({ kind: z.literal('note'), at: milliseconds, text }),
]);

const detailed = z.object({ stage, detail: text });
const end = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('completed') }),
  z.object({ kind: z.literal('diverged'), stage, reply, wanted: text }),
  z.object({ kind: z.literal('unreachable'), detail: text }),
  detailed.extend({ kind: z.literal('timed-out') }),
  detailed.extend({ kind: z.literal('closed') }),
  detailed.extend({ kind: z.literal('tls-failed') }),
  z.object({ kind: z.literal('garbled'), stage, fault }),
  detailed.extend({ kind: z.literal('desync') }),
  z.object({ kind: z.literal('no-login'), detail: text }),
  z.object({ kind: z.literal('not-offered'), needed: text }),
  z.object({ kind: z.literal('withheld'), detail: text }),
  z.object({ kind: z.literal('out-of-scope'), stage, names: z.array(text) }),
  z.object({ kind: z.literal('aborted') }),
]);

const message = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('not-sent') }),
  z.object({ kind: z.literal('answered'), stage: z.enum(['data', 'end-of-data']), reply }),
  z.object({ kind: z.literal('unanswered') }),
]);

/** The shape of a saved session. */
export const transcriptSchema = z.object({
  id: text,
  scenario: text,
  vantage: vantageName,
  login: text.nullable(),
  variant: text.nullable().default(null),
  startedAt: instant,
  localAddress: clientAddress.nullable(),
  turns: z.array(turn),
  asked: z.array(z.object({ stage, reply, unsafe: z.array(text).exactOptional() })),
  message,
  canary: text.nullable(),
  smuggled: text.nullable().default(null),
  silent: z.boolean().default(false),
  end,
  durationMs: milliseconds,
});

const skipReason = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('missing-name'), placeholder }),
  z.object({ kind: z.literal('needs-proof') }),
  z.object({ kind: z.literal('needs-login') }),
  z.object({ kind: z.literal('pointless') }),
  z.object({ kind: z.literal('turned') }),
  z.object({ kind: z.literal('too-many-refusals'), refusals: z.int().min(0) }),
  z.object({ kind: z.literal('no-change'), reference: text }),
  z.object({ kind: z.literal('intrusive') }),
  z.object({ kind: z.literal('other-port'), ports: z.array(port) }),
  z.object({ kind: z.literal('unclaimable') }),
  z.object({ kind: z.literal('contradicted'), mailbox: text }),
  z.object({ kind: z.literal('out-of-scope'), names: z.array(text) }),
  z.object({ kind: z.literal('unconfirmed-name'), name: text }),
]);

/** The shape of a vantage from which the server began to answer otherwise. */
export const turnedSchema = z.object({
  vantage: vantageName,
  doubted: z.array(text),
  unasked: z.array(text),
  reason: text,
});

/** The shape of a saved run. */
export const runRecordSchema: z.ZodType<RunRecord> = z.object({
  toolVersion: text,
  startedAt: instant,
  durationMs: milliseconds,
  target: z.object({ host: text, address: clientAddress, port, banner: text.nullable() }),
  authorizedBy: text.nullable(),
  names: z.partialRecord(placeholder, text),
  ownDomains: z.array(text),
  vantageAddresses: z.record(vantageName, clientAddress.nullable()),
  proved: z.boolean(),
  watched: z.boolean(),
  isGuard: z.boolean(),
  interrupted: z.boolean(),
  timeLimit: reachedTimeLimitSchema.exactOptional(),
  transcripts: z.array(transcriptSchema).superRefine((transcripts, context) => {
    const known = new Set<string>();
    for (const [index, { id }] of transcripts.entries()) {
      if (known.has(id)) context.addIssue({ code: 'custom', path: [index, 'id'], message: 'stands there twice' });
      known.add(id);
    }
  }),
  skipped: z.array(
    z.object({
      id: text,
      scenario: text,
      vantage: vantageName,
      login: text.nullable(),
      variant: text.nullable().default(null),
      reason: skipReason,
    }),
  ),
  turned: z.array(turnedSchema),
  caught: z.array(caughtSchema),
  catching: z
    .object({
      faults: z.array(z.string()).default([]),
      seenAt: z.record(z.string(), instant).default({}),
      until: instant.nullable().default(null),
    })
    .prefault({}),
});
