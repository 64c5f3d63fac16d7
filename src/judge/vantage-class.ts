import ipaddr from 'ipaddr.js';

/** How far away a client is, by its address alone; what may relay from further away is the greater hole. */
export type VantageClass = 'loopback' | 'private' | 'public';

/** From the narrowest to the widest. */
export const VANTAGE_CLASSES: readonly VantageClass[] = ['loopback', 'private', 'public'];

/** Ranges of addresses that no stranger comes from (RFC 1122, RFC 1918, RFC 3927, RFC 4193, RFC 4291). */
const CLASS_OF_RANGE: ReadonlyMap<string, VantageClass> = new Map([
  ['loopback', 'loopback'],
  ['private', 'private'],
  ['linkLocal', 'private'],
  ['uniqueLocal', 'private'],
]);

/** The class of a client address without a port, a zone allowed; one that is not known may be anybody's. */
export function vantageClassOf(address: string | null): VantageClass {
  if (address === null) return 'public';
  return CLASS_OF_RANGE.get(ipaddr.process(address.replace(/%.*/s, '')).range()) ?? 'public';
}

/** The widest of them. */
export function widestClass(classes: readonly [VantageClass, ...VantageClass[]]): VantageClass {
  return classes.reduce((a, b) => (VANTAGE_CLASSES.indexOf(a) < VANTAGE_CLASSES.indexOf(b) ? b : a));
}
