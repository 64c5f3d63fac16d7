import type { Audit } from './audit.ts';
import { mapFindings } from './baseline.ts';

/** Somebody answers for a finding until a day. */
export interface Waiver {
  /** The finding's fingerprint, or its first hexadecimal digits. */
  readonly fingerprint: string;
  readonly reason: string;
  readonly who: string;
  /** ISO date, the last day on which it holds (UTC). */
  readonly expiry: string;
}

export interface Waived {
  readonly audits: readonly Audit[];
  /** Waivers that let their finding count again. */
  readonly expired: readonly Waiver[];
  /** Waivers of which no audit has the finding. */
  readonly unmatched: readonly Waiver[];
}

/** Marks the findings for which a waiver holds on a day. Pure: the day is given. */
export function applyWaivers(audits: readonly Audit[], waivers: readonly Waiver[], today: Date): Waived {
  const day = today.toISOString().slice(0, 10);
  const found = audits.flatMap(({ findings }) => findings);
  const matched = waivers.filter((waiver) => found.some((finding) => covers(waiver, finding)));
  const holding = matched.filter(({ expiry }) => expiry >= day);
  return {
    audits: mapFindings(audits, (finding) => {
      const waiver = holding.find((one) => covers(one, finding));
      if (waiver === undefined) return finding;
      const { reason, who, expiry } = waiver;
      return { ...finding, standing: { kind: 'waived', reason, who, expiry } };
    }),
    expired: matched.filter((waiver) => waiver.expiry < day),
    unmatched: waivers.filter((waiver) => !matched.includes(waiver)),
  };
}

function covers(waiver: Waiver, { fingerprint }: { readonly fingerprint: string }): boolean {
  return fingerprint.startsWith(waiver.fingerprint);
}

export function expiredText({ fingerprint, who, reason, expiry }: Waiver): string {
  return `the waiver of ${fingerprint.slice(0, 16)} by ${who} (${reason}) ended on ${expiry}: the finding counts again`;
}

export function unmatchedText({ fingerprint, who, reason }: Waiver): string {
  return `the waiver of ${fingerprint.slice(0, 16)} by ${who} (${reason}) fits no finding: take it out`;
}
