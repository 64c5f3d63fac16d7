import type { ClientAddress } from '../smtp/client-address.ts';
import { ipv4Bounds, isContiguous } from './address-entry.ts';
import type { AddressEntry } from './address-entry.ts';
import { compileBlocks } from './ipv6-blocks.ts';
import { compileBoxes } from './ipv4-boxes.ts';
import { compileIntervals } from './ipv4-intervals.ts';

/** A compiled address list. */
export interface AddressMatcher {
  readonly entries: readonly AddressEntry[];
  /** A list without entries; what that means is for the policy to say. */
  readonly isBlank: boolean;
  readonly matches: (address: ClientAddress) => boolean;
}

/** Compiles a list so that a decision does not grow with its length, whatever forms its entries have. */
export function compileAddressList(entries: readonly AddressEntry[]): AddressMatcher {
  if (entries.some((entry) => entry.kind === 'any')) return { entries, isBlank: false, matches: () => true };
  const ipv4 = entries.flatMap((entry) => (entry.kind === 'ipv4' ? [entry.octets] : []));
  const inIntervals = compileIntervals(ipv4.filter(isContiguous).map(ipv4Bounds));
  const inBoxes = compileBoxes(ipv4.filter((octets) => !isContiguous(octets)));
  const inBlocks = compileBlocks(entries.flatMap((entry) => (entry.kind === 'ipv6' ? [entry] : [])));
  return {
    entries,
    isBlank: entries.length === 0,
    matches: (address) =>
      address.family === 4 ? inIntervals(address.value) || inBoxes(address.value) : inBlocks(address.words),
  };
}
