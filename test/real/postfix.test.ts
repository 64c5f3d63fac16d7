import { afterEach, beforeEach, expect, test } from 'vitest';
import { converse } from '../support/smtp-dialogue.ts';
import { sendMessage } from '../support/send-message.ts';
import type { SendOutcome } from '../support/send-message.ts';
import { startSink } from '../support/sink.ts';
import type { Sink } from '../support/sink.ts';
import { describeReal } from './availability.ts';
import { startPostfix } from './postfix.ts';
import type { PostfixOptions } from './postfix.ts';
import { POSTFIX_PRESET_NAMES, POSTFIX_PRESETS } from './postfix-presets.ts';
import type { PostfixPresetName } from './postfix-presets.ts';
import type { RealServer } from './real-server.ts';

const STRANGER = 'stranger@elsewhere.test';
const VICTIM = 'victim@outside.test';
const OWN = 'alice@example.com';

interface PresetCase {
  /** What a message from a stranger to a victim, from an own sender to a victim, and to an own mailbox gets. */
  readonly relay: SendOutcome;
  readonly spoofed: SendOutcome;
  readonly inbound: SendOutcome;
  /** The forward paths that come out, of the three messages. */
  readonly cameOut: readonly string[];
}

const ACCEPTED: SendOutcome = { stage: 'end-of-data', code: 250 };
const refused = (stage: SendOutcome['stage'], code: number): SendOutcome => ({ stage, code });
const CLOSED: PresetCase = {
  relay: refused('rcpt', 554),
  spoofed: refused('rcpt', 554),
  inbound: ACCEPTED,
  cameOut: [OWN],
};
const OPEN: PresetCase = { relay: ACCEPTED, spoofed: ACCEPTED, inbound: ACCEPTED, cameOut: [OWN, VICTIM, VICTIM] };

const CASES: Readonly<Record<PostfixPresetName, PresetCase>> = {
  closed: CLOSED,
  'closed-deferring': { ...CLOSED, relay: refused('rcpt', 454), spoofed: refused('rcpt', 454) },
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
  let sink: Sink;
  let running: RealServer[];

  beforeEach(async () => {
    running = [];
    sink = await startSink();
  });
  afterEach(async () => {
    for (const server of running) {
      await server.stop();
    }
    await sink.stop();
  });

  async function start(options: Omit<PostfixOptions, 'nextHop'>): Promise<RealServer> {
    const server = await startPostfix({ ownMail: 'next-hop', ...options, nextHop: sink });
    running.push(server);
    return server;
  }

  /** What came out at the sink once the server has nothing left on its way. */
  async function cameOut(server: RealServer): Promise<readonly string[]> {
    await server.untilSettled();
    return [...sink.forwardPaths()].sort();
  }

  for (const preset of POSTFIX_PRESET_NAMES) {
    test(`${preset}: it ${POSTFIX_PRESETS[preset].title}`, async () => {
      const server = await start({ preset });
      const { relay, spoofed, inbound, ...rest } = CASES[preset];

      expect(await sendMessage(server, { from: STRANGER, to: [VICTIM] })).toEqual(relay);
      expect(await sendMessage(server, { from: OWN, to: [VICTIM] })).toEqual(spoofed);
      expect(await sendMessage(server, { from: STRANGER, to: [OWN] })).toEqual(inbound);
      expect(await cameOut(server)).toEqual(rest.cameOut);
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
    expect(server.log()).toContain('relay=none');
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
