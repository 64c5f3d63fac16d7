import { AUDIT_SCHEMA, type Audit } from '../judge/audit.ts';
import { auditSchema } from '../judge/audit-schema.ts';
import { textFrom } from '../document/files.ts';
import { schemaFaults } from '../document/schema-faults.ts';
import { UsageError } from '../document/usage-error.ts';

/** Reads a file with what `--json` printed: an audit, or an array of them. @throws UsageError */
export function auditFrom(file: string): readonly Audit[] {
  return parseAudits(textFrom(file), file);
}

/** Reads what `--json` printed. @throws UsageError with what is wrong with it */
export function parseAudits(text: string, file: string): readonly Audit[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new UsageError([`${file}: is no JSON: ${error instanceof Error ? error.message : String(error)}`]);
  }
  const parsed = auditSchema.array().safeParse(Array.isArray(json) ? json : [json]);
  if (parsed.success) return parsed.data;
  throw new UsageError([`${file}: is no audit of schema ${AUDIT_SCHEMA}:`, ...schemaFaults(parsed.error, file)]);
}
