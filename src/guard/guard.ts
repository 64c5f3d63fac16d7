import { ClientRates } from './client-rates.ts';
import { normalAddress } from './client-key.ts';
import { DEFECTS } from './defects.ts';
import type { GuardContext } from './guard-context.ts';
import { SILENT } from './guard-log.ts';
import { DEFAULT_NAME, checkGuardOptions } from './guard-options.ts';
import type { GuardOptions } from './guard-options.ts';
import { GuardServer } from './guard-server.ts';
import { guardLimits } from './limits.ts';
import { nextHopDelivery } from './next-hop.ts';
import { SOUND_STEPS } from './steps.ts';

/** A running guard. */
export interface Guard {
  readonly address: string;
  readonly port: number;
  /** Stops listening, lets messages under way finish, and resolves when every session has ended. */
  readonly close: () => Promise<void>;
}

/**
 * Starts the guarded relay: mail that the policy admits goes to the next hop, before the client hears 250.
 * @throws GuardConfigError for options that are unsafe or impossible; errors of listening as Node gives them
 */
export async function startGuard(options: GuardOptions): Promise<Guard> {
  checkGuardOptions(options);
  const context = guardContext(options);
  const { tls = null, implicitTls = false } = options;
  const server = new GuardServer(
    {
      ...(tls === null
        ? { hideSTARTTLS: true, disabledCommands: ['STARTTLS'] }
        : { key: tls.key, cert: tls.cert, secure: implicitTls }),
      name: context.name,
      banner: 'relayproof guard',
      logger: false,
      heloResponse: '%s greets %s',
      disableReverseLookup: true,
      authOptional: true,
      authMethods: ['PLAIN', 'LOGIN'],
      // Where AUTH is refused in the clear, the guard does so itself, with or without STARTTLS.
      allowInsecureAuth: true,
      hideENHANCEDSTATUSCODES: false,
      hideSMTPUTF8: true,
      size: context.limits.messageBytes,
      maxCommandLength: Math.max(context.limits.authLineBytes, context.limits.commandLineBytes),
      socketTimeout: Math.min(context.limits.commandMs, 2_147_483_647),
      closeTimeout: context.limits.shutdownMs,
    },
    context,
  );
  await new Promise<void>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(options.listen.port, options.listen.host, () => {
      server.server.removeListener('error', reject);
      resolve();
    });
  });
  const bound = server.server.address();
  if (bound === null || typeof bound === 'string') throw new Error('the guard listens on no TCP port');
  return { address: bound.address, port: bound.port, close: () => server.stop() };
}

function guardContext(options: GuardOptions): GuardContext {
  const limits = guardLimits(options.limits);
  const name = options.name ?? DEFAULT_NAME;
  const now = options.clock ?? Date.now;
  const { policy, nextHop, tls = null, requireTlsForAuth = true, allowInsecureAuth = false } = options;
  const authInClear = tls === null ? allowInsecureAuth : !requireTlsForAuth;
  const hasLogins = policy.settings.logins.length > 0;
  const defect = options.defect ?? null;
  return {
    name,
    policy,
    limits,
    now,
    steps: defect === null ? SOUND_STEPS : { ...SOUND_STEPS, ...DEFECTS[defect].steps },
    delivery:
      typeof nextHop === 'function' ? nextHop : nextHopDelivery({ ...nextHop, name, deadlineMs: limits.nextHopMs }),
    logger: options.logger ?? SILENT,
    rates: new ClientRates(now),
    load: { bufferedBytes: 0, connections: new Map() },
    offersAuth: (options.offerAuth ?? true) && hasLogins && (tls !== null || authInClear),
    authInClear,
    proxyPeers: new Set((options.trustProxyFrom ?? []).map(normalAddress)),
    xclientPeers: new Set((options.trustXclientFrom ?? []).map(normalAddress)),
  };
}
