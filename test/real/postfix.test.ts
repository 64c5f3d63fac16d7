import { expect, test } from 'vitest';
import { until } from '../support/until.ts';
import { sendMessage } from '../support/send-message.ts';
import { converse } from '../support/smtp-dialogue.ts';
import { describeReal } from './availability.ts';
import { ACCEPTED, OPEN, OWN, STRANGER, VICTIM, closedWith, expectPreset, refused, useBench } from './bench.ts';
import type { PresetCase } from './bench.ts';
import { POSTFIX_PRESET_NAMES, POSTFIX_PRESETS } from './postfix-presets.ts';
import type { PostfixPresetName } from './postfix-presets.ts';
import { startPostfix } from './postfix.ts';
import type { PostfixOptions } from './postfix.ts';
import type { RealServer } from './real-server.ts';

const CLOSED = closedWith(554);

const CASES: Readonly<Record<PostfixPresetName, PresetCase>> = {
  closed: CLOSED,
  'closed-deferring': closedWith(454),
  logins: CLOSED,
  greylist: { ...CLOSED, inbound: refused('rcpt', 450), cameOut: [] },
  'reject-at-data': { ...CLOSED, relay: refused('data', 554), spoofed: refused('data', 554) },
  'reject-at-end-of-data': { ...CLOSED, relay: refused('end-of-data', 554), spoofed: refused('end-of-data', 554) },
  'accept-and-discard': { ...OPEN, cameOut: [OWN] },
  'accept-and-hold': { ...OPEN, cameOut: [OWN] },
  // The bounce to the own sender is own mail.
  'accept-and-bounce': { ...OPEN, cameOut: [OWN, OWN] },
  'refuse-all': { ...CLOSED, inbound: refused('rcpt', 554), cameOut: [] },
  open: OPEN,
  'open-after-greylist': {
    relay: refused('rcpt', 450),
    spoofed: refused('rcpt', 450),
    inbound: refused('rcpt', 450),
    cameOut: [],
  },
  'own-sender': { ...OPEN, relay: refused('rcpt', 554), cameOut: [OWN, VICTIM] },
  'any-password': CLOSED,
  'lone-recipient-at-data': { ...CLOSED, relay: refused('data', 554), spoofed: refused('data', 554) },
  'percent-hack-two-hops': CLOSED,
  'percent-hack-inner': OPEN,
};

describeReal('Postfix', ['postfix'], () => {
  const bench = useBench();
  const { cameOut } = bench;

  async function start(options: Omit<PostfixOptions, 'nextHop'>): Promise<RealServer> {
    return bench.keep(await startPostfix({ ownMail: 'next-hop', ...options, nextHop: bench.sink() }));
  }

  for (const preset of POSTFIX_PRESET_NAMES) {
    test(`${preset}: it ${POSTFIX_PRESETS[preset].title}`, async () => {
      await expectPreset(bench, await start({ preset }), CASES[preset]);
    });
  }

  test('a mailbox that does not exist is refused', async () => {
    const server = await start({ preset: 'closed' });

    expect(await sendMessage(server, { from: STRANGER, to: ['nobody@example.com'] })).toEqual(refused('rcpt', 550));
  });

  test('own mail is thrown away unless a test asks for it', async () => {
    const server = await start({ preset: 'closed', ownMail: 'discard' });

    expect(await sendMessage(server, { from: STRANGER, to: [OWN] })).toEqual(ACCEPTED);
    expect(await cameOut(server)).toEqual([]);
    await until('the deferral in the log', () => server.log().includes('relay=none'));
  });

  test('held mail stays in the queue', async () => {
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

    expect(await sendMessage(closed, inbound)).toEqual(refused('rcpt', 450));
    expect(await sendMessage(closed, inbound)).toEqual(ACCEPTED);
    expect(await sendMessage(closed, relay)).toEqual(refused('rcpt', 554));
    expect(await sendMessage(open, relay)).toEqual(refused('rcpt', 450));
    expect(await sendMessage(open, relay)).toEqual(ACCEPTED);
    await closed.untilSettled();
    expect(await cameOut(open)).toEqual([OWN, VICTIM]);
  });

  test('a right login may relay and a wrong one is refused', async () => {
    const server = await start({ preset: 'logins' });
    const relay = { from: STRANGER, to: [VICTIM] };

    expect(await sendMessage(server, { ...relay, login: { user: 'alice', password: 'wrong' } })).toEqual(
      refused('auth', 535),
    );
    expect(await sendMessage(server, { ...relay, login: { user: 'alice', password: 'right-password' } })).toEqual(
      ACCEPTED,
    );
    expect(await cameOut(server)).toEqual([VICTIM]);
  });

  test('any password of any user opens the relay, by PLAIN and by LOGIN', async () => {
    const server = await start({ preset: 'any-password' });
    const login = { user: 'mallory', password: 'anything' };
    const replies = await converse(server, [
      'EHLO client.test',
      'AUTH LOGIN',
      Buffer.from('mallory').toString('base64'),
      Buffer.from('anything').toString('base64'),
      `MAIL FROM:<${STRANGER}>`,
      `RCPT TO:<${VICTIM}>`,
    ]);

    expect(replies.map(({ code }) => code)).toEqual([220, 250, 334, 334, 235, 250, 250]);
    expect(await sendMessage(server, { from: STRANGER, to: [VICTIM], login })).toEqual(ACCEPTED);
    expect(await cameOut(server)).toEqual([VICTIM]);
  });

  test('a restriction at DATA looks at no recipient where there are two', async () => {
    const leaking = await start({ preset: 'lone-recipient-at-data' });
    const tight = await start({ preset: 'reject-at-data' });
    const mixed = { from: STRANGER, to: [OWN, VICTIM] };

    expect(await sendMessage(tight, mixed)).toEqual(refused('rcpt', 452));
    expect(await sendMessage(leaking, mixed)).toEqual(ACCEPTED);
    expect(await cameOut(leaking)).toEqual([OWN, VICTIM]);
  });

  test('the percent hack passes two hops and only two', async () => {
    const twoHops = await start({ preset: 'percent-hack-two-hops' });
    const oneHop = await start({ preset: 'closed' });
    const routed = { from: STRANGER, to: ['victim%outside.test@example.com'] };

    expect(await sendMessage(oneHop, routed)).toEqual(refused('rcpt', 554));
    expect(await sendMessage(twoHops, routed)).toEqual(ACCEPTED);
    expect(await cameOut(twoHops)).toEqual([VICTIM]);
  });

  test('after ten errors every reply takes a second, and the twentieth error ends the connection', async () => {
    const server = await start({ preset: 'closed' });
    const replies = await converse(server, [
      'EHLO client.test',
      `MAIL FROM:<${STRANGER}>`,
      ...Array.from({ length: 21 }, () => `RCPT TO:<${VICTIM}>`),
    ]);
    const errors = replies.slice(3);

    expect(errors.map(({ code }) => code)).toEqual([...Array.from({ length: 20 }, () => 554), 421]);
    expect(Math.max(...errors.slice(0, 9).map(({ ms }) => ms))).toBeLessThan(900);
    expect(Math.min(...errors.slice(10, 20).map(({ ms }) => ms))).toBeGreaterThan(900);
  });

  test('a setting that Postfix does not take is told in its own words', async () => {
    await expect(start({ preset: 'closed', settings: { hash_queue_depth: 'deep' } })).rejects.toThrow(
      /hash_queue_depth/u,
    );
  });
});
