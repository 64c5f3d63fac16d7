import type { FindingKind } from '../scenario/finding-kind.ts';
import { REMEDY_ANYWHERE, type Remedies } from './remedy-anywhere.ts';
import { REMEDY_EXCHANGE } from './remedy-exchange.ts';
import { REMEDY_EXIM } from './remedy-exim.ts';
import { REMEDY_GUARD } from './remedy-guard.ts';
import { REMEDY_HARAKA } from './remedy-haraka.ts';
import { REMEDY_OPENSMTPD } from './remedy-opensmtpd.ts';
import { REMEDY_POSTFIX } from './remedy-postfix.ts';
import { REMEDY_SENDMAIL } from './remedy-sendmail.ts';
import type { Software } from './software.ts';

/** What closes findings in each server that is known so well; null for the others. */
export const REMEDIES: Readonly<Record<Software, Remedies | null>> = {
  postfix: REMEDY_POSTFIX,
  exim: REMEDY_EXIM,
  sendmail: REMEDY_SENDMAIL,
  opensmtpd: REMEDY_OPENSMTPD,
  haraka: REMEDY_HARAKA,
  exchange: REMEDY_EXCHANGE,
  relayproof: REMEDY_GUARD,
  qmail: null,
  hmailserver: null,
  unknown: null,
};

/** What closes a hole: what is to be set where the software is known, and what holds for any server. */
export function remedyFor(kind: FindingKind, software: Software): string {
  const { say } = REMEDY_ANYWHERE[kind];
  const specific = REMEDIES[software]?.[kind];
  if (specific === undefined) return say;
  const lines = specific.lines.map((line) => (line.includes('`') ? line : `\`${line}\``));
  return [specific.say, ...(lines.length === 0 ? [] : [`${lines.join(', ')}.`]), say].join(' ');
}
