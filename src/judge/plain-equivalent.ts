import type { DeclaredFlow } from '../scenario/scenario.ts';

/**
 * The scenario that asks for a flow without any trick. Where it leaks, every trick for the same flow leaks as well and
 * tells nothing new: all of it is one hole.
 */
export const PLAIN_EQUIVALENT: Readonly<Record<DeclaredFlow, string | null>> = {
  none: null,
  inbound: null,
  internal: 'internal-colleague',
  outbound: 'spoof-own-user',
  relay: 'third-party',
};

/** The same question inside TLS, where encryption alone may stand for trust. */
export const PLAIN_UNDER_TLS: Readonly<Partial<Record<DeclaredFlow, string>>> = {
  outbound: 'spoof-under-tls',
  relay: 'third-party-under-tls',
};
