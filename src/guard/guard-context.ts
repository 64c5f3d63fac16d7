import type { Policy } from '../policy/policy.ts';
import type { ClientRates } from './client-rates.ts';
import type { Delivery } from './delivery.ts';
import type { GuardLogger } from './guard-log.ts';
import type { GuardLimits } from './limits.ts';
import type { GuardSteps } from './steps.ts';

/** What all sessions of a guard share. */
export interface GuardContext {
  readonly name: string;
  readonly policy: Policy;
  readonly steps: GuardSteps;
  readonly limits: GuardLimits;
  readonly delivery: Delivery;
  readonly logger: GuardLogger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly rates: ClientRates;
  readonly load: Load;
  /** Whether this listener ever offers AUTH, and whether it does so without TLS. */
  readonly offersAuth: boolean;
  readonly authInClear: boolean;
  /** Peers whose PROXY header or XCLIENT is believed, in normalised form. */
  readonly proxyPeers: ReadonlySet<string>;
  readonly xclientPeers: ReadonlySet<string>;
}

/** What the sessions of a guard use together. */
export interface Load {
  bufferedBytes: number;
  /** Open connections by client key. */
  readonly connections: Map<string, number>;
}
