import { formatClientAddress, formatIpv6, parseClientAddress } from '../smtp/client-address.ts';

/** The normalised text of an address; text that is no address comes back as it is. */
export function normalAddress(text: string): string {
  const address = parseClientAddress(text);
  return address === null ? text : formatClientAddress(address);
}

/** Under which key a client is counted: its IPv4 address, or the /64 of its IPv6 address, which is one customer's. */
export function clientKey(text: string): string {
  const address = parseClientAddress(text);
  if (address === null) return text;
  return address.family === 4
    ? formatClientAddress(address)
    : `${formatIpv6([address.words[0], address.words[1], 0, 0])}/64`;
}
