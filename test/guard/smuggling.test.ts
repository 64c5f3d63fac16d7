import { describe, expect, test } from 'vitest';
import { startRig } from './rig.ts';
import type { Rig } from './rig.ts';

/** What some server took for the end of data. Those that hold CRLF . CRLF end it rightly. */
const END_FORMS: readonly string[] = [
  '\n.\n',
  '\n.\r\n',
  '\r.\r',
  '\r.\r\n',
  '\r.\n',
  '\n.\r',
  '\r\n.\n',
  '\r\n.\r',
  '\r\n\0.\r\n',
  '\r\n.\0\r\n',
  '\0\r\n.\r\n',
  '\r\0\n.\r\n',
  '\r\n.\r\0\n',
  '\r\n.\r\n\0',
  '\r\n.\r\r\n',
  '\r\r\n.\r\r\n',
  '.\n',
  '\r\n.\t\r\n',
  '\r\n .\r\n',
  '\r\n..\r\n',
  '\n\n.\r\n',
  '\r\n.\x85',
  '\u2028.\u2028',
  '\r\n\r.\r\n',
  '\n..\r\n',
  '\r\n.\r\n',
];
const CUTS = [
  { title: 'whole', size: Infinity },
  { title: 'a byte at a time', size: 1 },
  { title: 'three bytes at a time', size: 3 },
  { title: 'seventeen bytes at a time', size: 17 },
  { title: 'cut inside the ending', size: -1 },
] as const;

/** A first message, the form, and a second transaction that was never the client's own to begin. */
const payload = (form: string): Buffer =>
  Buffer.from(
    `Subject: first\r\n\r\nbody${form}MAIL FROM:<smuggler@elsewhere.test>\r\nRCPT TO:<victim@example.com>\r\nDATA\r\nSubject: smuggled\r\n\r\nsmuggled\r\n.\r\n`,
    'latin1',
  );

function pieces(bytes: Buffer, form: string, size: number): readonly Buffer[] {
  if (size === Infinity) return [bytes];
  if (size > 0)
    return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      bytes.subarray(index * size, (index + 1) * size),
    );
  const inside = 'Subject: first\r\n\r\nbody'.length + Math.ceil(form.length / 2);
  return [bytes.subarray(0, inside), bytes.subarray(inside)];
}

/** Sends the payload and resolves when the server has answered QUIT or hung up. */
async function smuggle(rig: Rig, form: string, size: number, pipelined: boolean): Promise<void> {
  const client = await rig.client();
  await client.say('EHLO client.test');
  if (pipelined) {
    client.write('MAIL FROM:<s@elsewhere.test>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\n');
    await client.next();
    await client.next();
    await client.next();
  } else {
    for (const line of ['MAIL FROM:<s@elsewhere.test>', 'RCPT TO:<bob@example.com>', 'DATA']) await client.say(line);
  }
  for (const piece of pieces(payload(form), form, size)) {
    client.write(piece);
    // A turn of the loop between writes, so that pieces travel as segments of their own.
    await new Promise(setImmediate);
  }
  client.write('\r\n.\r\nQUIT\r\n');
  await client.ended;
}

describe.concurrent('mail data that tries to end early', () => {
  for (const { title, size } of CUTS) {
    test.for([true, false])(
      `sent ${title}, pipelined %s, makes one message at most, and a smuggled one never out of a bare line end`,
      async (pipelined, context) => {
        for (const form of END_FORMS) {
          const rig = await startRig(context);
          await smuggle(rig, form, size, pipelined);
          const messages = rig.sink.messages();
          const endsRightly = form.includes('\r\n.\r\n');
          const label = JSON.stringify(form);
          if (endsRightly) {
            // The client really ended its data: what follows are commands of its own, asked for one by one.
            expect([label, messages.length <= 2]).toEqual([label, true]);
          } else {
            expect([label, messages.length <= 1]).toEqual([label, true]);
            expect([label, messages.flatMap((message) => message.forwardPaths).includes('victim@example.com')]).toEqual(
              [label, false],
            );
          }
          for (const { data } of messages) expect(data.replaceAll('\r\n', '')).not.toMatch(/[\r\n\0]/);
        }
      },
    );
  }

  test('is refused with 550 when a bare LF is in it, and the session goes on', async (context) => {
    const rig = await startRig(context);
    const client = await rig.client();
    await client.say('EHLO client.test');
    for (const line of ['MAIL FROM:<s@elsewhere.test>', 'RCPT TO:<bob@example.com>', 'DATA']) await client.say(line);
    expect(await client.say('Subject: x\r\n\r\nbody\n.\r\nmore\r\n.')).toEqual({
      code: 550,
      text: '5.5.2 The message holds a bare LF',
    });
    expect((await client.say('MAIL FROM:<s@elsewhere.test>')).code).toBe(250);
    expect(rig.sink.messages()).toEqual([]);
  });

  test('sent before 354 is refused and the connection closed', async (context) => {
    const rig = await startRig(context);
    const client = await rig.client();
    await client.say('EHLO client.test');
    client.write(
      'MAIL FROM:<s@elsewhere.test>\r\nRCPT TO:<bob@example.com>\r\nDATA\r\nSubject: early\r\n\r\n.\r\nQUIT\r\n',
    );
    const codes = [];
    for (let reply = await client.next(); reply.code !== 0; reply = await client.next()) codes.push(reply.code);
    expect(codes).toEqual([250, 250, 354, 554]);
    await client.ended;
    expect(rig.sink.messages()).toEqual([]);
  });

  test('is delivered with its dots as they were written', async (context) => {
    const rig = await startRig(context);
    const client = await rig.client();
    await client.say('EHLO client.test');
    for (const line of ['MAIL FROM:<s@elsewhere.test>', 'RCPT TO:<bob@example.com>', 'DATA']) await client.say(line);
    expect((await client.say('Subject: dots\r\n\r\n..\r\n..one\r\n...two\r\nx.\r\n.')).code).toBe(250);
    expect(rig.sink.messages()[0]?.data).toMatch(/\r\n\r\n\.\r\n\.one\r\n\.\.two\r\nx\.\r\n$/);
  });
});
