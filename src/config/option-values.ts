import { OPERATOR_NAMES, type OperatorName } from '../scenario/placeholder.ts';
import { domainFault } from '../policy/own-domains.ts';
import { isIpAddress } from '../smtp/client-address.ts';
import { isAddressLiteral } from '../smtp/domain.ts';
import { asksToRouteOn, splitEnvelopeAddress } from '../smtp/envelope-address.ts';
import { mailboxForm } from '../smtp/mailbox-form.ts';
import { printable } from '../smtp/printable.ts';
import { parseVantage, type Vantage } from '../session/vantage.ts';
import { suffixFault } from '../smtp/public-suffix.ts';
import { ValueFault } from './option-fault.ts';

/** Parsers of option values; each throws a ValueFault, and who reads the option says of which. */

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0 || text.trim() === '') throw new ValueFault('write a number of 0 or more.');
  return value;
}

export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new ValueFault('write a whole number of 1 or more.');
  return value;
}

/** A week: no audit takes longer, and timers count no further than three of them. */
const LONGEST_LIMIT_S = 604_800;

/** The longest that an audit may take, in seconds. */
export function timeLimit(text: string): number {
  const seconds = Number(text);
  if (text.trim() === '' || !(seconds > 0 && seconds <= LONGEST_LIMIT_S))
    throw new ValueFault(`write a number of seconds above 0, ${LONGEST_LIMIT_S} at most.`);
  return seconds;
}

const MAILBOX_WANTED = 'write a mailbox, such as canary@example.net, without angle brackets.';

/** A mailbox such as `v@example.net`: one `@`, no routing operator, and a domain that one owner may have. */
export function mailbox(text: string): string {
  const { localPart, domain } = splitEnvelopeAddress(text);
  if (localPart === '' || domain === null || /[\s<>\p{Cc}]/u.test(text) || asksToRouteOn(localPart))
    throw new ValueFault(MAILBOX_WANTED);
  if (!isLiteral(domain)) domainName(domain);
  return text;
}

export function mailboxes(text: string, before: readonly string[]): readonly string[] {
  return [...before, mailbox(text)];
}

/** Own domains: a domain, or everything below one. */
export function domains(text: string, before: readonly string[]): readonly string[] {
  const fault = isAddressLiteral(text)
    ? `\`${printable(text)}\` is an address literal: the server takes mail for it by itself, write a domain such as example.com`
    : (domainFault(text) ?? suffixFault(text));
  if (fault !== null) throw new ValueFault(`${printable(fault)}.`);
  return [...before, text];
}

/** One domain, without a wildcard. */
export function domainName(text: string): string {
  if (text.includes('*')) throw new ValueFault('write one domain, such as example.com.');
  domains(text, []);
  return text;
}

/** A name for EHLO: a host name or an address literal (RFC 5321 §4.1.1.1). */
export function heloName(text: string): string {
  if (text.includes('*') || (isAddressLiteral(text) ? !isLiteral(text) : domainFault(text) !== null))
    throw new ValueFault('write a host name, such as client.example.org, or an address literal.');
  return text;
}

/** An address literal that holds an address. */
function isLiteral(text: string): boolean {
  return isAddressLiteral(text) && mailboxForm(`x@${text}`).kind === 'plain';
}

export function hostNames(text: string, before: readonly string[]): readonly string[] {
  return [...before, heloName(text)];
}

export type Fills = Readonly<Partial<Record<OperatorName, string>>>;

const ADDRESS_OR_LITERAL = /^\[?(?:IPv6:)?([^\]]+)\]?$/i;

/** `NAME=VALUE`: what stands for a name that only the operator can tell. */
export function fills(text: string, before: Fills | undefined): Fills {
  const [, written = '', value = ''] = /^([^=]*)=(.+)$/s.exec(text) ?? [];
  const name = OPERATOR_NAMES.find((one) => one === written);
  if (name === undefined || /[\s<>\p{Cc}]/u.test(value))
    throw new ValueFault(`write NAME=VALUE, where NAME is one of ${OPERATOR_NAMES.join(', ')}.`);
  return { ...before, [name]: fillValue(name, value) };
}

function fillValue(name: OperatorName, value: string): string {
  switch (name) {
    case 'outside-literal':
    case 'listed-address': {
      const address = ADDRESS_OR_LITERAL.exec(value)?.[1] ?? '';
      if (!isIpAddress(address)) throw new ValueFault(`\`${value}\` is no IP address.`);
      if (name === 'listed-address') return address;
      return address.includes(':') ? `[IPv6:${address}]` : `[${address}]`;
    }
    case 'mx-domain':
      return domainName(value);
    default:
      return mailbox(value);
  }
}

export function vantages(text: string, before: readonly Vantage[]): readonly Vantage[] {
  const vantage = parseVantage(text);
  if (vantage === null) throw new ValueFault('write direct, bind=ADDR, proxy=ADDR, proxy2=ADDR or xclient=ADDR.');
  if (vantage.kind !== 'direct' && !isIpAddress(vantage.address))
    throw new ValueFault(`\`${vantage.address}\` is no IP address.`);
  return [...before, vantage];
}

/** `NAME <ADDRESS>`: who answers for the audit. */
export function authorization(text: string): string {
  if (!/^[^<>\p{Cc}]+ <[^<>@\s]+@[^<>@\s]+>$/u.test(text))
    throw new ValueFault('write a name and an address, such as "Ann Admin <ann@example.com>".');
  return text;
}

const MILLISECONDS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/** A length of time, such as `90s`, `5m` or `1h`, in milliseconds; a bare number is seconds. */
export function duration(text: string): number {
  const [, number, unit = 's'] = /^(\d{1,6}(?:\.\d+)?)([smh])?$/.exec(text) ?? [];
  const milliseconds = Number(number) * (MILLISECONDS[unit] ?? Number.NaN);
  if (!(milliseconds >= 1000)) throw new ValueFault('write a time of a second or more, such as 90s, 5m or 1h.');
  return milliseconds;
}
