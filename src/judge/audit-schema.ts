import { z } from 'zod';
import { FINDING_KINDS } from '../scenario/finding-kind.ts';
import { OPERATOR_NAMES } from '../scenario/placeholder.ts';
import { AUDIT_SCHEMA, type Audit } from './audit.ts';
import { instant } from '../session/checked-values.ts';
import { VANTAGE_CLASSES } from './vantage-class.ts';
import { caughtSchema } from '../session/caught-schema.ts';
import { STAGES } from '../session/transcript.ts';

const stage = z.enum(STAGES);
const verdict = z.enum([
  'relayed',
  'accepted',
  'refused',
  'swallowed',
  'deferred',
  'masked',
  'inconclusive',
  'skipped',
]);
const count = z.number().int().nonnegative();
const rule = z.enum([
  'restrictInternal.toListedIps',
  'restrictInternal.toAuthenticated',
  'restrictOutbound.toListedIps',
  'restrictOutbound.toAuthenticated',
  'restrictRelay.toListedIps',
  'restrictRelay.toAuthenticated',
  'domainRestrictSend',
  'userRestrictSend',
]);

/** The shape of a time limit that was reached. */
export const reachedTimeLimitSchema = z.strictObject({ seconds: z.number().positive(), unasked: count });

const where = {
  address: z.string(),
  port: count,
  banner: z.string().nullable(),
  software: z.string(),
};

const expectation = z.strictObject({
  answer: z.enum(['accept', 'refuse', 'local-only', 'either']),
  basis: z.enum(['policy', 'form', 'safe-answer']),
  violated: z.array(rule),
});

const result = z.strictObject({
  endpoint: z.string(),
  scenario: z.string(),
  family: z.string(),
  vantage: z.string(),
  login: z.string().nullable(),
  variant: z.string().nullable(),
  verdict,
  stage: stage.nullable(),
  reply: z.string().nullable(),
  reason: z.string(),
  expected: expectation,
  agrees: z.boolean().nullable(),
  transcript: z.string().nullable(),
  ms: z.number().nonnegative(),
});

const control = z.strictObject({
  endpoint: z.string(),
  scenario: z.string(),
  role: z.enum(['positive-control', 'catch-all-control']),
  vantage: z.string(),
  login: z.string().nullable(),
  verdict,
  valid: z.boolean(),
  reason: z.string(),
});

const confidence = z.enum(['low', 'medium', 'high']);

const finding = z.strictObject({
  id: z.enum(FINDING_KINDS),
  scenario: z.string(),
  severity: z.enum(['low', 'medium', 'high', 'critical']),
  confidence,
  title: z.string(),
  login: z.string().nullable(),
  evidence: z.array(
    z.strictObject({
      endpoint: z.string(),
      vantage: z.string(),
      verdict,
      reason: z.string(),
      transcript: z.string(),
      dialogue: z.array(z.string()),
      caught: z.array(caughtSchema),
    }),
  ),
  also: z.array(z.string()),
  remedy: z.string(),
  // Findings of the first fingerprints had neither: they are of no cause that is known today.
  cause: z.string().default(''),
  reach: z
    .array(z.strictObject({ endpoint: z.string(), vantageClass: z.enum(VANTAGE_CLASSES), confidence }))
    .default([]),
  fingerprint: z.string(),
  standing: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('known') }),
      z.strictObject({ kind: z.literal('waived'), reason: z.string(), who: z.string(), expiry: z.iso.date() }),
    ])
    .exactOptional(),
});

/** The shape of the audit object. */
export const auditSchema: z.ZodType<Audit> = z.strictObject({
  schema: z.literal(AUDIT_SCHEMA),
  tool: z.strictObject({ name: z.literal('relayproof'), version: z.string() }),
  startedAt: instant,
  durationMs: z.number().nonnegative(),
  target: z.strictObject({ host: z.string(), ...where }),
  endpoints: z.array(z.strictObject({ name: z.string(), ...where })),
  authorizedBy: z.string().nullable(),
  vantages: z.array(z.strictObject({ name: z.string(), address: z.string().nullable() })),
  policy: z.string().nullable(),
  proved: z.boolean(),
  interrupted: z.boolean(),
  catcherFaults: z.array(z.string()).default([]),
  timeLimit: reachedTimeLimitSchema.exactOptional(),
  turned: z.array(
    z.strictObject({ endpoint: z.string(), vantage: z.string(), reason: z.string(), doubted: count, unasked: count }),
  ),
  unfilled: z.array(z.enum(OPERATOR_NAMES)).default([]),
  families: z.array(z.strictObject({ name: z.string(), title: z.string(), controlled: z.boolean() })),
  controls: z.array(control),
  results: z.array(result),
  findings: z.array(finding),
  summary: z.strictObject({
    verdicts: z.strictObject({
      relayed: count,
      accepted: count,
      refused: count,
      swallowed: count,
      deferred: count,
      masked: count,
      inconclusive: count,
      skipped: count,
    }),
    sessions: count,
    commandsSent: count,
    messagesSent: count,
    caught: count,
  }),
});

/** JSON Schema (draft-07) of the audit object. */
export function auditJsonSchema(): object {
  return z.toJSONSchema(auditSchema, { target: 'draft-7' });
}
