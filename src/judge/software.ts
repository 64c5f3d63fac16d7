/** Mail servers that are recognised by what they say. */
export type Software =
  | 'postfix'
  | 'exim'
  | 'sendmail'
  | 'opensmtpd'
  | 'exchange'
  | 'haraka'
  | 'qmail'
  | 'hmailserver'
  | 'relayproof'
  | 'unknown';

export const SOFTWARE_NAMES: Readonly<Record<Software, string>> = {
  postfix: 'Postfix',
  exim: 'Exim',
  sendmail: 'sendmail',
  opensmtpd: 'OpenSMTPD',
  exchange: 'Microsoft Exchange',
  haraka: 'Haraka',
  qmail: 'qmail',
  hmailserver: 'hMailServer',
  relayproof: 'relayproof guard',
  unknown: 'unknown',
};

const SIGNS: readonly (readonly [Software, RegExp])[] = [
  ['relayproof', /relayproof guard/i],
  ['postfix', /\bPostfix\b/i],
  ['exim', /\bExim\b/i],
  ['sendmail', /\bSendmail\b/i],
  ['opensmtpd', /\bOpenSMTPD\b/i],
  ['exchange', /Microsoft ESMTP MAIL Service|\bExchange\b/i],
  ['haraka', /\bHaraka\b/i],
  ['hmailserver', /\bhMailServer\b/i],
  ['qmail', /\bqmail\b|rcpthosts/i],
  // Habits of replies, for servers that hide their name.
  ['postfix', /: Relay access denied|Recipient address rejected: |Client host rejected: /],
  ['exim', /relay not permitted/],
  ['sendmail', /\.\.\. (?:Relaying denied|Sender ok|Recipient ok)/],
];

/** A guess from the banner first and from the words of replies where the banner tells nothing. */
export function guessSoftware(banner: string | null, replies: readonly string[]): Software {
  const texts = [banner ?? '', replies.join('\n').slice(0, 20_000)];
  for (const text of texts) {
    const sign = SIGNS.find(([, pattern]) => pattern.test(text));
    if (sign !== undefined) return sign[0];
  }
  return 'unknown';
}
