import { expect, test } from 'vitest';
import { sendMessage } from '../support/send-message.ts';
import { describeReal } from './availability.ts';
import { ACCEPTED, OPEN, OWN, STRANGER, VICTIM, closedWith, expectPreset, refused, useBench } from './bench.ts';
import type { PresetCase } from './bench.ts';
import { OPENSMTPD_PRESET_NAMES, startOpenSmtpd } from './opensmtpd.ts';
import type { OpenSmtpdPresetName } from './opensmtpd.ts';
import { SENDMAIL_PRESET_NAMES, startSendmail } from './sendmail.ts';
import type { SendmailPresetName } from './sendmail.ts';

/** A stranger's address for sendmail, which relays for 127.0.0.1 whatever its rules say. */
const STRANGERS_ADDRESS = '127.0.0.2';
const TRUSTED_ADDRESS = '127.1.2.3';
const TRUSTED_NETWORK = '127.1.0.0/16';

const OPENSMTPD_CASES: Readonly<Record<OpenSmtpdPresetName, PresetCase>> = {
  closed: closedWith(550),
  open: OPEN,
  'own-sender': { ...OPEN, relay: refused('rcpt', 550), cameOut: [OWN, VICTIM] },
};

/** How own mail reaches sendmail's next hop. */
const OWN_AT_HUB = 'alice@[127.0.0.1]';
const SENDMAIL_CASES: Readonly<Record<SendmailPresetName, PresetCase>> = {
  closed: { ...closedWith(550), cameOut: [OWN_AT_HUB] },
  open: { ...OPEN, cameOut: [OWN_AT_HUB, VICTIM, VICTIM] },
  'own-sender': { ...OPEN, relay: refused('rcpt', 550), cameOut: [OWN_AT_HUB, VICTIM] },
};

describeReal('OpenSMTPD', ['opensmtpd'], () => {
  const bench = useBench();

  for (const preset of OPENSMTPD_PRESET_NAMES) {
    test(`${preset}: it does what its name says`, async () => {
      const server = bench.keep(await startOpenSmtpd({ preset, nextHop: bench.sink() }));

      await expectPreset(bench, server, OPENSMTPD_CASES[preset]);
    });
  }

  test('it relays for a trusted network alone', async () => {
    const server = bench.keep(
      await startOpenSmtpd({ preset: 'closed', nextHop: bench.sink(), trusts: [TRUSTED_NETWORK] }),
    );
    const relay = { from: STRANGER, to: [VICTIM] };

    expect(await sendMessage({ ...server, localAddress: TRUSTED_ADDRESS }, relay)).toEqual(ACCEPTED);
    expect(await sendMessage(server, relay)).toEqual(refused('rcpt', 550));
    expect(await bench.cameOut(server)).toEqual([VICTIM]);
  });
});

describeReal('sendmail', ['sendmail'], () => {
  const bench = useBench();

  for (const preset of SENDMAIL_PRESET_NAMES) {
    test(`${preset}: it does what its name says`, async () => {
      const server = bench.keep(await startSendmail({ preset, nextHop: bench.sink() }));

      await expectPreset(bench, server, SENDMAIL_CASES[preset], STRANGERS_ADDRESS);
    });
  }

  test('it relays for a trusted network, and for 127.0.0.1 that nobody named', async () => {
    const server = bench.keep(
      await startSendmail({ preset: 'closed', nextHop: bench.sink(), trusts: [TRUSTED_NETWORK] }),
    );
    const relay = { from: STRANGER, to: [VICTIM] };

    expect(await sendMessage({ ...server, localAddress: TRUSTED_ADDRESS }, relay)).toEqual(ACCEPTED);
    expect(await sendMessage({ ...server, localAddress: '127.0.0.1' }, relay)).toEqual(ACCEPTED);
    expect(await sendMessage({ ...server, localAddress: STRANGERS_ADDRESS }, relay)).toEqual(refused('rcpt', 550));
    expect(await bench.cameOut(server)).toEqual([VICTIM, VICTIM]);
  });
});
