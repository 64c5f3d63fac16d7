import type { Credentials } from '../smtp/sasl.ts';
import { UsageError } from '../document/usage-error.ts';

/** Reads `PREFIX_USER` and `PREFIX_PASSWORD`; a secret never comes from the command line. @throws UsageError */
export function loginFromEnvironment(prefix: string, env: Readonly<Record<string, string | undefined>>): Credentials {
  const user = env[`${prefix}_USER`];
  const password = env[`${prefix}_PASSWORD`];
  const missing = [
    ...(user === undefined || user === ''
      ? [`--login-env ${prefix}: ${prefix}_USER is not set in the environment`]
      : []),
    ...(password === undefined || password === ''
      ? [`--login-env ${prefix}: ${prefix}_PASSWORD is not set in the environment`]
      : []),
  ];
  if (user === undefined || password === undefined || missing.length > 0) throw new UsageError(missing);
  return { user, password };
}
