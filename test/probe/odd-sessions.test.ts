import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import type { Transcript } from '../../src/session/transcript.ts';
import { answering, DEADLINES, talk } from './talk.ts';

const ok = answering((line) => (line.startsWith('EHLO') ? '250-test\r\n250 AUTH PLAIN\r\n' : '250 ok\r\n'));

function askedCodes({ asked }: Transcript): readonly number[] {
  return asked.map(({ reply }) => reply.code);
}

describe('raw bytes', () => {
  test('go out as they are, and in one write with what surrounds them', async () => {
    const { segments } = await talk(ok, {
      dialogue: ['C: NOOP', 'R: A\\nB\\0{x*3}', 'R: \\r\\n', 'C: NOOP', 'S: ...', 'C: RSET', 'S: ?'],
    });
    expect(segments[1]).toBe('NOOP\r\nA\nB\0xxx\r\nNOOP\r\n');
  });

  test('are shown as they were written', async () => {
    const { transcript } = await talk(ok, { dialogue: ['R: NOOP\\r\\n{x*5000}\\r\\n', 'S: ?...'] });
    const sent = transcript.turns.flatMap((turn) => (turn.kind === 'sent' ? [turn.text] : []));
    expect(sent).toContain('NOOP\\r\\n{x*5000}\\r\\n');
  });

  test('that name somebody else never reach the wire', async () => {
    const dialogue = ['C: NOOP', 'S: *', 'R: NOOP\\nRCPT TO:<v@somebody.zz>\\n', 'S: ?...'];
    const { transcript } = await talk(ok, { dialogue });
    expect(transcript.end).toMatchObject({ kind: 'out-of-scope', names: ['somebody.zz'] });
    expect(transcript.turns.findLast(({ kind }) => kind === 'sent')).toMatchObject({ text: 'NOOP' });
  });
});

describe('reading until silence', () => {
  test('hears what came while the process was too busy to listen', async () => {
    const busy = answering((line) => {
      if (line !== 'NOOP') return '250 ok\r\n';
      const until = performance.now() + 3 * DEADLINES.quiet;
      while (performance.now() < until);
      return '250 one\r\n250 two\r\n';
    });
    const { transcript } = await talk(busy, { dialogue: ['C: NOOP', 'S: ?...'] });
    expect(transcript.asked.map(({ reply }) => reply.lines)).toEqual([['two']]);
  });

  test('takes however many replies come, and the last is the answer', async () => {
    const three = answering((line) => (line === 'NOOP' ? '500 a\r\n250 b\r\n550 c\r\n' : '250 ok\r\n'));
    const { transcript } = await talk(three, { dialogue: ['C: NOOP', 'S: ?...'] });
    expect(askedCodes(transcript)).toEqual([550]);
    expect(transcript.end).toEqual({ kind: 'completed' });
  });

  test('takes silence for a refusal where it is the question', async () => {
    const { transcript } = await talk(ok, { dialogue: ['R: NOOP\\n', 'S: ?...'] });
    expect(transcript).toMatchObject({ silent: true, asked: [], end: { kind: 'completed' } });
  });

  test('asks nothing more after silence that was the answer', async () => {
    const { segments } = await talk(ok, { dialogue: ['R: NOOP\\n', 'S: ?...', 'C: HELP', 'S: *'] });
    expect(segments.join('')).not.toContain('HELP');
  });

  test('goes on after silence that is no question', async () => {
    const { transcript } = await talk(ok, { dialogue: ['R: NOOP\\n', 'S: ...', 'C: RSET', 'S: ?'] });
    expect(transcript.silent).toBe(false);
    expect(askedCodes(transcript)).toEqual([250]);
  });

  test('waits longer for a server that is slow to answer', async () => {
    const slow = answering((line) => (line === 'NOOP' ? null : '250 ok\r\n'));
    const { transcript } = await talk(
      (socket) => {
        slow(socket);
        socket.on('data', (chunk) => {
          if (chunk.toString('latin1').startsWith('NOOP')) {
            setTimeout(() => socket.write('250 first\r\n'), 250);
            // Later than the silence that ends a quick server's replies.
            setTimeout(() => socket.write('550 second\r\n'), 250 + 350);
          }
        });
      },
      { dialogue: ['C: NOOP', 'S: 250', 'C: HELP', 'S: ?...'] },
    );
    expect(askedCodes(transcript)).toContain(550);
  });

  test('ends the session when the server closes it, and keeps what was said before', async () => {
    const { transcript } = await talk(
      (socket) => {
        answering((line) => (line.startsWith('EHLO') ? '250 test\r\n' : '554 no\r\n'))(socket);
        socket.on('data', (chunk) => {
          if (chunk.toString('latin1').startsWith('NOOP')) socket.end();
        });
      },
      { dialogue: ['C: NOOP', 'S: ...', 'C: RSET', 'S: ?'] },
    );
    expect(transcript.end.kind).toBe('closed');
    expect(transcript.turns.some((turn) => turn.kind === 'received' && turn.reply.code === 554)).toBe(true);
  });
});

describe('a reply that comes after the silence', () => {
  test('shows the session out of step, and is waited for where the answer was an acceptance', async () => {
    const kind = (socket: Socket): void => {
      let slow: Promise<unknown> = Promise.resolve();
      socket.write('220 test\r\n');
      socket.on('data', (chunk) => {
        for (const line of String(chunk).split(/\r?\n/).slice(0, -1)) {
          const isRecipient = line.startsWith('RCPT');
          const reply = isRecipient ? '550 5.7.1 no' : line === 'QUIT' ? '221 bye' : '250 ok';
          if (isRecipient) slow = slow.then(() => new Promise((done) => setTimeout(done, 6 * DEADLINES.quiet)));
          slow = slow.then(() => socket.write(`${reply}\r\n`));
        }
      });
    };
    const { transcript } = await talk(kind, {
      dialogue: ['R: MAIL FROM:<s@own.example>\\nRCPT TO:<a@own.example>\\n', 'S: ?...'],
      options: { canaryFor: () => null, deadlines: { ...DEADLINES, farewell: 300 } },
    });
    expect(transcript.end).toMatchObject({ kind: 'desync', stage: 'reset' });
  });
});

describe('a write of several commands', () => {
  /** Answers the recipient when five times the silence has passed that ends the replies of a quick server. */
  const slow = (reply: string | null) => (socket: Socket) => {
    answering((line) => (line.startsWith('RCPT') ? null : '250 ok\r\n'))(socket);
    socket.on('data', (chunk) => {
      if (reply !== null && String(chunk).includes('RCPT')) setTimeout(() => socket.write(reply), 5 * DEADLINES.quiet);
    });
  };
  const envelope = ['R: MAIL FROM:<s@own.example>\\r\\nRCPT TO:<a@own.example>\\r\\n', 'S: ?...'];

  test('is owed a reply to each: the last answer is waited for as long as a command may take', async () => {
    const { transcript } = await talk(slow('550 5.7.1 no\r\n'), { dialogue: envelope });
    expect(askedCodes(transcript)).toEqual([550]);
  });

  test('is not answered by the reply to the first of them', async () => {
    const { transcript } = await talk(slow(null), {
      dialogue: envelope,
      options: { deadlines: { ...DEADLINES, command: 600 } },
    });
    expect(transcript).toMatchObject({ asked: [], silent: false, end: { kind: 'timed-out', stage: 'rcpt' } });
    expect(JSON.stringify(transcript.end)).toContain('only 1 of 2 commands were answered');
  });

  test('is answered by a refusal behind which the server hangs up', async () => {
    const strict = (socket: Socket): void => {
      socket.write('220 test\r\n');
      socket.on('data', (chunk) =>
        String(chunk).startsWith('EHLO') ? socket.write('250 test\r\n') : socket.end('554 5.5.1 one at a time\r\n'),
      );
    };
    const { transcript } = await talk(strict, { dialogue: envelope });
    expect(askedCodes(transcript)).toEqual([554]);
  });

  test('is owed the banner as well where it comes before that', async () => {
    const { transcript } = await talk(
      (socket) => {
        setTimeout(() => answering(() => '250 ok\r\n')(socket), 5 * DEADLINES.quiet);
      },
      {
        dialogue: ['R: PROXY UNKNOWN\\r\\n', 'S: ...', 'C: NOOP', 'S: ?'],
        script: { begins: 'connected', helo: null },
      },
    );
    expect(transcript.turns).toContainEqual(
      expect.objectContaining({ kind: 'received', reply: expect.objectContaining({ code: 220 }) }),
    );
    expect(transcript.end.kind).toBe('completed');
  });
});

describe('what a session keeps', () => {
  const long = (reply: (code: string) => string) =>
    answering((line) => reply(line === 'QUIT' ? '221' : '250'), reply('220'));

  test('is short where each reply has ten thousand lines', async () => {
    const { transcript } = await talk(
      long((code) => `${`${code}-\r\n`.repeat(9999)}${code} ok\r\n`),
      { dialogue: ['C: NOOP', 'S: ?'] },
    );
    expect(askedCodes(transcript)).toEqual([250]);
    expect(JSON.stringify(transcript).length).toBeLessThan(20_000);
    expect(JSON.stringify(transcript)).toContain('[... 9,900 more lines]');
  });

  test('has a bound where each reply is as long as a reply may be kept', async () => {
    const { transcript } = await talk(
      long((code) => `${`${code}-${'x'.repeat(1990)}\r\n`.repeat(8)}${code} ok\r\n`),
      { dialogue: Array.from({ length: 8 }, () => ['C: NOOP', 'S: ?']).flat() },
    );
    expect(askedCodes(transcript)).toEqual(Array.from({ length: 8 }, () => 250));
    expect(transcript.end.kind).toBe('completed');
    expect(JSON.stringify(transcript.turns).length).toBeLessThan(40_000);
    expect(transcript.turns.at(-1)).toMatchObject({
      kind: 'note',
      text: expect.stringContaining('counted and not kept'),
    });
  });

  test('is not more for replies that nobody asked for', async () => {
    const { transcript } = await talk(
      long((code) => `${code} ok\r\n`.repeat(5000)),
      { dialogue: ['C: NOOP', 'S: ?'] },
    );
    expect(transcript.end.kind).not.toBe('completed');
    expect(transcript.turns.length).toBeLessThan(10);
  });
});

describe('a question with unsafe codes', () => {
  test.each([
    [252, true],
    [250, false],
    [550, true],
  ])('that is answered with %d is refused: %s', async (code, refused) => {
    const vrfy = answering((line) => (line.startsWith('VRFY') ? `${code} x\r\n` : '250 ok\r\n'));
    const { transcript } = await talk(vrfy, { dialogue: ['C: VRFY a', 'S: ?250|251', 'C: NOOP', 'S: *'] });
    const wentOn = transcript.turns.some((turn) => turn.kind === 'sent' && turn.text === 'NOOP');
    expect(wentOn).toBe(!refused);
  });
});

describe('a session that begins with the connection', () => {
  test('talks before the banner, and reads it as a reply', async () => {
    const { transcript, segments } = await talk(ok, {
      dialogue: ['C: NOOP', 'S: 220', 'S: ?'],
      script: { begins: 'connected' },
    });
    expect(segments[0]).toBe('NOOP\r\n');
    expect(askedCodes(transcript)).toEqual([250]);
  });

  test('sends a PROXY header of its vantage in the same segment', async () => {
    const { segments } = await talk(ok, {
      dialogue: ['C: NOOP', 'S: 220', 'S: ?'],
      script: { begins: 'connected' },
      vantage: { kind: 'proxy', address: '198.51.100.7', version: 1 },
    });
    expect(segments[0]).toMatch(/^PROXY TCP4 198\.51\.100\.7 127\.0\.0\.1 \d+ \d+\r\nNOOP\r\n$/);
  });

  test('may wait for a banner that comes only after the PROXY header', async () => {
    const behindProxy = answering((line) => (line.startsWith('PROXY') ? '220 test\r\n' : '250 ok\r\n'), '');
    const { transcript } = await talk(behindProxy, {
      dialogue: ['S: 220', 'C: NOOP', 'S: ?'],
      script: { begins: 'connected' },
      vantage: { kind: 'proxy', address: '198.51.100.7', version: 1 },
    });
    expect(askedCodes(transcript)).toEqual([250]);
  });
});

describe('a message inside a dialogue', () => {
  const mail = answering((line) =>
    line === 'DATA' ? '354 go\r\n' : /^(?:MAIL|RCPT|EHLO|RSET|QUIT|\.$)/.test(line) ? '250 ok\r\n' : null,
  );
  const dialogue = [
    'C: MAIL FROM:<s@own.example>',
    'S: 2xx',
    'C: RCPT TO:<a@own.example>',
    'S: 2xx',
    'C: DATA',
    'S: 354',
    'C: {message-text}',
    'R: \\n.\\n',
    'C: MAIL FROM:<s@own.example>',
    'C: {smuggled}',
    'S: ...',
  ];

  test('without its end is followed by whatever ends it, and a second one is smuggled in', async () => {
    const { transcript, segments } = await talk(mail, { dialogue });
    expect(segments).toContain(
      'Subject: first\r\n\r\n..first\n.\nMAIL FROM:<s@own.example>\r\nSubject: second\r\n\r\nsecond\r\n.\r\n',
    );
    expect(transcript).toMatchObject({ canary: 'rp1-first', smuggled: 'rp1-second', message: { kind: 'answered' } });
  });

  test('is answered by the first reply behind it', async () => {
    let messages = 0;
    const strict = answering((line) => {
      if (line === 'DATA') return '354 go\r\n';
      if (line !== '.') return /^(?:MAIL|RCPT|EHLO|RSET|QUIT)/.test(line) ? '250 ok\r\n' : null;
      messages += 1;
      return messages === 1 ? '550 5.5.2 bare LF\r\n250 ok\r\n' : null;
    });
    const { transcript } = await talk(strict, { dialogue });
    expect(transcript.message).toMatchObject({ kind: 'answered', reply: { code: 550 } });
  });

  test('counts its own size for a chunk', async () => {
    const { segments } = await talk(ok, {
      dialogue: ['C: BDAT {rest-size} LAST', 'C: {message-text}', 'S: ?'],
    });
    const text = 'Subject: first\r\n\r\n..first';
    expect(segments).toContain(`BDAT ${text.length} LAST\r\n${text}`);
  });
});

describe('a login inside a script', () => {
  const secret = 'AGFsaWNlAGh1bnRlcjJodW50ZXIy';
  const dialogue = ['C: NOOP', 'S: ?'];
  const script = {
    steps: [
      {
        send: [{ kind: 'line' as const, text: `AUTH PLAIN ${secret}`, holdsLogin: true }],
        replies: [{ kind: 'question' as const, goOn: false }],
      },
    ],
  };

  test('is not sent in the clear', async () => {
    const { transcript, segments } = await talk(ok, { dialogue, script });
    expect(transcript.end.kind).toBe('no-login');
    expect(segments.join('')).not.toContain(secret);
  });

  test('is sent where the operator allows it, and never kept, not even as an echo', async () => {
    const echo = answering((line) => (line.startsWith('AUTH') ? `535 no ${line}\r\n` : '250 ok\r\n'));
    const { transcript, segments } = await talk(echo, { dialogue, script, options: { insecureLogin: true } });
    expect(segments.join('')).toContain(secret);
    expect(JSON.stringify(transcript)).not.toContain(secret);
  });
});
