import ipaddr from 'ipaddr.js';

/** Who may stay when too many connections are open. */
export type Admission<T> =
  | { readonly kind: 'free' }
  /** In place of the oldest connection of the client that has the most. */
  | { readonly kind: 'instead'; readonly of: T }
  | { readonly kind: 'refused' };

interface Client {
  /** IP address. */
  readonly remoteAddress: string;
}

/** Addresses that one client can choose from at will: of IPv6 a network of 64 bits (RFC 4291 §2.5.4). */
function clientOf(address: string): string {
  if (!ipaddr.IPv6.isValid(address)) return address;
  return ipaddr.IPv6.parse(address).parts.slice(0, 4).join(':');
}

/**
 * Shares the connections among the clients that there are: one that opens all and stays gives way to another, and the
 * target may still open as many as nobody else wants.
 * @param open oldest first
 */
export function admit<T extends Client>(open: readonly T[], newcomer: Client, most: number): Admission<T> {
  if (open.length < most) return { kind: 'free' };
  const byClient = Map.groupBy(open, ({ remoteAddress }) => clientOf(remoteAddress));
  const own = byClient.get(clientOf(newcomer.remoteAddress))?.length ?? 0;
  const biggest = [...byClient.values()].reduce((a, b) => (b.length > a.length ? b : a), []);
  const [oldest] = biggest;
  return oldest === undefined || own + 1 >= biggest.length ? { kind: 'refused' } : { kind: 'instead', of: oldest };
}
