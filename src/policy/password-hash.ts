import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { ScryptOptions } from 'node:crypto';

/** Cost parameters of scrypt (RFC 7914 section 2). */
export interface ScryptCost {
  /** CPU and memory cost, a power of two. */
  readonly N: number;
  readonly r: number;
  readonly p: number;
}

interface PasswordHash extends ScryptCost {
  readonly salt: Buffer;
  readonly hash: Buffer;
}

const DEFAULT_COST: ScryptCost = { N: 16384, r: 8, p: 1 };
/** 128 * N * r octets are needed for one check; a policy must not be able to fill the memory of the guard. */
const MOST_MEMORY = 128 * 1024 * 1024;
const MOST_PARALLEL = 16;
/** A shorter hash parses, so that a file can be checked, but nobody is let in by it. */
const SHORTEST_HASH = 16;

function number(text: string): number {
  return /^[1-9]\d{0,9}$/u.test(text) ? Number(text) : 0;
}

function base64(text: string): Buffer | null {
  return /^[A-Za-z\d+/]+$/u.test(text) && text.length % 4 !== 1 ? Buffer.from(text, 'base64') : null;
}

function parse(text: string): PasswordHash | string {
  const [scheme, n = '', rText = '', pText = '', saltText = '', hashText = '', ...more] = text.split('$');
  if (scheme !== 'scrypt' || hashText === '' || more.length > 0)
    return 'it must be scrypt$N$r$p$salt$hash, never a password in the clear';
  const [N, r, p] = [number(n), number(rText), number(pText)];
  if (N < 2 || (N & (N - 1)) !== 0) return `N must be a power of two, not \`${n}\``;
  if (r === 0 || p === 0 || p > MOST_PARALLEL) return `r and p must be whole numbers, p at most ${MOST_PARALLEL}`;
  if (128 * N * r > MOST_MEMORY) return 'N and r ask for more than 128 MiB of memory';
  const [salt, hash] = [base64(saltText), base64(hashText)];
  if (salt === null || hash === null) return 'salt and hash must be base64 without padding';
  return { N, r, p, salt, hash };
}

/** A sentence on what is wrong with the text of a password hash, or null. The text itself is never repeated. */
export function passwordHashFault(text: string): string | null {
  const parsed = parse(text);
  return typeof parsed === 'string' ? `password hash: ${parsed}` : null;
}

function derive(password: string, salt: Buffer, length: number, { N, r, p }: ScryptCost): Promise<Buffer> {
  const options: ScryptOptions = { N, r, p, maxmem: MOST_MEMORY + 1024 * 1024 };
  return new Promise((resolve, reject) => {
    scrypt(password.normalize('NFC'), salt, length, options, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}

/** Makes a password hash with a fresh salt of 16 octets. */
export async function hashPassword(password: string, cost: ScryptCost = DEFAULT_COST): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, 32, cost);
  const text = (octets: Buffer): string => octets.toString('base64').replace(/=+$/u, '');
  return ['scrypt', cost.N, cost.r, cost.p, text(salt), text(hash)].join('$');
}

/** Whether a password is the one that was hashed, compared in constant time. Text that is no password hash lets nobody in. */
export async function verifyPassword(password: string, passwordHash: string): Promise<boolean> {
  const parsed = parse(passwordHash);
  if (typeof parsed === 'string' || parsed.hash.length < SHORTEST_HASH) return false;
  const derived = await derive(password, parsed.salt, parsed.hash.length, parsed);
  return timingSafeEqual(derived, parsed.hash);
}
