import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readProxyHeader } from '../../src/guard/proxy-header.ts';

const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');

/** A header of version 2 with the given command and family bytes and address block. */
function version2(command: number, family: number, addresses: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(addresses.length);
  return Buffer.concat([SIGNATURE, Buffer.from([command, family]), length, addresses]);
}

const IPV4 = Buffer.from([198, 51, 100, 9, 127, 0, 0, 1, 0, 1, 0, 25]);
const IPV6 = Buffer.concat([
  Buffer.from('20010db8000000000000000000000009', 'hex'),
  Buffer.alloc(16),
  Buffer.from([0, 1, 0, 25]),
]);

describe('a PROXY header', () => {
  const told: readonly (readonly [string, string | Buffer, string])[] = [
    ['TCP4', 'PROXY TCP4 198.51.100.9 127.0.0.1 40000 25\r\n', '198.51.100.9'],
    ['TCP6', 'PROXY TCP6 2001:db8::9 ::1 40000 25\r\n', '2001:db8::9'],
    ['mapped TCP6', 'PROXY TCP6 ::ffff:198.51.100.9 ::1 40000 25\r\n', '::ffff:198.51.100.9'],
    ['UNKNOWN', 'PROXY UNKNOWN\r\n', ''],
    ['UNKNOWN with an address that means nothing', 'PROXY UNKNOWN 127.0.0.1 127.0.0.1 1 2\r\n', ''],
    ['version 2 over IPv4', version2(0x21, 0x11, IPV4), '198.51.100.9'],
    ['version 2 over IPv6', version2(0x21, 0x21, IPV6), '2001:db8::9'],
    [
      'version 2 with extensions',
      version2(0x21, 0x11, Buffer.concat([IPV4, Buffer.from([4, 0, 1, 0])])),
      '198.51.100.9',
    ],
    ['version 2 LOCAL', version2(0x20, 0x11, IPV4), ''],
    ['version 2 over a UNIX socket', version2(0x21, 0x31, Buffer.alloc(216)), ''],
    ['version 2 over UDP', version2(0x21, 0x12, IPV4), ''],
  ];
  test.for(told)('tells the client address: %s', ([, header, address]) => {
    const bytes = Buffer.from(header);
    expect(readProxyHeader(bytes)).toEqual({ kind: 'header', address, length: bytes.length });
    expect(readProxyHeader(Buffer.concat([bytes, Buffer.from('EHLO x\r\n')]))).toMatchObject({
      kind: 'header',
      length: bytes.length,
    });
  });

  const invalid: readonly (readonly [string, string | Buffer])[] = [
    ['no header', 'EHLO client.test\r\n'],
    ['lower case', 'proxy TCP4 198.51.100.9 127.0.0.1 1 25\r\n'],
    ['an unknown protocol', 'PROXY TCP5 198.51.100.9 127.0.0.1 1 25\r\n'],
    ['a host name', 'PROXY TCP4 localhost 127.0.0.1 1 25\r\n'],
    ['IPv6 under TCP4', 'PROXY TCP4 ::1 ::1 1 25\r\n'],
    ['IPv4 under TCP6', 'PROXY TCP6 127.0.0.1 127.0.0.1 1 25\r\n'],
    ['a leading zero', 'PROXY TCP4 127.0.0.01 127.0.0.1 1 25\r\n'],
    ['a port too large', 'PROXY TCP4 198.51.100.9 127.0.0.1 65536 25\r\n'],
    ['a missing port', 'PROXY TCP4 198.51.100.9 127.0.0.1 1\r\n'],
    ['two blanks', 'PROXY TCP4  198.51.100.9 127.0.0.1 1 25\r\n'],
    ['more than a line holds', `PROXY UNKNOWN ${'x'.repeat(100)}\r\n`],
    ['a line that never ends', 'PROXY TCP4 '.padEnd(107, '1')],
    ['version 3', version2(0x31, 0x11, IPV4)],
    ['an unknown command', version2(0x22, 0x11, IPV4)],
    ['a short address block', version2(0x21, 0x11, IPV4.subarray(0, 8))],
    ['a short IPv6 block', version2(0x21, 0x21, IPV6.subarray(0, 35))],
    ['a huge block', version2(0x21, 0x11, Buffer.alloc(2000))],
  ];
  test.for(invalid)('with a fault is none: %s', ([, header]) => {
    expect(readProxyHeader(Buffer.from(header))).toEqual({ kind: 'invalid' });
  });

  test('is waited for, byte by byte, and nothing is read before it is whole', () => {
    for (const [, header] of told) {
      const bytes = Buffer.from(header);
      for (let length = 0; length < bytes.length; length += 1) {
        expect(readProxyHeader(bytes.subarray(0, length))).toEqual({ kind: 'incomplete' });
      }
    }
  });

  test('never makes the reader throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.boolean(), (bytes, signed) => {
        const input = signed ? Buffer.concat([SIGNATURE, bytes]) : Buffer.from(bytes);
        expect(['incomplete', 'invalid', 'header']).toContain(readProxyHeader(input).kind);
      }),
      { seed: 3, numRuns: 3000 },
    );
  });
});
