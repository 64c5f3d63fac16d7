/**
 * Where a session comes from: this host as the routing table has it, an address bound here, or an address claimed to a
 * server that trusts this host (PROXY protocol 1 or 2, or XCLIENT). Addresses are IPv4 or IPv6 text.
 */
export type Vantage =
  | { readonly kind: 'direct' }
  | { readonly kind: 'bind'; readonly address: string }
  | { readonly kind: 'proxy'; readonly address: string; readonly version: 1 | 2 }
  | { readonly kind: 'xclient'; readonly address: string };

/** The vantage as it is typed and reported, such as `proxy=198.51.100.7`. */
export function vantageLabel(vantage: Vantage): string {
  switch (vantage.kind) {
    case 'direct':
      return 'direct';
    case 'proxy':
      return vantage.version === 1 ? `proxy=${vantage.address}` : `proxy2=${vantage.address}`;
    default:
      return `${vantage.kind}=${vantage.address}`;
  }
}

/** Reads `direct`, `bind=ADDR`, `proxy=ADDR`, `proxy2=ADDR` or `xclient=ADDR`; null for anything else. The address is not checked here. */
export function parseVantage(text: string): Vantage | null {
  if (text === 'direct') return { kind: 'direct' };
  const [, kind, address] = /^(bind|proxy|proxy2|xclient)=(.+)$/.exec(text) ?? [];
  if (kind === undefined || address === undefined) return null;
  if (kind === 'bind' || kind === 'xclient') return { kind, address };
  return { kind: 'proxy', address, version: kind === 'proxy' ? 1 : 2 };
}
