import { toASCII, toUnicode } from 'tr46';
import { formatIpv6, mappedIpv4, parseIpv4, parseIpv6 } from './client-address.ts';
import { isAscii, isAddressLiteral } from './domain.ts';

/**
 * Whether an address can be handed on unchanged. A plain one means the same to every server that reads it; anything that
 * two servers could read in two ways is ambiguous, and a relay that forwards it may forward it to somewhere else.
 */
export type MailboxForm =
  | { readonly kind: 'plain'; /** The exact ASCII bytes that may go on a wire. */ readonly mailbox: string }
  | { readonly kind: 'ambiguous'; /** What makes it so, as a noun phrase. */ readonly reason: string };

type Part = { readonly text: string } | { readonly reason: string };

const STRICT = { checkHyphens: false, checkBidi: true, checkJoiners: true, useSTD3ASCIIRules: true } as const;

/** Atext of RFC 5322 section 3.2.3 without `%`, `!` (routing operators) and `|` (a pipe to some servers). */
const SAFE_ATOM = /^[A-Za-z0-9#$&'*+/=?^_`{}~-]+$/u;

function plainLocalPart(localPart: string): Part {
  if (localPart === '') return { reason: 'an empty local part' };
  if (!isAscii(localPart)) return { reason: 'a local part outside ASCII' };
  if (localPart.length > 64) return { reason: 'a local part of more than 64 octets' };
  if (/["\\]/u.test(localPart)) return { reason: 'a quoted local part' };
  if (/[%!@]/u.test(localPart)) return { reason: 'a routing operator in the local part' };
  if (localPart.startsWith('/')) return { reason: 'a local part that looks like a file name' };
  if (!localPart.split('.').every((atom) => SAFE_ATOM.test(atom)))
    return { reason: 'a local part that is no dot-atom' };
  return { text: localPart };
}

function plainLiteral(domain: string): Part {
  const inside = domain.slice(1, -1);
  if (parseIpv4(inside) >= 0) return { text: domain };
  const words = /^ipv6:/iu.test(inside) ? parseIpv6(inside.slice(5)) : null;
  if (words === null) return { reason: 'an address literal that is no address' };
  if (mappedIpv4(words) >= 0) return { reason: 'an IPv4 address written as an IPv6 literal' };
  return { text: `[IPv6:${formatIpv6(words)}]` };
}

/** Resolvers read a name as an IPv4 address when its last label is a number, in whatever base (`0x7f.1`, `2130706433`). */
function readsAsNumber(lastLabel: string): boolean {
  return /^(?:\d+|0x[\da-f]*)$/u.test(lastLabel);
}

function plainName(domain: string): Part {
  if (domain.endsWith('.')) return { reason: 'a domain with a trailing dot' };
  // The case of ASCII labels means nothing; a capital in any other label is not its canonical form.
  const written = domain.split('.').map((label) => (isAscii(label) ? label.toLowerCase() : label));
  const name = written.join('.');
  const mapped = name.isWellFormed() && name.length <= 255 ? toASCII(name, { ...STRICT, verifyDNSLength: true }) : null;
  if (mapped === null) return { reason: 'a domain that is no host name' };
  const labels = mapped.split('.');
  const decoded = toUnicode(mapped, STRICT).domain.split('.');
  // Full-width letters, soft hyphens and the like: policy would see one name and the resolver another.
  const mapsBack = labels.every((label, at) => written[at] === label || written[at] === decoded[at]);
  if (!mapsBack || written.length !== labels.length) return { reason: 'a domain that is not in its canonical form' };
  // Letters such as U+00DF name two different hosts, depending on the age of the software.
  if (toASCII(name, { ...STRICT, transitionalProcessing: true }) !== mapped) {
    return { reason: 'a domain that older software maps to another name' };
  }
  if (labels.some((label) => label.startsWith('-') || label.endsWith('-'))) {
    return { reason: 'a domain that is no host name' };
  }
  if (readsAsNumber(labels.at(-1) ?? '')) return { reason: 'a domain that reads as a number' };
  return { text: mapped };
}

/**
 * The form of an envelope address without angle brackets. Plain are a dot-atom local part at an A-label name, at a U-label
 * name that UTS #46 maps to one A-label and back, or at a literal; `postmaster`; and the null sender `''`.
 */
export function mailboxForm(address: string): MailboxForm {
  if (address === '') return { kind: 'plain', mailbox: '' };
  if (/^postmaster$/iu.test(address)) return { kind: 'plain', mailbox: 'postmaster' };
  const at = address.lastIndexOf('@');
  if (at < 0) return { kind: 'ambiguous', reason: 'no domain' };
  const local = plainLocalPart(address.slice(0, at));
  if ('reason' in local) return { kind: 'ambiguous', reason: local.reason };
  const written = address.slice(at + 1);
  const domain = isAddressLiteral(written) ? plainLiteral(written) : plainName(written);
  if ('reason' in domain) return { kind: 'ambiguous', reason: domain.reason };
  return { kind: 'plain', mailbox: `${local.text}@${domain.text}` };
}
