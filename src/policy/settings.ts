/** Who may use a flow. Each switch is a restriction of its own: with both on, both must hold. */
export interface Restriction {
  /** Only clients whose address may relay by the two lists; a login lifts it. */
  readonly toListedIps: boolean;
  /** Only clients that proved a login. */
  readonly toAuthenticated: boolean;
}

export interface Login {
  readonly user: string;
  /** `scrypt$N$r$p$salt$hash`, see `password-hash.ts`. */
  readonly passwordHash: string;
}

/** A policy as a person writes it, every default filled in and every list taken apart. */
export interface PolicySettings {
  /** Domains the server receives mail for; `*.example.com` stands for every subdomain of example.com, not for itself. */
  readonly domains: readonly string[];
  /** Full addresses. */
  readonly users: readonly string[];
  readonly logins: readonly Login[];
  /** Entries of the list grammar; empty is blank: no restriction. */
  readonly allowRelayFrom: readonly string[];
  readonly disallowRelayFrom: readonly string[];
  readonly restrictInternal: Restriction;
  readonly restrictOutbound: Restriction;
  readonly restrictRelay: Restriction;
  readonly domainRestrictSend: boolean;
  readonly userRestrictSend: boolean;
}

const LISTED_ONLY: Restriction = { toListedIps: true, toAuthenticated: false };

/** What holds for every key that a policy file leaves out. */
export const DEFAULT_SETTINGS: Omit<PolicySettings, 'domains'> = {
  users: [],
  logins: [],
  allowRelayFrom: ['127.*.*.*', '192.168.*.*', '10.*.*.*', '172.16-31.*.*', '::1'],
  disallowRelayFrom: ['*.*.*.*'],
  restrictInternal: LISTED_ONLY,
  restrictOutbound: LISTED_ONLY,
  restrictRelay: LISTED_ONLY,
  domainRestrictSend: true,
  userRestrictSend: false,
};
