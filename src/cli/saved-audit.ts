import { AUDIT_SCHEMA, type Audit } from '../judge/audit.ts';
import { auditSchema } from '../judge/audit-schema.ts';
import { textFrom } from './files.ts';
import { schemaFaults } from './schema-faults.ts';
import { UsageError } from './usage-error.ts';

/** Reads what `--json` printed: an audit, or an array of them. @throws UsageError */
export function auditFrom(file: string): readonly Audit[] {
  let json: unknown;
  try {
    json = JSON.parse(textFrom(file));
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError([`${file}: is no JSON: ${error instanceof Error ? error.message : String(error)}`]);
  }
  const parsed = auditSchema.array().safeParse(Array.isArray(json) ? json : [json]);
  if (parsed.success) return parsed.data;
  throw new UsageError([`${file}: is no audit of schema ${AUDIT_SCHEMA}:`, ...schemaFaults(parsed.error, file)]);
}
