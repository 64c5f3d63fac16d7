import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sendMessage } from './send-message.ts';
import { converse } from './smtp-dialogue.ts';
import { startSink } from './sink.ts';
import type { Sink } from './sink.ts';

describe('sink', () => {
  let sink: Sink;

  beforeEach(async () => {
    sink = await startSink();
  });
  afterEach(async () => {
    await sink.stop();
  });

  test('it keeps paths and data byte for byte, but for the dots that the transport added', async () => {
    const outcome = await sendMessage(sink, {
      from: '"a>b"@one.test',
      to: ['user%evil.test,b@example.com', '@a,@b:c@d'],
      body: '..leading dot\r\nbare\n.dot\r\n\xe9',
    });

    expect(outcome).toEqual({ stage: 'end-of-data', code: 250 });
    expect(sink.messages()).toEqual([
      {
        peer: '127.0.0.1',
        helo: 'client.test',
        reversePath: '"a>b"@one.test',
        forwardPaths: ['user%evil.test,b@example.com', '@a,@b:c@d'],
        data: '.leading dot\r\nbare\n.dot\r\n\xe9\r\n',
      },
    ]);
  });

  test('parameters of a command are no part of its path', async () => {
    await converse(sink, ['EHLO x', 'MAIL FROM:<a@b> SIZE=9', 'RCPT TO:<c@d> NOTIFY=NEVER', 'DATA', '.']);

    expect(sink.messages()).toMatchObject([{ reversePath: 'a@b', forwardPaths: ['c@d'], data: '' }]);
  });

  test('of everything that arrives in one segment, only a CRLF dot CRLF ends a message', async () => {
    const socket = connect(sink.port, sink.host);
    const envelope = 'MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n';
    socket.write(`EHLO x\r\n${envelope}one\n.\r\n.\nstill one\r\n.\r\n${envelope}two\r\n.\r\nQUIT\r\n`);
    socket.resume();
    await once(socket, 'close');

    expect(sink.messages().map(({ data }) => data)).toEqual(['one\n.\r\n\nstill one\r\n', 'two\r\n']);
  });
});
