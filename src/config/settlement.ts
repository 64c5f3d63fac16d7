import type { Audit } from '../judge/audit.ts';
import { markKnown } from '../judge/baseline.ts';
import { configFrom } from './config-file.ts';
import { auditFrom } from './saved-audit.ts';
import { applyWaivers, expiredText, unmatchedText, type Waiver } from '../judge/waivers.ts';

/** What keeps findings from counting. */
export interface Exemptions {
  readonly baseline: readonly Audit[];
  readonly waivers: readonly Waiver[];
}

export interface Settled {
  readonly audits: readonly Audit[];
  /** Waivers that are to be looked after, a sentence each. */
  readonly notices: readonly string[];
}

/** @throws UsageError when a file cannot be read, or is something else */
export function exemptionsFrom(options: {
  readonly baseline?: string | undefined;
  readonly waivers?: string | undefined;
}): Exemptions {
  return {
    baseline: options.baseline === undefined ? [] : auditFrom(options.baseline),
    waivers: options.waivers === undefined ? [] : configFrom(options.waivers, '.').settings.waivers,
  };
}

/** Marks the findings that do not count on that day, and tells which waivers are over or fit nothing. */
export function settleFindings(audits: readonly Audit[], { baseline, waivers }: Exemptions, today: Date): Settled {
  const waived = applyWaivers(audits, waivers, today);
  return {
    audits: markKnown(waived.audits, baseline),
    notices: [...waived.expired.map(expiredText), ...waived.unmatched.map(unmatchedText)],
  };
}
