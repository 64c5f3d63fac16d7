import { expect, test } from 'vitest';
import { sendMessage } from '../support/send-message.ts';
import { converse } from '../support/smtp-dialogue.ts';
import { describeReal } from './availability.ts';
import { ACCEPTED, OPEN, OWN, STRANGER, VICTIM, closedWith, expectPreset, refused, useBench } from './bench.ts';
import type { PresetCase } from './bench.ts';
import { EXIM_PRESET_NAMES, EXIM_PRESETS } from './exim-presets.ts';
import type { EximPresetName } from './exim-presets.ts';
import { startExim } from './exim.ts';
import type { RealServer, RealServerOptions } from './real-server.ts';

const CLOSED = closedWith(550);

const CASES: Readonly<Record<EximPresetName, PresetCase>> = {
  closed: CLOSED,
  logins: CLOSED,
  greylist: { ...CLOSED, inbound: refused('rcpt', 451), cameOut: [] },
  'reject-at-data': { ...CLOSED, relay: refused('data', 550), spoofed: refused('data', 550) },
  'reject-at-end-of-data': { ...CLOSED, relay: refused('end-of-data', 550), spoofed: refused('end-of-data', 550) },
  'accept-and-discard': { ...OPEN, cameOut: [OWN] },
  'accept-and-hold': { ...OPEN, cameOut: [OWN] },
  // The bounce to the own sender is own mail.
  'accept-and-bounce': { ...OPEN, cameOut: [OWN, OWN] },
  'refuse-all': {
    relay: refused('greeting', 550),
    spoofed: refused('greeting', 550),
    inbound: refused('greeting', 550),
    cameOut: [],
  },
  open: OPEN,
  'open-after-greylist': {
    relay: refused('rcpt', 451),
    spoofed: refused('rcpt', 451),
    inbound: refused('rcpt', 451),
    cameOut: [],
  },
  'own-sender': { ...OPEN, relay: refused('rcpt', 550), cameOut: [OWN, VICTIM] },
  'any-password': CLOSED,
};

describeReal('Exim', ['exim'], () => {
  const bench = useBench();
  const { cameOut } = bench;

  async function start(options: Omit<RealServerOptions<EximPresetName>, 'nextHop'>): Promise<RealServer> {
    return bench.keep(await startExim({ ownMail: 'next-hop', ...options, nextHop: bench.sink() }));
  }

  for (const preset of EXIM_PRESET_NAMES) {
    test(`${preset}: it ${EXIM_PRESETS[preset].title}`, async () => {
      await expectPreset(bench, await start({ preset }), CASES[preset]);
    });
  }

  test('local parts that could route on are refused, for own domains and others', async () => {
    const server = await start({ preset: 'closed' });

    for (const recipient of [
      'victim%outside.test@example.com',
      'outside.test!victim@example.com',
      'a%b@outside.test',
    ]) {
      await sendMessage(server, { from: STRANGER, to: [recipient] });
    }
    expect(server.log().match(/rejected RCPT .*: restricted characters/gu)).toHaveLength(3);
  });

  test('a mailbox that does not exist is refused, and own mail is thrown away unless a test asks for it', async () => {
    const server = await start({ preset: 'closed', ownMail: 'discard' });

    expect(await sendMessage(server, { from: STRANGER, to: ['nobody@example.com'] })).toEqual(refused('rcpt', 550));
    expect(await sendMessage(server, { from: STRANGER, to: [OWN] })).toEqual(ACCEPTED);
    expect(await cameOut(server)).toEqual([]);
    expect(server.queueIds()).toEqual([]);
  });

  test('frozen mail stays in the queue', async () => {
    const server = await start({ preset: 'accept-and-hold' });

    await sendMessage(server, { from: STRANGER, to: [VICTIM] });
    await server.untilSettled();
    expect(server.queueIds()).toHaveLength(1);
  });

  test('the greylists let the second attempt of a triplet pass', async () => {
    const closed = await start({ preset: 'greylist' });
    const open = await start({ preset: 'open-after-greylist' });
    const inbound = { from: STRANGER, to: [OWN] };
    const relay = { from: STRANGER, to: [VICTIM] };

    expect(await sendMessage(closed, inbound)).toEqual(refused('rcpt', 451));
    expect(await sendMessage(closed, inbound)).toEqual(ACCEPTED);
    expect(await sendMessage(open, relay)).toEqual(refused('rcpt', 451));
    expect(await sendMessage(open, relay)).toEqual(ACCEPTED);
    await closed.untilSettled();
    expect(await cameOut(open)).toEqual([OWN, VICTIM]);
  });

  test('a right login may relay and a wrong one is refused', async () => {
    const server = await start({ preset: 'logins' });
    const relay = { from: STRANGER, to: [VICTIM] };
    const wrong = { user: 'alice', password: 'wrong' };
    const right = { user: 'alice', password: 'right-password' };

    expect(await sendMessage(server, { ...relay, login: wrong })).toEqual(refused('auth', 535));
    expect(await sendMessage(server, { ...relay, login: right })).toEqual(ACCEPTED);
    expect(await cameOut(server)).toEqual([VICTIM]);
  });

  test('any password of any user opens the relay, by PLAIN and by LOGIN', async () => {
    const server = await start({ preset: 'any-password' });
    const login = { user: 'mallory', password: 'anything' };
    const replies = await converse(server, [
      'EHLO client.test',
      'AUTH LOGIN',
      Buffer.from(login.user).toString('base64'),
      Buffer.from(login.password).toString('base64'),
      `MAIL FROM:<${STRANGER}>`,
      `RCPT TO:<${VICTIM}>`,
    ]);

    expect(replies.map(({ code }) => code)).toEqual([220, 250, 334, 334, 235, 250, 250]);
    expect(await sendMessage(server, { from: STRANGER, to: [VICTIM], login })).toEqual(ACCEPTED);
    expect(await cameOut(server)).toEqual([VICTIM]);
  });

  test('a foreign recipient after an own one is refused at DATA all the same', async () => {
    const server = await start({ preset: 'reject-at-data' });

    expect(await sendMessage(server, { from: STRANGER, to: [OWN, VICTIM] })).toEqual(refused('data', 550));
  });

  test('the fourth syntax error ends the connection', async () => {
    const server = await start({ preset: 'closed' });
    const replies = await converse(server, ['EHLO client.test', ...Array.from({ length: 5 }, () => 'MAIL FROM:<a')]);

    expect(replies.slice(2).map(({ code }) => code)).toEqual([501, 501, 501, 501, 0]);
  });
});
