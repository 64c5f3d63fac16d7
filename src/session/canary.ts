import { createHmac, randomBytes } from 'node:crypto';

/** RFC 4648 base32 in lower case: survives every case-folding relay. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const TOKEN = /rp1-[a-z2-7]{26,64}/;
const NONCE_BYTES = 10;
const SIGNATURE_BYTES = 10;

export const CANARY_FIELD = 'X-Relayproof-Canary';

/** Makes canary tokens of one audit and knows its own again: a token carries a signature over its nonce and its probe. */
export interface CanaryMint {
  readonly mint: (probe: string) => string;
  readonly isOwn: (token: string, probe: string) => boolean;
}

/** @param key secret of the audit; @param nonces source of 10 random bytes, replaced only where a run must repeat */
export function createCanaryMint(
  key: Buffer = randomBytes(32),
  nonces: () => Buffer = () => randomBytes(NONCE_BYTES),
): CanaryMint {
  const sign = (nonce: string, probe: string): string =>
    base32(createHmac('sha256', key).update(`${nonce}\0${probe}`).digest().subarray(0, SIGNATURE_BYTES));
  return {
    mint: (probe) => {
      const nonce = base32(nonces());
      return `rp1-${nonce}${sign(nonce, probe)}`;
    },
    isOwn: (token, probe) => {
      const nonce = token.slice(4, 20);
      return token === `rp1-${nonce}${sign(nonce, probe)}`;
    },
  };
}

/** The first canary token in a text, or null. */
export function findCanary(text: string): string | null {
  return TOKEN.exec(text.toLowerCase())?.[0] ?? null;
}

function base32(bytes: Buffer): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => ALPHABET.charAt(Number.parseInt(group.padEnd(5, '0'), 2))).join('');
}
