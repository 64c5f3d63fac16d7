import { describe, expect, test } from 'vitest';
import type { Policy } from '../../src/policy/policy.ts';
import { until } from '../support/until.ts';
import { sayAll } from './client.ts';
import { LISTED, MESSAGE, rigPolicy, startRig } from './rig.ts';

const MAIL = 'MAIL FROM:<s@elsewhere.test>';
const RCPT = 'RCPT TO:<bob@example.com>';
const OUT = 'RCPT TO:<v@outside.test>';

describe.concurrent('a session', () => {
  test('gets inbound mail through and everything else refused, recipient by recipient', async (context) => {
    const rig = await startRig(context);
    const client = await rig.client();
    expect(
      await sayAll(client, ['EHLO c.test', MAIL, OUT, RCPT, OUT, 'RCPT TO:<postmaster>', 'DATA', MESSAGE]),
    ).toEqual([250, 250, 550, 250, 550, 250, 354, 250]);
    expect(rig.sink.forwardPaths()).toEqual(['bob@example.com', 'postmaster']);
  });

  test('of a listed client may send out, by every flow that the policy opens', async (context) => {
    const rig = await startRig(context);
    const client = await rig.client({ from: LISTED });
    const own = 'MAIL FROM:<alice@example.com>';
    expect(
      await sayAll(client, ['EHLO c.test', own, OUT, RCPT, 'RSET', MAIL, OUT, RCPT, 'RSET', 'MAIL FROM:<>', OUT]),
    ).toEqual([250, 250, 250, 250, 250, 250, 550, 250, 250, 250, 250]);
  });

  test('is asked for a null reverse-path as <> and hands it on as such', async (context) => {
    const rig = await startRig(context);
    const client = await rig.client();
    expect(await sayAll(client, ['HELO c.test', 'MAIL FROM:<>', RCPT, 'DATA', MESSAGE])).toEqual([
      250, 250, 250, 354, 250,
    ]);
    expect(rig.sink.messages()[0]).toMatchObject({ reversePath: '' });
    expect(rig.sink.messages()[0]?.data).toContain('with SMTP id');
  });

  const orders: readonly (readonly [string, readonly string[], readonly number[]])[] = [
    ['MAIL before HELO', [MAIL], [503]],
    ['RCPT before MAIL', ['EHLO c.test', RCPT], [250, 503]],
    ['DATA before RCPT', ['EHLO c.test', MAIL, 'DATA'], [250, 250, 503]],
    ['DATA when all recipients were refused', ['EHLO c.test', MAIL, OUT, 'DATA'], [250, 250, 550, 503]],
    [
      'a second MAIL, and the first stands',
      ['EHLO c.test', MAIL, 'MAIL FROM:<alice@example.com>', RCPT],
      [250, 250, 503, 250],
    ],
    ['RCPT after RSET', ['EHLO c.test', MAIL, RCPT, 'RSET', RCPT, 'DATA'], [250, 250, 250, 250, 503, 503]],
    ['RCPT after a second EHLO', ['EHLO c.test', MAIL, RCPT, 'EHLO c.test', 'DATA'], [250, 250, 250, 250, 503]],
  ];
  test.for(orders)('keeps the order of commands: %s', async ([, lines, codes], context) => {
    const rig = await startRig(context);
    expect(await sayAll(await rig.client(), lines)).toEqual(codes);
  });

  const refused: readonly (readonly [string, string, number])[] = [
    ['no angle brackets', 'RCPT TO:bob@example.com', 501],
    ['no colon', 'RCPT TO <bob@example.com>', 501],
    ['an unclosed bracket', 'RCPT TO:<bob@example.com', 501],
    ['doubled brackets', 'RCPT TO:<<bob@example.com>>', 501],
    ['a name before the bracket', 'RCPT TO:"Bob" <bob@example.com>', 501],
    ['two paths', 'RCPT TO:<bob@example.com>,<v@outside.test>', 501],
    ['two paths with a blank', 'RCPT TO:<bob@example.com> <v@outside.test>', 501],
    ['an empty path', 'RCPT TO:<>', 553],
    ['a blank before the colon', 'RCPT TO :<bob@example.com>', 501],
    ['two blanks in the verb', 'RCPT  TO:<bob@example.com>', 501],
    ['NOTIFY', `${RCPT} NOTIFY=SUCCESS`, 555],
    ['ORCPT', `${RCPT} ORCPT=rfc822;v@outside.test`, 555],
    ['an unknown parameter', `${RCPT} FOO=BAR`, 555],
    ['a malformed parameter', `${RCPT} =BAR`, 501],
    ['a parameter twice', `${RCPT} FOO FOO`, 501],
    ['a control character', 'RCPT TO:<bob\u0001@example.com>', 500],
    ['a NUL', 'RCPT TO:<bob\0@example.com>', 500],
    ['a tab in the path', 'RCPT TO:<bob\t@example.com>', 500],
    ['a bare CR', 'RCPT TO:<bob@example.com>\rX', 500],
  ];
  test.for(refused)('refuses RCPT with %s', async ([, line, code], context) => {
    const rig = await startRig(context);
    expect((await sayAll(await rig.client(), ['EHLO c.test', MAIL, line])).at(-1)).toBe(code);
  });

  const senders: readonly (readonly [string, string, number])[] = [
    ['SIZE', `${MAIL} SIZE=100`, 250],
    ['SIZE that is no number', `${MAIL} SIZE=1e9`, 501],
    ['BODY=8BITMIME', `${MAIL} BODY=8BITMIME`, 250],
    ['BODY=BINARYMIME', `${MAIL} BODY=BINARYMIME`, 501],
    ['SMTPUTF8, which is not offered', `${MAIL} SMTPUTF8`, 555],
    ['AUTH where no login is offered', `${MAIL} AUTH=<>`, 555],
    ['RET', `${MAIL} RET=FULL`, 555],
    ['a smuggled line in xtext', `${MAIL} ENVID=ab+0D+0Acd`, 555],
    ['a blank after the colon', 'MAIL FROM: <s@elsewhere.test>', 250],
    ['lower case', 'mail from:<s@elsewhere.test>', 250],
    ['no domain', 'MAIL FROM:<spamtest>', 553],
    ['postmaster without a domain', 'MAIL FROM:<postmaster>', 553],
    ['a source route', 'MAIL FROM:<@example.com:s@elsewhere.test>', 553],
    ['a routing operator', 'MAIL FROM:<s%elsewhere.test@example.com>', 553],
  ];
  test.for(senders)('answers MAIL with %s', async ([, line, code], context) => {
    const rig = await startRig(context);
    expect((await sayAll(await rig.client(), ['EHLO c.test', line])).at(-1)).toBe(code);
  });

  test('takes no parameter after HELO', async (context) => {
    const rig = await startRig(context);
    expect(await sayAll(await rig.client(), ['HELO c.test', `${MAIL} SIZE=100`])).toEqual([250, 555]);
  });

  test('hands 8-bit mail on as what the client declared', async (context) => {
    const rig = await startRig(context);
    const client = await rig.client();
    await sayAll(client, ['EHLO c.test', `${MAIL} BODY=8BITMIME`, RCPT, 'DATA']);
    expect((await client.say('Subject: \u00e9\r\n\r\n\u00e9\r\n.')).code).toBe(250);
    expect(Buffer.from(rig.sink.messages()[0]?.data ?? '', 'latin1').toString('utf8')).toContain(
      'Subject: \u00e9\r\n\r\n\u00e9\r\n',
    );
  });

  test.for([
    'HELP',
    'VRFY bob',
    'EXPN list',
    'ETRN example.com',
    'TURN',
    'ATRN',
    'SEND FROM:<a@b.c>',
    'SOML FROM:<a@b.c>',
    'SAML FROM:<a@b.c>',
    'BDAT 5 LAST',
    'WIZ x',
    'SHELL',
    'KILL',
    'DEBUG',
  ])('does not serve %s', async (line, context) => {
    const rig = await startRig(context);
    expect(await sayAll(await rig.client(), ['EHLO c.test', line])).toEqual([250, 502]);
  });

  test('is ended by a line that ends in a bare LF', async (context) => {
    const rig = await startRig(context);
    const client = await rig.client();
    await client.say('EHLO c.test');
    client.write(`${MAIL}\n${RCPT}\r\n`);
    expect(await client.next()).toEqual({ code: 500, text: '5.5.2 A line ends in a bare LF' });
    await client.ended;
  });

  test('refuses a command that is not UTF-8', async (context) => {
    const rig = await startRig(context);
    const client = await rig.client();
    await sayAll(client, ['EHLO c.test', MAIL]);
    client.write(Buffer.from('RCPT TO:<bob@example.com\xff>\r\n', 'latin1'));
    expect(await client.next()).toEqual({ code: 500, text: '5.5.2 The command line is not UTF-8' });
  });

  test('is ended when it turns out to be a web page', async (context) => {
    const rig = await startRig(context);
    const client = await rig.client();
    client.write(`POST / HTTP/1.1\r\nHost: x\r\n\r\n${MAIL}\r\n`);
    expect((await client.next()).code).toBe(421);
    await client.ended;
  });

  test('pipelines its envelope', async (context) => {
    const rig = await startRig(context);
    const client = await rig.client();
    expect((await client.say('EHLO c.test')).text).toContain('PIPELINING');
    client.write(`${MAIL}\r\n${OUT}\r\n${RCPT}\r\nDATA\r\n`);
    const codes = [];
    for (let count = 0; count < 4; count += 1) codes.push((await client.next()).code);
    client.write(`${MESSAGE}\r\nNOOP\r\nQUIT\r\n`);
    for (let count = 0; count < 3; count += 1) codes.push((await client.next()).code);
    expect(codes).toEqual([250, 550, 250, 354, 250, 250, 221]);
    expect(rig.sink.forwardPaths()).toEqual(['bob@example.com']);
  });

  test('leaves a command without its line end unheard', async (context) => {
    const rig = await startRig(context);
    const client = await rig.client();
    await sayAll(client, ['EHLO c.test', MAIL]);
    client.write(RCPT);
    client.end();
    await client.ended;
    expect(client.rest()).toBe('');
  });

  test('hears 451 when the policy fails, and nobody is admitted', async (context) => {
    const broken: Policy = {
      ...rigPolicy(),
      ownDomains: {
        includes: () => {
          throw new Error('no policy');
        },
      },
    };
    const rig = await startRig(context, { policy: broken });
    expect(await sayAll(await rig.client(), ['EHLO c.test', MAIL, RCPT, 'DATA'])).toEqual([250, 250, 451, 503]);
  });

  test('hears the truth when the next hop is not there, refuses, or takes only some', async (context) => {
    const outcomes = [
      [{ kind: 'failed', reason: 'x' }, 451],
      [{ kind: 'refused', code: 550, command: 'RCPT TO' }, 550],
      [{ kind: 'refused', code: 552, command: 'end of data' }, 552],
      [{ kind: 'refused', code: 450, command: 'RCPT TO' }, 450],
      [{ kind: 'refused', code: 421, command: 'end of data' }, 451],
      [{ kind: 'refused', code: 530, command: 'MAIL FROM' }, 554],
      [{ kind: 'mixed', codes: [250, 550] }, 554],
      [{ kind: 'mixed', codes: [250, 450, 550] }, 451],
      [{ kind: 'delivered' }, 250],
    ] as const;
    for (const [outcome, code] of outcomes) {
      const rig = await startRig(context, { nextHop: () => Promise.resolve(outcome) });
      const client = await rig.client();
      expect([outcome, (await sayAll(client, ['EHLO c.test', MAIL, RCPT, 'DATA', MESSAGE])).at(-1)]).toEqual([
        outcome,
        code,
      ]);
      expect((await client.say(MAIL)).code).toBe(250);
    }
  });

  test('hears 451 when the delivery itself breaks, and goes on', async (context) => {
    const rig = await startRig(context, { nextHop: () => Promise.reject(new Error('out of memory')) });
    expect(await sayAll(await rig.client(), ['EHLO c.test', MAIL, RCPT, 'DATA', MESSAGE, MAIL])).toEqual([
      250, 250, 250, 354, 451, 250,
    ]);
  });
});

/** Where a client breaks off: what it says before, and what it says last without waiting. */
const STAGES: readonly (readonly [string, readonly string[], string])[] = [
  ['before it says anything', [], ''],
  ['in EHLO', [], 'EHLO c.te'],
  ['after EHLO', ['EHLO c.test'], ''],
  ['in MAIL', ['EHLO c.test'], 'MAIL FR'],
  ['after MAIL', ['EHLO c.test', MAIL], ''],
  ['after RCPT', ['EHLO c.test', MAIL, RCPT], ''],
  ['with DATA unanswered', ['EHLO c.test', MAIL, RCPT], 'DATA\r\n'],
  ['after DATA', ['EHLO c.test', MAIL, RCPT, 'DATA'], ''],
  ['in the header', ['EHLO c.test', MAIL, RCPT, 'DATA'], 'Subject: x'],
  ['in the body', ['EHLO c.test', MAIL, RCPT, 'DATA'], 'Subject: x\r\n\r\nhello\r\n'],
  ['before the dot', ['EHLO c.test', MAIL, RCPT, 'DATA'], 'Subject: x\r\n\r\nhello\r\n.'],
  ['in the end of data', ['EHLO c.test', MAIL, RCPT, 'DATA'], 'Subject: x\r\n\r\nhello\r\n.\r'],
  ['after RSET', ['EHLO c.test', MAIL, RCPT, 'RSET'], ''],
];

describe.concurrent('a client that breaks off', () => {
  for (const how of ['reset', 'end'] as const) {
    test.for(STAGES)(
      `by ${how} %s leaves nothing at the next hop and nothing open`,
      async ([, lines, last], context) => {
        const rig = await startRig(context);
        // When twenty clients do so at a time
        await Promise.all(
          Array.from({ length: 20 }, async () => {
            const client = await rig.client();
            await sayAll(client, lines);
            client.write(last);
            client[how]();
            await client.ended;
          }),
        );
        // Then nothing was delivered and the guard serves an honest one
        expect(rig.sink.messages()).toEqual([]);
        const honest = await rig.client();
        expect((await sayAll(honest, ['EHLO c.test', MAIL, RCPT, 'DATA', MESSAGE])).at(-1)).toBe(250);
        await until('the message', () => rig.sink.messages().length === 1);
      },
    );
  }
});
