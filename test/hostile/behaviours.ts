import type { Act, Moment, Wire } from '../support/hostile-server.ts';
import { HOSTILE_TEXTS } from '../support/hostile-texts.ts';

/**
 * What may be made of a session in which a server behaves so:
 * `sound`: it is odd but says what it says; the verdict is that of a sound server ·
 * `broken`: nothing it says can be believed; could not tell ·
 * `no-worse`: a sound verdict or could not tell, for what is odd only behind the answer ·
 * `refusal`: it says no in another way.
 */
export type Allowed = 'sound' | 'broken' | 'no-worse' | 'refusal';

/** A row of the corpus: one way to misbehave, and where. */
export interface Behaviour {
  /** Number in the corpus of hostile servers, and a name. */
  readonly name: string;
  readonly moments: readonly Moment[];
  readonly act: Act;
  readonly allowed: Allowed;
  /** Only makes sense, or only ends in time, when it is not cut into single bytes. */
  readonly inOnePiece?: boolean;
  /** Leaves the client waiting: it has to give up by itself. */
  readonly stalls?: boolean;
}

/** Longest wait of one reply in these tests, in milliseconds. */
export const PATIENCE_MS = 200;

const REPLIES: readonly Moment[] = [
  'banner',
  'ehlo',
  'starttls',
  'auth',
  'mail',
  'rcpt',
  'data',
  'end-of-data',
  'reset',
  'quit',
];
const BEFORE_THE_END = REPLIES.filter((moment) => moment !== 'quit');

const code = (honest: string): string => honest.slice(0, 3);
const lastLine = (honest: string): string => `${honest.trimEnd().split('\r\n').at(-1) ?? ''}\r\n`;

function row(name: string, allowed: Allowed, act: Act, rest: Partial<Behaviour> = {}): Behaviour {
  return { name, allowed, act, moments: REPLIES, ...rest };
}

function drip(wire: Wire, milliseconds: number, text: string): void {
  let at = 0;
  wire.every(milliseconds, () => {
    wire.pour(text.charAt(at % text.length));
    at += 1;
  });
}

const WHOLE = { inOnePiece: true };
const STALL = { stalls: true };

export const BEHAVIOURS: readonly Behaviour[] = [
  row('S01 says nothing', 'broken', () => undefined, {
    ...STALL,
    moments: ['connect', ...REPLIES],
  }),
  row('S02 is slow, within what is legal', 'sound', (wire, honest) =>
    wire.after(PATIENCE_MS / 2, () => wire.send(honest)),
  ),
  row('S03 drips a line that never ends', 'broken', (wire) => drip(wire, 15, '250 patience '), STALL),
  row('S04 drips a valid reply too slowly', 'broken', (wire, honest) => drip(wire, 60, lastLine(honest)), STALL),
  row(
    'S05 sends lines of one reply without end, fast',
    'broken',
    (wire, honest) => {
      for (let sent = 0; sent < 40; sent += 1) wire.pour(`${code(honest)}-more\r\n`.repeat(1000));
    },
    WHOLE,
  ),
  row(
    'S05 sends lines of one reply without end, slowly',
    'broken',
    (wire, honest) => wire.every(20, () => wire.pour(`${code(honest)}-more\r\n`)),
    STALL,
  ),
  row(
    'S05 sends whole replies without end',
    'broken',
    (wire, honest) => {
      for (let sent = 0; sent < 40; sent += 1) wire.pour(lastLine(honest).repeat(500));
    },
    { ...WHOLE, moments: BEFORE_THE_END },
  ),
  row(
    'S06 sends a line of a megabyte',
    'broken',
    (wire, honest) => wire.pour(`${code(honest)} ${'x'.repeat(1_048_576)}`),
    WHOLE,
  ),
  row(
    'S07 offers four thousand keywords',
    'broken',
    (wire) => wire.pour(`${'250-KEYWORD-OF-SOME-LENGTH 12345\r\n'.repeat(4000)}250 END\r\n`),
    { ...WHOLE, moments: ['ehlo'] },
  ),
  row(
    'S07 offers odd keywords',
    'sound',
    (wire, honest) =>
      wire.send(
        honest.replace('\r\n', '\r\n250-SIZE 1e309\r\n250-SIZE -1\r\n250-__proto__ x\r\n250-constructor\r\n250- \r\n'),
      ),
    { moments: ['ehlo'] },
  ),
  ...HOSTILE_TEXTS.filter((text) => !/[\r\n]/.test(text)).map((text, index) =>
    row(
      `S08-S10 writes hostile text ${index}`,
      'sound',
      (wire, honest) => {
        const bytes = Buffer.from(` ${text} `, 'utf8').toString('latin1');
        wire.send(honest.replace(/^(\d{3}[ -]\S*)/, `$1${bytes}`));
      },
      // Two moments for each text, others for the next one.
      {
        moments: [BEFORE_THE_END[index % BEFORE_THE_END.length] ?? 'rcpt', index % 2 === 0 ? 'rcpt' : 'mail'],
      },
    ),
  ),
  row('S08 writes bytes that are no UTF-8', 'sound', (wire, honest) =>
    wire.send(honest.replace('\r\n', ' \u00ff\u00fe\u00c0\u0080\r\n')),
  ),
  row('S11 ends lines with a bare LF', 'broken', (wire, honest) => wire.send(honest.replaceAll('\r\n', '\n')), {
    moments: BEFORE_THE_END,
  }),
  row('S11 ends lines with a bare CR', 'broken', (wire, honest) => wire.send(honest.replaceAll('\r\n', '\r')), {
    ...STALL,
    moments: BEFORE_THE_END,
  }),
  row('S11 ends lines with CR CR LF', 'broken', (wire, honest) => wire.send(honest.replaceAll('\r\n', '\r\r\n')), {
    moments: BEFORE_THE_END,
  }),
  ...['000 ok', '199 ok', '600 ok', '999 ok', '25 ok', '2500', '250X', '250_ok', 'ok', '', '-1 ok', '\u00b250 ok'].map(
    (line) =>
      row(`S12 says \`${line}\``, 'broken', (wire) => wire.send(`${line}\r\n`), {
        moments: BEFORE_THE_END,
      }),
  ),
  row('S13 mixes codes in one reply, good first', 'broken', (wire) => wire.send('250-ok\r\n550 no\r\n'), {
    moments: BEFORE_THE_END,
  }),
  row('S13 mixes codes in one reply, bad first', 'broken', (wire) => wire.send('550-no\r\n250 ok\r\n'), {
    moments: BEFORE_THE_END,
  }),
  row('S14 says 250 where 354 is due', 'broken', (wire) => wire.send('250 ok\r\n'), { moments: ['data'] }),
  row('S14 says 354 where 250 is due', 'broken', (wire) => wire.send('354 go\r\n'), {
    moments: ['ehlo', 'mail', 'rcpt', 'end-of-data'],
  }),
  row('S14 says 334 where 250 is due', 'broken', (wire) => wire.send('334 \r\n'), {
    moments: ['ehlo', 'mail', 'rcpt', 'data', 'end-of-data'],
  }),
  row('S14 says 221 where 250 is due', 'broken', (wire) => wire.send('221 bye\r\n'), {
    moments: ['ehlo', 'mail', 'rcpt', 'data', 'end-of-data'],
  }),
  row('S14 says 235 where 250 is due', 'broken', (wire) => wire.send('235 ok\r\n'), {
    moments: ['ehlo', 'mail', 'rcpt', 'data', 'end-of-data'],
  }),
  row('S14 says 220 again where 250 is due', 'broken', (wire) => wire.send('220 hello\r\n'), {
    moments: ['ehlo', 'mail', 'rcpt', 'data', 'end-of-data'],
  }),
  row('S14 says 250 where 220 is due', 'broken', (wire) => wire.send('250 hello\r\n'), {
    moments: ['banner', 'starttls'],
  }),
  row('S15 answers twice', 'broken', (wire, honest) => wire.send(honest + lastLine(honest)), {
    moments: ['banner', 'ehlo', 'auth', 'mail', 'rcpt', 'data', 'end-of-data'],
  }),
  row('S15 answers yes, then no', 'broken', (wire) => wire.send('250 ok\r\n550 no\r\n'), {
    moments: ['mail', 'rcpt', 'end-of-data'],
  }),
  row('S15 answers no, then yes', 'broken', (wire) => wire.send('550 5.7.1 relaying denied\r\n250 ok\r\n'), {
    moments: ['mail', 'rcpt', 'end-of-data'],
  }),
  row(
    'S15 says the whole session beforehand',
    'broken',
    (wire) => wire.send('220 hi\r\n250 hi\r\n250 ok\r\n250 ok\r\n354 go\r\n250 queued\r\n250 reset\r\n221 bye\r\n'),
    { ...STALL, moments: ['banner', 'connect'] },
  ),
  row('S15 answers the message before it was sent', 'broken', (wire) => wire.send('354 go\r\n250 queued\r\n'), {
    moments: ['data'],
  }),
  row('S15 begins another reply behind this one', 'broken', (wire, honest) => wire.send(`${honest}250-`), {
    ...STALL,
    ...WHOLE,
    moments: ['banner', 'ehlo', 'auth', 'mail', 'rcpt', 'data', 'end-of-data'],
  }),
  row('S16 says 421 instead', 'refusal', (wire) => {
    wire.send('421 4.3.2 closing\r\n');
    wire.finish();
  }),
  row('S16 says 421 behind its answer and closes', 'no-worse', (wire, honest) => {
    wire.send(`${honest}421 4.3.2 closing\r\n`);
    wire.finish();
  }),
  row('S17 resets the connection', 'broken', (wire) => wire.reset(), {
    moments: ['connect', 'tls', ...REPLIES],
  }),
  row('S17 closes the connection', 'broken', (wire) => wire.finish(), {
    moments: ['connect', 'tls', ...REPLIES],
  }),
  row('S17 closes in the middle of a reply', 'broken', (wire, honest) => {
    wire.send(honest.slice(0, honest.length / 2));
    wire.finish();
  }),
  row('S17 answers and closes', 'no-worse', (wire, honest) => {
    wire.send(honest);
    wire.finish();
  }),
  row('S18 puts it off', 'refusal', (wire) => wire.send('451 4.7.1 greylisted, try again in 300 seconds\r\n'), {
    moments: ['banner', 'ehlo', 'mail', 'rcpt', 'data', 'end-of-data'],
  }),
  row('S20 refuses', 'refusal', (wire) => wire.send('554 5.7.1 no\r\n'), {
    moments: ['banner', 'ehlo', 'auth', 'mail', 'rcpt', 'data', 'end-of-data'],
  }),
  row('S21 refuses STARTTLS', 'refusal', (wire) => wire.send('454 4.7.0 TLS not available\r\n'), {
    moments: ['starttls'],
  }),
  row('S21 does not know STARTTLS that it offered', 'refusal', (wire) => wire.send('502 5.5.1 what?\r\n'), {
    moments: ['starttls'],
  }),
  row('S21 goes on in plain text', 'broken', (wire) => wire.send('220 mx.example.com ESMTP\r\n250 ok\r\n250 ok\r\n'), {
    moments: ['tls'],
  }),
  row('S21 sends garbage for a handshake', 'broken', (wire) => wire.pour(Buffer.alloc(4096, 0xa5)), {
    moments: ['tls'],
  }),
  row('S21 sends a TLS alert', 'broken', (wire) => wire.pour(Buffer.from([0x15, 3, 3, 0, 2, 2, 40])), {
    moments: ['tls'],
  }),
  row('S21 drips a record that never ends', 'broken', (wire) => drip(wire, 15, '\x16\x03\x03\x3f\xff'), {
    ...STALL,
    moments: ['tls'],
  }),
  row('S21 never shakes hands', 'broken', () => undefined, {
    ...STALL,
    moments: ['tls'],
  }),
  row(
    'S22 says more in plain text before the handshake',
    'no-worse',
    (wire, honest) => {
      wire.send(`${honest}250 injected\r\n`);
      wire.secure();
    },
    { moments: ['starttls'] },
  ),
  row('S26 is an SSH server', 'broken', (wire) => wire.send('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n'), {
    moments: ['banner', 'connect'],
  }),
  row('S26 is an HTTP server', 'broken', (wire) => wire.send('HTTP/1.1 400 Bad Request\r\n\r\n'), {
    moments: ['banner', 'connect'],
  }),
  row('S26 is an IMAP server', 'broken', (wire) => wire.send('* OK IMAP4rev1 ready\r\n'), {
    moments: ['banner', 'connect'],
  }),
  row('S26 is a POP3 server', 'broken', (wire) => wire.send('+OK POP3 ready\r\n'), { moments: ['banner', 'connect'] }),
  row('S26 speaks TLS at once', 'broken', (wire) => wire.pour(Buffer.from([0x15, 3, 1, 0, 2, 2, 70])), {
    moments: ['banner', 'connect'],
  }),
  row('S30 does not read any more', 'broken', (wire) => wire.deafen(), STALL),
  row('S31 asks to try elsewhere', 'refusal', (wire) => wire.send('551 5.7.1 please try <v@elsewhere.test>\r\n'), {
    moments: ['mail', 'rcpt'],
  }),
];
