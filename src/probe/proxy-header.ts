import ipaddr from 'ipaddr.js';
import type { Script } from '../session/script.ts';
import { escapedBytes } from '../smtp/escaped-text.ts';

/** Both ends of the connection that a PROXY header claims. */
export interface ProxiedConnection {
  readonly source: string;
  readonly destination: string;
  readonly destinationPort: number;
}

const V2_SIGNATURE = Buffer.from([0x0d, 0x0a, 0x0d, 0x0a, 0x00, 0x0d, 0x0a, 0x51, 0x55, 0x49, 0x54, 0x0a]);
const V2_VERSION_AND_PROXY = 0x21;
const V2_TCP4 = 0x11;
const V2_TCP6 = 0x21;
/** A port for the claimed client; nobody connects to it. */
const SOURCE_PORT = 40_025;

/** A header of the PROXY protocol that claims the source address. The destination is replaced where its family differs. */
export function proxyHeader(version: 1 | 2, connection: ProxiedConnection): Buffer {
  const six = ipaddr.IPv6.isValid(connection.source);
  const destination =
    ipaddr.IPv6.isValid(connection.destination) === six ? connection.destination : six ? '::1' : '127.0.0.1';
  const { source, destinationPort } = connection;
  if (version === 1) {
    return Buffer.from(
      `PROXY ${six ? 'TCP6' : 'TCP4'} ${source} ${destination} ${SOURCE_PORT} ${destinationPort}\r\n`,
      'latin1',
    );
  }
  const addresses = Buffer.concat([
    addressBytes(source),
    addressBytes(destination),
    portBytes(SOURCE_PORT),
    portBytes(destinationPort),
  ]);
  const head = Buffer.from([V2_VERSION_AND_PROXY, six ? V2_TCP6 : V2_TCP4]);
  return Buffer.concat([V2_SIGNATURE, head, portBytes(addresses.length), addresses]);
}

const HEADER = /^(?:PROXY |\r\n\r\n\0\r\nQUIT\n)/;

/** Whether bytes, a character each, begin like a header of either version. */
export function beginsLikeProxyHeader(text: string): boolean {
  return HEADER.test(text);
}

/** Whether a script sends such a header before everything else. */
export function claimsProxy({ begins, steps }: Script): boolean {
  const first = steps[0]?.send[0];
  const isRaw = begins === 'connected' && first?.kind === 'raw';
  return isRaw && beginsLikeProxyHeader(escapedBytes(first.text).toString('latin1'));
}

function portBytes(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function addressBytes(address: string): Buffer {
  return Buffer.from(ipaddr.parse(address).toByteArray());
}
