import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runSession } from '../../src/probe/session-runner.ts';
import type { Canary } from '../../src/probe/session-options.ts';
import type { Script, ScriptOutgoing, ScriptStep } from '../../src/session/script.ts';
import type { Transcript } from '../../src/session/transcript.ts';
import { openAnswer, startScriptServer, type ScriptServer } from '../support/script-server.ts';
import { CANARY_TOKEN, optionsFor, probeOf, scriptOf } from '../support/session-rig.ts';

let server: ScriptServer;

beforeAll(async () => {
  server = await startScriptServer(openAnswer);
});

afterAll(() => server.stop());

const raw = (text: string): ScriptOutgoing => ({ kind: 'raw', text });
const line = (text: string): ScriptOutgoing => ({ kind: 'line', text });
const asking = (...send: readonly ScriptOutgoing[]): ScriptStep => ({
  send,
  replies: [{ kind: 'question', goOn: true }],
});
const taken = (...send: readonly ScriptOutgoing[]): ScriptStep => ({
  send,
  replies: [{ kind: 'codes', codes: ['2xx', '354'] }],
});

/** What the server got in one session that ran the script, and how that session ended. */
async function sent(
  script: Partial<Script>,
  canary: Canary | null = null,
): Promise<{ readonly bytes: string; readonly transcript: Transcript }> {
  const before = server.bytes().length;
  const transcript = await runSession(
    probeOf({ script: scriptOf(script) }),
    optionsFor(server.port, { canaryFor: () => canary }),
  );
  return { bytes: server.bytes().slice(before).join(''), transcript };
}

const recipient = (text: string): Partial<Script> => ({
  steps: [taken(line('MAIL FROM:<s@sender.test>')), asking(raw(`RCPT TO:<${text}>\\r\\n`))],
});

const PLANTED: readonly (readonly [string, Partial<Script>])[] = [
  [
    'a whole message behind a line end in the name of the greeting',
    {
      helo: 'x.test\r\nMAIL FROM:<s@sender.test>\r\nRCPT TO:<v@zzvictim.org>\r\nDATA\r\nSubject: x\r\n\r\nx\r\n.\r\nNOOP x',
    },
  ],
  ['a NUL octet inside the verb', { steps: [asking(raw('RC\\0PT TO:<v@zzvictim>\\r\\n'))] }],
  ['a tab inside the verb', { steps: [asking(raw('RC\\tPT TO:<v@zzvictim>\\r\\n'))] }],
  ['the eighth bit set in the verb', { steps: [asking(raw('\\xd2\\xc3\\xd0\\xd4 TO:<v@zzvictim>\\r\\n'))] }],
  [
    'the eighth bit set in the name',
    { steps: [asking(raw('RCPT TO:<v\\xc0\\xfa\\xfavictim.org@example.com>\\r\\n'))] },
  ],
  ['blanks around the words of the command', { steps: [asking(raw('RCPT  \\t TO : <v@zzvictim>\\r\\n'))] }],
  ['a number sign', recipient('v#zzvictim.org@example.com')],
  ['two hyphens', recipient('v--zzvictim.org@example.com')],
  ['an underscore', recipient('v_zzvictim.org@example.com')],
  ['an equals sign', recipient('v=zzvictim.org@example.com')],
  ['the word at between underscores', recipient('v_at_zzvictim.org@example.com')],
  ['a return path of the sender rewriting scheme', recipient('SRS0=aaaa=tt=zzvictim.org=v@example.com')],
  ['an at-sign as a decimal character reference', recipient('v&#64;zzvictim.org@example.com')],
  ['an at-sign as a named character reference', recipient('v&commat;zzvictim.org@example.com')],
  ['an at-sign in quoted-printable', recipient('v=40zzvictim@example.com')],
  ['an at-sign in percent encoding', recipient('v%40zzvictim@example.com')],
  ['an at-sign in the encoding of parameters', recipient('v+40zzvictim@example.com')],
  ['an attribute of X.400', recipient('/rfc-822=v(a)zzvictim.org@example.com')],
  ['a reverse-path of somebody else', { steps: [asking(line('MAIL FROM:<v@zzvictim.org>'))] }],
  [
    'message data in raw bytes',
    {
      steps: [
        taken(line('MAIL FROM:<s@sender.test>')),
        taken(line('RCPT TO:<a@example.com>')),
        taken(line('DATA')),
        asking(raw('To: a@example.com\\r\\nCc: v@zzvictim.org\\r\\n\\r\\nx\\r\\n.\\r\\n')),
      ],
    },
  ],
  ['a chunk of a message', { steps: [asking(raw('BDAT 22 LAST\\r\\nBcc: v@zzvictim.org\\r\\n\\r\\n'))] }],
  ['a verification', { steps: [asking(line('VRFY v@zzvictim.org'))] }],
  [
    'a command that two writes are put together to',
    { steps: [{ send: [raw('RC')], replies: [] }, asking(raw('PT TO:<v@zzvictim>\\r\\n'))] },
  ],
];

describe('what names somebody else never reaches the wire', () => {
  test.each(PLANTED)('%s', async (_, script) => {
    // With leave to send a message, so that nothing but the gate holds it back.
    const { bytes, transcript } = await sent(script, { token: CANARY_TOKEN, lines: ['Subject: x', '', 'y'] });
    const sevenBits = Buffer.from(Buffer.from(bytes, 'latin1').map((byte) => byte % 128)).toString('latin1');
    expect(sevenBits).not.toContain('zzvictim');
    expect(transcript.end).toMatchObject({ kind: 'out-of-scope' });
    expect(transcript.turns.some((turn) => turn.kind === 'sent' && turn.text.includes('zzvictim'))).toBe(false);
  });

  test('a false end and an envelope of its own in the text of a message', async () => {
    const canary = {
      token: CANARY_TOKEN,
      lines: ['Subject: x', '', 'x\r\n.\r\nMAIL FROM:<s@sender.test>\r\nRCPT TO:<v@zzvictim.org>\r\nDATA\r\n', 'y'],
    };
    const { bytes, transcript } = await sent({}, canary);
    expect(bytes).toContain('DATA');
    expect(bytes).not.toContain('zzvictim');
    expect(transcript.end).toMatchObject({ kind: 'out-of-scope', stage: 'end-of-data', names: ['zzvictim.org'] });
    expect(transcript.message).toEqual({ kind: 'not-sent' });
    expect(transcript.canary).toBeNull();
  });
});
