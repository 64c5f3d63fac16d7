import { formatIpv4, formatIpv6, parseIpv4, parseIpv6 } from '../smtp/client-address.ts';

/** What the bytes at the beginning of a connection say by the PROXY protocol, version 1 or 2. */
export type ProxyRead =
  | { readonly kind: 'incomplete' }
  | { readonly kind: 'invalid' }
  /** `address` is `''` where the proxy tells none (UNKNOWN, LOCAL); `length` is that of the header in bytes. */
  | { readonly kind: 'header'; readonly address: string; readonly length: number };

/** Longest line of version 1 with its CRLF, and longest header of version 2 that anybody needs. */
const MAX_V1_BYTES = 107;
const MAX_V2_BYTES = 1024;
const V2_SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const V1_LINE = /^PROXY (?:(UNKNOWN)(?: .*)?|(TCP4|TCP6) (\S+) (\S+) (\d{1,5}) (\d{1,5}))$/;

/**
 * Reads a PROXY header strictly: anything that is not exactly one is invalid, and the connection worth nothing. The
 * address is taken from nowhere but the place that the protocol gives it, so after UNKNOWN nothing is (section 2.1).
 */
export function readProxyHeader(bytes: Buffer): ProxyRead {
  const first = bytes.subarray(0, V2_SIGNATURE.length);
  if (first.equals(V2_SIGNATURE.subarray(0, first.length)))
    return bytes.length < 16 ? { kind: 'incomplete' } : readV2(bytes);
  return readV1(bytes);
}

function readV1(bytes: Buffer): ProxyRead {
  const end = bytes.subarray(0, MAX_V1_BYTES).indexOf('\r\n');
  if (end === -1) return bytes.length < MAX_V1_BYTES ? { kind: 'incomplete' } : { kind: 'invalid' };
  const [whole, unknown, family, source = '', destination = '', ...ports] =
    V1_LINE.exec(bytes.toString('latin1', 0, end)) ?? [];
  if (whole === undefined) return { kind: 'invalid' };
  const length = end + 2;
  if (unknown !== undefined) return { kind: 'header', address: '', length };
  const isAddress = (text: string): boolean => (family === 'TCP4' ? parseIpv4(text) >= 0 : parseIpv6(text) !== null);
  const valid = isAddress(source) && isAddress(destination) && ports.every((port) => Number(port) <= 65_535);
  return valid ? { kind: 'header', address: source, length } : { kind: 'invalid' };
}

function readV2(bytes: Buffer): ProxyRead {
  const [versionAndCommand = 0, family = 0] = bytes.subarray(12);
  const length = 16 + bytes.readUInt16BE(14);
  if ((versionAndCommand !== 0x20 && versionAndCommand !== 0x21) || length > MAX_V2_BYTES) return { kind: 'invalid' };
  if (bytes.length < length) return { kind: 'incomplete' };
  const addresses = bytes.subarray(16, length);
  // 0x20 is LOCAL: the proxy speaks for itself, and whatever addresses follow mean nothing.
  if (versionAndCommand === 0x20) return { kind: 'header', address: '', length };
  switch (family) {
    case 0x11:
      return addresses.length < 12
        ? { kind: 'invalid' }
        : { kind: 'header', address: formatIpv4(addresses.readUInt32BE(0)), length };
    case 0x21: {
      if (addresses.length < 36) return { kind: 'invalid' };
      const word = (at: number): number => addresses.readUInt32BE(at);
      return { kind: 'header', address: formatIpv6([word(0), word(4), word(8), word(12)]), length };
    }
    default:
      return { kind: 'header', address: '', length };
  }
}
