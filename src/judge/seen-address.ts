import { formatClientAddress, parseClientAddress } from '../smtp/client-address.ts';
import type { Caught } from '../session/caught.ts';
import type { Transcript } from '../session/transcript.ts';
import { vantageClassOf } from './vantage-class.ts';

/** The address that the server took for the client's, and where it said so. */
export interface SeenAddress {
  readonly address: string;
  readonly where: 'EHLO reply' | 'Received field';
}

/** Addresses in brackets or parentheses, bare IPv4 too: `Hello x [192.0.2.1]`, `from x (x [IPv6:2001:db8::1])`. */
const ADDRESSES =
  /\[(?:IPv6:)?([0-9a-fA-F:.]{3,45})\]|\((\d{1,3}(?:\.\d{1,3}){3})\)|(?<![\w.])(\d{1,3}(?:\.\d{1,3}){3})(?![\w.])/g;
/** The part of a Received field that tells the client (RFC 5321 §4.4): what stands before `by`. */
const FROM_CLAUSE = /^from (.*?) by /i;

/** What a session shows of the client address that the server saw; null where it says nothing. */
export function seenAddress(transcript: Transcript, caught: readonly Caught[]): SeenAddress | null {
  for (const turn of transcript.turns.toReversed()) {
    if (turn.kind !== 'received' || turn.stage !== 'ehlo' || turn.reply.code !== 250) continue;
    // The first word is the server's own name, which may be an address as well; our own name comes back, too.
    const greeting = (turn.reply.lines[0] ?? '').replace(/^\S+/, '');
    const address = firstAddress(withoutHelo(greeting, transcript));
    return address === null ? fromReceived(transcript, caught) : { address, where: 'EHLO reply' };
  }
  return fromReceived(transcript, caught);
}

/**
 * The oldest Received field of a caught canary is the one that the server under audit wrote. Its HELO name may be an
 * address literal of our own making and is taken out first.
 */
function fromReceived(transcript: Transcript, caught: readonly Caught[]): SeenAddress | null {
  for (const { received } of caught) {
    const clause = FROM_CLAUSE.exec((received.at(-1) ?? '').replace(/\s+/g, ' '))?.[1] ?? '';
    const address = firstAddress(withoutHelo(clause, transcript));
    if (address !== null) return { address, where: 'Received field' };
  }
  return null;
}

function withoutHelo(text: string, { turns }: Transcript): string {
  const greeting = turns.findLast((turn) => turn.kind === 'sent' && turn.stage === 'ehlo');
  const helo = greeting?.kind === 'sent' ? (greeting.text.split(' ')[1] ?? '') : '';
  return helo === '' ? text : text.replaceAll(helo, '');
}

function firstAddress(text: string): string | null {
  for (const [, bracketed, parenthesised, bare] of text.matchAll(ADDRESSES)) {
    const parsed = parseClientAddress(bracketed ?? parenthesised ?? bare ?? '');
    if (parsed !== null) return formatClientAddress(parsed);
  }
  return null;
}

/** How an address that was seen stands to the one that the client had. */
export type AddressComparison = 'same' | 'inside-instead-of-outside' | 'another' | 'translated-on-our-side';

/**
 * An outside client that is seen as an inside one has every right of the inside: most real open relays are that. A private
 * client that is seen with a public address only stands behind a translating router of its own.
 */
export function compareAddresses(own: string, seen: string): AddressComparison {
  const [had, took] = [parseClientAddress(own), parseClientAddress(seen)];
  if (had === null || took === null || formatClientAddress(had) === formatClientAddress(took)) return 'same';
  const [wasInside, isInside] = [own, seen].map((address) => vantageClassOf(address) !== 'public');
  if (!wasInside && isInside) return 'inside-instead-of-outside';
  return wasInside && !isInside ? 'translated-on-our-side' : 'another';
}
