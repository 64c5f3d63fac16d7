import * as fc from 'fast-check';

/** Stands in the name of every victim, and in nothing else that a test sends. */
export const VICTIM = 'zzvictim';

/** Domains of victims under names that are not reserved, plain and in the spellings that some program undoes. */
const domain = fc.constantFrom(
  `${VICTIM}.org`,
  `mail.${VICTIM.toUpperCase()}.net`,
  `${VICTIM}.org.`,
  `${VICTIM}.example.com.org`,
  'zz\u00advictim.org',
  '\uff5a\uff5avictim.org',
  `${VICTIM}\u3002org`,
  `${VICTIM}\uff0eorg`,
  'zz\0victim.org',
  'z&#122;victim.org',
  'zz&#x76;ictim.org',
  'zz=76ictim.org',
  'zz%76ictim.org',
  'zz+76ictim.org',
);

/** `D` stands for the domain. */
const FORMS = [
  'v@D',
  'v@ D',
  'v @D',
  '<v@D>',
  '"v@D"@example.com',
  'v\\@D',
  'v@(x)D',
  'v\0@D',
  'v@\0D',
  '@D:v@example.com',
  'v%D@example.com',
  'D!v@example.com',
  'v#D@example.com',
  'v--D@example.com',
  'v_D@example.com',
  'v=D@example.com',
  'v&#64;D',
  'v&commat;D',
  'v&#x40;D',
  'v=40D@example.com',
  'v%40D@example.com',
  'v+40D@example.com',
  'v%2540D',
  'v_at_D@example.com',
  'v at D',
  'v(a)D',
  'v(at)D',
  'v[at]D',
  '/rfc-822=v(a)D@example.com',
  'v@example.com@D',
  'SRS0=aaaa=tt=D=v@example.com',
  'IMCEASMTP-v+40D@example.com',
  'v\uff20D',
  '=?utf-8?b?dkB6enZpY3RpbS5vcmc=?=',
];

/** A mailbox of a victim, in every form that a server or a gateway behind it might unpack. */
export const victimMailbox = fc
  .tuple(domain, fc.constantFrom(...FORMS))
  .map(([name, form]) => form.replace('D', () => name));

const verb = fc.constantFrom(
  'RCPT TO:',
  'rcpt to:',
  'RC\0PT TO:',
  'R\tCPT TO:',
  'RCPT  TO :',
  'RCPT',
  'MAIL FROM:',
  'VRFY ',
  '',
);
const cut = fc.constantFrom('\r\n', '\n', '\r', '\0', '\r\n.\r\n', '\n.\n', '\r\n\r\n', '\r\n ', '=\r\n', 'x ', '');

/** A mailbox of a victim behind whatever may make a command, or a line of its own, of it. */
export const hostile = fc
  .tuple(
    cut,
    verb,
    fc.constantFrom('', '<'),
    victimMailbox,
    fc.constantFrom('', '>', '>\r\n', '\r\nDATA\r\nx\r\n.\r\n'),
  )
  .map((parts) => parts.join(''));

/** Text in escaped form, some of it with the eighth bit set, in which a verb or an at-sign hides from programs that see eight bits. */
export const hostileRaw = fc.oneof(
  hostile.map((text) =>
    text.replaceAll('\\', '\\\\').replaceAll('\r', '\\r').replaceAll('\n', '\\n').replaceAll('\0', '\\0'),
  ),
  fc.constantFrom(
    `\\xd2\\xc3\\xd0\\xd4 TO:<v@${VICTIM}.org>`,
    `RCPT TO:<v\\xc0${VICTIM}.org>`,
    'RCPT TO:<v@\\xfa\\xfavictim\\xaeorg>',
    `{x*2100}RCPT TO:<v@${VICTIM}.org>`,
  ),
);

const UNDONE: readonly ((text: string) => string)[] = [
  (text) => text.replace(/[%=+]([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  (text) => text.replace(/&#x([\da-f]+);/gi, (_, hex: string) => String.fromCodePoint(Number.parseInt(hex, 16))),
  (text) => text.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code))),
  (text) =>
    text.replace(/=\?utf-8\?b\?([\w+/=]+)\?=/gi, (_, base64: string) => Buffer.from(base64, 'base64').toString()),
];

/** Whether bytes name a victim in any spelling, in a mailbox or not: everything but letters and digits is dropped. */
export function namesVictim(bytes: Buffer): boolean {
  const sevenBits = Buffer.from(bytes.map((byte) => byte % 128)).toString('latin1');
  const texts = [bytes.toString('utf8').normalize('NFKC'), bytes.toString('latin1'), sevenBits];
  const undone = texts.map((text) => UNDONE.reduce((one, undo) => undo(one), text));
  return [...texts, ...undone].some((text) =>
    text
      .toLowerCase()
      .replace(/[^a-z\d]/g, '')
      .includes(VICTIM),
  );
}
