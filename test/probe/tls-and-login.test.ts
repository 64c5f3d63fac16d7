import { describe, expect, test, type TestContext } from 'vitest';
import type { SessionOptions } from '../../src/probe/session-options.ts';
import { runSession } from '../../src/probe/session-runner.ts';
import type { Transcript } from '../../src/session/transcript.ts';
import { HOSTILE_CA, startHostileServer, type HostileServer } from '../support/hostile-server.ts';
import { startScriptServer, soundAnswer, type Answer } from '../support/script-server.ts';
import { optionsFor, probeOf } from '../support/session-rig.ts';

const CREDENTIALS = { user: 'alice', password: 'tr0ub4dor-and-3' };

async function serveTls(context: TestContext, tls: 'starttls' | 'implicit' | 'none'): Promise<HostileServer> {
  // Its moment is the last one, so it is sound all the way.
  const server = await startHostileServer({ moment: 'quit', act: (wire, honest) => wire.send(honest), tls });
  context.onTestFinished(() => server.stop());
  return server;
}

function logInto(port: number, options: Partial<SessionOptions> = {}): Promise<Transcript> {
  return runSession(probeOf({ login: 'alice' }), optionsFor(port, { credentials: CREDENTIALS, ...options }));
}

function notes({ turns }: Transcript): string {
  return turns.flatMap((turn) => (turn.kind === 'note' ? [turn.text] : [])).join('\n');
}

describe.concurrent('TLS', () => {
  test('is begun by STARTTLS for a login where it is offered, and the certificate is checked', async (context) => {
    const server = await serveTls(context, 'starttls');
    const transcript = await logInto(server.port, { tlsCa: HOSTILE_CA, insecureLogin: false });
    expect(transcript.end.kind).toBe('completed');
    expect(notes(transcript)).toContain('certificate verified');
    expect(notes(transcript)).toContain('authenticated');
    expect(server.heard().match(/EHLO/g)).toHaveLength(2);
  });

  test('is not begun for a stranger unless it is asked for', async (context) => {
    const server = await serveTls(context, 'starttls');
    await runSession(probeOf(), optionsFor(server.port));
    expect(server.heard()).not.toContain('STARTTLS');
    await runSession(probeOf(), optionsFor(server.port, { tls: 'starttls' }));
    expect(server.heard()).toContain('STARTTLS');
  });

  test('comes first where it is implicit', async (context) => {
    const server = await serveTls(context, 'implicit');
    const transcript = await logInto(server.port, { tls: 'implicit', tlsCa: HOSTILE_CA, insecureLogin: false });
    expect(transcript.end.kind).toBe('completed');
    expect(notes(transcript)).toContain('certificate verified');
  });

  test('audits on over a certificate that nobody vouches for, but sends no credentials', async (context) => {
    const server = await serveTls(context, 'starttls');
    const stranger = await runSession(probeOf(), optionsFor(server.port, { tls: 'starttls' }));
    expect(stranger.end.kind).toBe('completed');
    expect(notes(stranger)).toContain('certificate not verified');
    const transcript = await logInto(server.port, { insecureLogin: false });
    expect(transcript.end).toMatchObject({ kind: 'no-login' });
    expect(server.heard()).not.toContain('AUTH');
  });

  test('sends no credentials to a name that the certificate does not carry', async (context) => {
    const server = await serveTls(context, 'starttls');
    const transcript = await logInto(server.port, {
      tlsCa: HOSTILE_CA,
      insecureLogin: false,
      target: { address: '127.0.0.1', port: server.port, name: 'other.example.com' },
    });
    expect(transcript.end).toMatchObject({ kind: 'no-login' });
    expect(server.heard()).not.toContain('AUTH');
  });

  test('fails for a server that does not speak it, and nothing is said in the clear then', async (context) => {
    const server = await serveTls(context, 'none');
    const transcript = await logInto(server.port, { tls: 'starttls', insecureLogin: true });
    expect(transcript.end.kind).not.toBe('completed');
    expect(server.heard()).not.toContain('AUTH');
    const implicit = await logInto(server.port, { tls: 'implicit' });
    expect(implicit.end.kind).toBe('tls-failed');
  });

  test('is not begun where more was said in plain text before the handshake: the session is out of step', async (context) => {
    const server = await startHostileServer({
      moment: 'starttls',
      tls: 'starttls',
      act: (wire, honest) => {
        wire.send(`${honest}250 injected\r\n`);
        wire.secure();
      },
    });
    context.onTestFinished(() => server.stop());
    const transcript = await runSession(probeOf(), optionsFor(server.port, { tls: 'starttls' }));
    expect(transcript.end).toMatchObject({ kind: 'desync', stage: 'starttls' });
    expect(JSON.stringify(transcript)).not.toContain('injected');
  });
});

/** Speaks one mechanism and keeps what it was told. */
function mechanism(name: string, steps: readonly string[]): Answer {
  let step = 0;
  return (line, session) => {
    if (line.startsWith('EHLO')) return `250-mx.example.com\r\n250 AUTH ${name}`;
    if (line.startsWith('AUTH') || step > 0) {
      const reply = steps[step] ?? '535 5.7.8 no';
      step = step + 1 < steps.length ? step + 1 : 0;
      return reply;
    }
    return soundAnswer(line, session);
  };
}

describe.concurrent('a login', () => {
  const serve = async (context: TestContext, answer: Answer): ReturnType<typeof startScriptServer> => {
    const server = await startScriptServer(answer);
    context.onTestFinished(() => server.stop());
    return server;
  };
  const decoded = (text: string | undefined): string => Buffer.from(text ?? '', 'base64').toString();

  test('by PLAIN sends one line', async (context) => {
    const server = await serve(context, mechanism('LOGIN PLAIN', ['235 ok']));
    const transcript = await logInto(server.port);
    expect(decoded(server.lines()[1]?.replace('AUTH PLAIN ', ''))).toBe('\0alice\0tr0ub4dor-and-3');
    expect(transcript.end.kind).toBe('completed');
    expect(JSON.stringify(transcript)).toContain('AUTH PLAIN [redacted]');
  });

  test('by LOGIN answers two questions', async (context) => {
    const server = await serve(context, mechanism('LOGIN', ['334 VXNlcm5hbWU6', '334 UGFzc3dvcmQ6', '235 ok']));
    const transcript = await logInto(server.port);
    expect(server.lines().slice(2, 4).map(decoded)).toEqual(['alice', 'tr0ub4dor-and-3']);
    expect(transcript.end.kind).toBe('completed');
  });

  test('by CRAM-MD5 answers a challenge and shows neither password nor response', async (context) => {
    const server = await serve(context, mechanism('PLAIN CRAM-MD5', ['334 PDEuMkBteD4=', '235 ok']));
    const transcript = await logInto(server.port);
    expect(decoded(server.lines()[2])).toMatch(/^alice [0-9a-f]{32}$/);
    expect(JSON.stringify(transcript)).not.toContain(server.lines()[2]);
  });

  test.each([
    ['says no', mechanism('PLAIN', ['535 5.7.8 no'])],
    ['wants a second step that PLAIN does not have', mechanism('PLAIN', ['334 ', '235 ok'])],
    ['says no to the user', mechanism('LOGIN', ['334 VXNlcm5hbWU6', '535 5.7.8 no'])],
    ['takes the user for a login', mechanism('LOGIN', ['235 ok'])],
    ['offers nothing that we speak', mechanism('XOAUTH2', ['235 ok'])],
    ['offers no AUTH', soundAnswerWithoutAuth],
  ])('that the server %s ends the session before the question', async (_, answer) => {
    const server = await startScriptServer(answer);
    const transcript = await logInto(server.port);
    await server.stop();
    expect(transcript.end.kind).toBe('no-login');
    expect(transcript.asked).toEqual([]);
    expect(server.lines().some((line) => line.startsWith('MAIL'))).toBe(false);
    expect(JSON.stringify(transcript)).not.toContain(CREDENTIALS.password);
  });
});

function soundAnswerWithoutAuth(line: string, session: Parameters<Answer>[1]): string | null {
  return line.startsWith('EHLO') ? '250 mx.example.com' : soundAnswer(line, session);
}
