import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { SMTPServer } from 'smtp-server';
import { SMTPConnection as ServerConnection } from 'smtp-server/lib/smtp-connection.js';
import { SMTPStream } from 'smtp-server/lib/smtp-stream.js';
import { describe, expect, test } from 'vitest';
import { CatcherConnection } from '../../src/catcher/catcher-connection.ts';
import { CommandStream } from '../../src/guard/command-stream.ts';
import { GuardConnection } from '../../src/guard/guard-connection.ts';
import { GuardServer } from '../../src/guard/guard-server.ts';
import { ReplyGate } from '../../src/guard/reply-gate.ts';

/** Methods that a class has by its own right. */
function ownMethods(prototype: object): readonly string[] {
  return Object.entries(Object.getOwnPropertyDescriptors(prototype))
    .filter(([name, descriptor]) => name !== 'constructor' && typeof descriptor.value === 'function')
    .map(([name]) => name);
}

/** Members of a socket that the library reads, or calls only where they are. */
const LOOKED_AT = new Set(['localAddress', 'localPort', 'remoteAddress', 'remotePort', 'setKeepAlive', 'setNoDelay']);

function asSocket(gate: Duplex): Socket {
  if (!isSocket(gate)) throw new TypeError('no gate');
  return gate;
}

function isSocket(gate: Duplex): gate is Socket {
  return 'setTimeout' in gate;
}

describe('the seams of the libraries', () => {
  const overridden: readonly (readonly [string, object, object, readonly string[]])[] = [
    ['GuardConnection', GuardConnection.prototype, ServerConnection.prototype, ['takeMessage', 'dismiss']],
    ['GuardServer', GuardServer.prototype, SMTPServer.prototype, ['stop']],
    ['CommandStream', CommandStream.prototype, SMTPStream.prototype, []],
    ['CatcherConnection', CatcherConnection.prototype, ServerConnection.prototype, []],
  ];
  test.for(overridden)('are still there: %s overrides methods that the library has', ([, own, library, additions]) => {
    const inLibrary = new Set(ownMethods(library));
    expect(ownMethods(own).filter((name) => !inLibrary.has(name))).toEqual(additions);
    expect(ownMethods(own).length).toBeGreaterThan(additions.length);
  });

  test('hold: the client library asks of a connected socket nothing but what the gate has', async () => {
    // Given a gate that notes what it is asked for, before a next hop in good order
    const wire = new Duplex({
      read: () => undefined,
      write: (chunk: Buffer, _encoding, done) => {
        done();
        const line = chunk.toString('latin1');
        const reply = line.endsWith('.\r\n') ? '250 kept' : line.startsWith('DATA') ? '354 go' : '250 ok';
        setImmediate(() => wire.push(`${reply}\r\n`));
      },
    });
    const gate = new ReplyGate(wire, { from: 'a@b.test', to: ['c@d.test'], eightBit: false }, 'guard.test');
    const missing = new Set<string>();
    const noting = new Proxy(gate, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (!(name in target) && typeof name === 'string') missing.add(name);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    // When a message goes through it
    const client = new SMTPConnection({ connection: asSocket(noting), name: 'guard.test', ignoreTLS: true });
    client.on('error', () => undefined);
    client.connect(() => {
      client.send({ from: 'a@b.test', to: ['c@d.test'] }, 'Subject: x\r\n\r\nx\r\n', () => undefined);
    });
    setImmediate(() => wire.push('220 hop.test\r\n'));
    // Then it arrives, and what was missing is only looked at and never called
    expect(await gate.outcome).toEqual({ kind: 'delivered' });
    client.close();
    expect([...missing].filter((name) => !LOOKED_AT.has(name))).toEqual([]);
  });
});
