import { scryptSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { hashPassword, passwordHashFault, verifyPassword } from '../../src/policy/password-hash.ts';

const CHEAP = { N: 16, r: 1, p: 1 };

describe('a password hash', () => {
  test('lets in the password it was made of and no other', async () => {
    const hash = await hashPassword('correct horse', CHEAP);
    expect(hash).toMatch(/^scrypt\$16\$1\$1\$[A-Za-z\d+/]{22}\$[A-Za-z\d+/]{43}$/u);
    expect(passwordHashFault(hash)).toBeNull();
    await expect(verifyPassword('correct horse', hash)).resolves.toBe(true);
    await expect(verifyPassword('correct horsf', hash)).resolves.toBe(false);
    await expect(verifyPassword('', hash)).resolves.toBe(false);
  });

  test('has a salt of its own, and by default the cost of an interactive login', async () => {
    const [one, other] = await Promise.all([hashPassword('x'), hashPassword('x')]);
    expect(one).not.toBe(other);
    expect(one.startsWith('scrypt$16384$8$1$')).toBe(true);
    await expect(verifyPassword('x', one)).resolves.toBe(true);
  });

  test('means the same as the hash of another program', async () => {
    const salt = Buffer.from('0123456789');
    const hash = scryptSync('secret', salt, 32, { N: 1024, r: 4, p: 2 });
    const text = `scrypt$1024$4$2$${salt.toString('base64').replace(/=+$/u, '')}$${hash.toString('base64').replace(/=+$/u, '')}`;
    await expect(verifyPassword('secret', text)).resolves.toBe(true);
  });

  test('takes both spellings of a letter with an accent', async () => {
    await expect(verifyPassword('e\u{301}', await hashPassword('\u{e9}', CHEAP))).resolves.toBe(true);
  });

  test.each([
    ['scrypt$16384$8$1$SALT$HASH', null],
    ['scrypt$2$1$16$AA$AAA', null],
    ['scrypt$131072$8$1$SALT$HASH', null],
    ['secret', 'it must be scrypt$N$r$p$salt$hash, never a password in the clear'],
    ['', 'it must be scrypt$N$r$p$salt$hash, never a password in the clear'],
    ['bcrypt$16384$8$1$SALT$HASH', 'it must be scrypt$N$r$p$salt$hash, never a password in the clear'],
    ['scrypt$16384$8$1$SALT', 'it must be scrypt$N$r$p$salt$hash, never a password in the clear'],
    ['scrypt$16384$8$1$SALT$', 'it must be scrypt$N$r$p$salt$hash, never a password in the clear'],
    ['scrypt$16384$8$1$SALT$HASH$', 'it must be scrypt$N$r$p$salt$hash, never a password in the clear'],
    ['scrypt$16383$8$1$SALT$HASH', 'N must be a power of two, not `16383`'],
    ['scrypt$1$8$1$SALT$HASH', 'N must be a power of two, not `1`'],
    ['scrypt$0$8$1$SALT$HASH', 'N must be a power of two, not `0`'],
    ['scrypt$016384$8$1$SALT$HASH', 'N must be a power of two, not `016384`'],
    ['scrypt$x$8$1$SALT$HASH', 'N must be a power of two, not `x`'],
    ['scrypt$16384$0$1$SALT$HASH', 'r and p must be whole numbers, p at most 16'],
    ['scrypt$16384$8$0$SALT$HASH', 'r and p must be whole numbers, p at most 16'],
    ['scrypt$16384$8$17$SALT$HASH', 'r and p must be whole numbers, p at most 16'],
    ['scrypt$262144$8$1$SALT$HASH', 'N and r ask for more than 128 MiB of memory'],
    ['scrypt$131072$9$1$SALT$HASH', 'N and r ask for more than 128 MiB of memory'],
    ['scrypt$16384$8$1$SALT=$HASH', 'salt and hash must be base64 without padding'],
    ['scrypt$16384$8$1$$HASH', 'salt and hash must be base64 without padding'],
    ['scrypt$16384$8$1$SALTx$HASH', 'salt and hash must be base64 without padding'],
    ['scrypt$16384$8$1$SALT$H', 'salt and hash must be base64 without padding'],
    ['scrypt$16384$8$1$SALT$HA_H', 'salt and hash must be base64 without padding'],
  ])('`%s`: %s', (text, fault) => {
    expect(passwordHashFault(text)).toBe(fault === null ? null : `password hash: ${fault}`);
  });

  test.each(['', 'secret', 'scrypt$16384$8$1$SALT$HASH', 'scrypt$3$8$1$SALT$HASH'])(
    '`%s` lets nobody in',
    async (text) => {
      await expect(verifyPassword('secret', text)).resolves.toBe(false);
      await expect(verifyPassword('', text)).resolves.toBe(false);
    },
  );

  test('of fewer than 16 octets lets nobody in, not even with its own password', async () => {
    const make = (octets: number): string => {
      const hash = scryptSync('x', Buffer.from('salt'), octets, CHEAP);
      return `scrypt$16$1$1$c2FsdA$${hash.toString('base64').replace(/=+$/u, '')}`;
    };
    await expect(verifyPassword('x', make(15))).resolves.toBe(false);
    await expect(verifyPassword('x', make(16))).resolves.toBe(true);
  });
});
