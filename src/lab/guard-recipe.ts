import { ownCommand } from './process.ts';
import type { LabSite, PreparedServer } from './recipe.ts';
import { policyFrom } from '../config/inputs.ts';

/** Runs the guard under a policy, with the world as its next hop. */
export function prepareGuard({ path, world }: LabSite): PreparedServer {
  policyFrom(path);
  return {
    argv: ownCommand([
      'guard',
      '--policy',
      path,
      '--listen',
      '0.0.0.0:25',
      '--all-addresses',
      '--next-hop',
      `${world.host}:${world.port}`,
      '--insecure-auth',
    ]),
    notes: ['logins are taken without TLS, and own mail goes to the catcher as well'],
    log: () => '',
  };
}
