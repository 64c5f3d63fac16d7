import type { Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { selfSignedIdentity } from '../../src/smtp/self-signed.ts';
import { talk } from './talk.ts';

const IDENTITY = selfSignedIdentity('localhost');

interface StartTlsServer {
  /** Takes what came behind STARTTLS in the clear for commands inside TLS. */
  readonly keepsInjected?: boolean;
  readonly sawCertificate?: (subject: string | null) => void;
}

/** Offers STARTTLS, and inside TLS answers everything but QUIT with 250. */
function startTlsServer({ keepsInjected = false, sawCertificate }: StartTlsServer): (socket: Socket) => void {
  return (socket) => {
    socket.write('220 test\r\n');
    const onPlain = (chunk: Buffer): void => {
      const [line = '', ...rest] = chunk.toString('latin1').split('\r\n');
      if (!line.startsWith('STARTTLS')) {
        socket.write(line.startsWith('EHLO') ? '250-test\r\n250 STARTTLS\r\n' : '250 ok\r\n');
        return;
      }
      socket.off('data', onPlain);
      socket.write('220 go\r\n');
      const secured = new TLSSocket(socket, {
        isServer: true,
        secureContext: createSecureContext(IDENTITY),
        requestCert: sawCertificate !== undefined,
        rejectUnauthorized: false,
      });
      secured.on('error', () => undefined);
      const answer = (commands: readonly string[]): void => {
        for (const command of commands)
          if (command !== '') secured.write(command === 'QUIT' ? '221 bye\r\n' : '250 inside\r\n');
      };
      secured.once('secure', () => {
        const { subject } = secured.getPeerCertificate();
        sawCertificate?.(subject === undefined ? null : String(subject.CN));
        if (keepsInjected) answer(rest);
      });
      secured.on('data', (inside: Buffer) => answer(inside.toString('latin1').split('\r\n')));
    };
    socket.on('data', onPlain);
  };
}

const INJECTION = {
  dialogue: ['C: STARTTLS', 'C: NOOP', 'S: 220', 'T:', 'S: ?...'],
  script: { tls: 'script' as const, needs: ['STARTTLS'] },
};

describe('a dialogue that begins TLS itself', () => {
  test('hears nothing inside TLS from a server that drops what came before', async () => {
    const { transcript } = await talk(startTlsServer({}), INJECTION);
    expect(transcript).toMatchObject({ silent: true, asked: [], end: { kind: 'completed' } });
  });

  test('hears the answer to a command that was injected', async () => {
    const { transcript } = await talk(startTlsServer({ keepsInjected: true }), INJECTION);
    expect(transcript.asked.map(({ reply }) => reply.lines)).toEqual([['inside']]);
  });

  test('goes on inside TLS', async () => {
    const { transcript } = await talk(startTlsServer({}), {
      dialogue: ['C: STARTTLS', 'S: 220', 'T:', 'C: MAIL FROM:<s@own.example>', 'S: ?'],
      script: { tls: 'script' },
    });
    expect(transcript.asked).toHaveLength(1);
    expect(transcript.turns.some((turn) => turn.kind === 'note' && turn.text.includes('TLSv1'))).toBe(true);
  });
});

describe('a certificate of nobody', () => {
  const dialogue = ['C: NOOP', 'S: ?'];

  test('is offered in the handshake, which is made for its sake', async () => {
    const seen: (string | null)[] = [];
    const server = startTlsServer({ sawCertificate: (subject) => seen.push(subject) });
    const script = { clientCertificate: 'self-signed' as const, needs: ['STARTTLS'] };
    const { transcript } = await talk(server, { dialogue, script });
    expect(transcript.asked).toHaveLength(1);
    expect(seen).toEqual(['client.example']);
  });

  test('is not offered otherwise', async () => {
    const seen: (string | null)[] = [];
    const server = startTlsServer({ sawCertificate: (subject) => seen.push(subject) });
    await talk(server, { dialogue, options: { tls: 'starttls' } });
    expect(seen).toEqual([null]);
  });
});

test('a scenario about the clear stays in the clear, even where TLS is asked for', async () => {
  const { transcript } = await talk(startTlsServer({}), {
    dialogue: ['C: NOOP', 'S: ?'],
    script: { tls: 'off' },
    options: { tls: 'starttls' },
  });
  expect(transcript.turns.some((turn) => turn.kind === 'sent' && turn.stage === 'starttls')).toBe(false);
});
