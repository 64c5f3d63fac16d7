import { verifyPassword } from '../policy/password-hash.ts';
import type { Policy } from '../policy/policy.ts';
import type { LoginAttempt } from './session-facts.ts';

/** Credentials as SASL PLAIN (RFC 4616) or LOGIN brought them. */
export interface PresentedLogin {
  readonly user: string;
  readonly password: string;
  readonly actAs: string;
}

/**
 * Compares a password with the hash of its login. An unknown user costs as much time as a known one, and is answered the
 * same, so that nobody learns which logins exist. CRAM-MD5 cannot be offered: it needs the password itself, of which the
 * policy keeps only a hash.
 */
export async function checkLogin(policy: Policy, presented: PresentedLogin): Promise<LoginAttempt> {
  const { logins } = policy.settings;
  const known = logins.find(({ user }) => user === presented.user);
  const hash = known ?? logins[0];
  const matches = hash !== undefined && (await verifyPassword(presented.password, hash.passwordHash));
  return { ...presented, verified: known !== undefined && matches };
}
