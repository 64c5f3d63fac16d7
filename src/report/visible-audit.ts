import type { Audit } from '../judge/audit.ts';
import { visible } from '../document/visible.ts';

/** The audit with each of its texts made {@link visible}. */
export function visibleAudit(audit: Audit): Audit {
  const shown: Audit = JSON.parse(JSON.stringify(audit), (_key, value: unknown) =>
    typeof value === 'string' ? visible(value) : value,
  );
  return shown;
}
