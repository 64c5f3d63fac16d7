import type { Remedies, Remedy } from './remedy-anywhere.ts';

const LISTS: readonly string[] = [
  'allowRelayFrom: ["127.0.0.1", "::1", "192.0.2.*"]',
  'disallowRelayFrom: ["*.*.*.*"]',
];

/** What no policy can open: the guard refuses it by itself. */
const NEVER: Remedy = {
  say: 'The guard refuses this whatever its policy says: the finding is a bug of relayproof, please report it.',
  lines: [],
};

/** For the policy file of the guard, and for its command line. */
export const REMEDY_GUARD: Remedies = {
  'third-party-relay': {
    say: 'List hosts that you run, leave neither list blank, and restrict relaying.',
    lines: [...LISTS, 'restrictRelay: { toListedIps: true, toAuthenticated: false }', 'domainRestrictSend: true'],
  },
  'spoofed-domain-send': {
    say: 'Restrict what leaves in your own name to listed or authenticated clients.',
    lines: [...LISTS, 'restrictOutbound: { toListedIps: true, toAuthenticated: false }'],
  },
  'routed-recipient': NEVER,
  'client-claim-trusted': {
    say: 'Name in `--trust-proxy` and `--trust-xclient` your own proxies only, and none where there is none.',
    lines: [],
  },
  'session-state-leak': NEVER,
  'check-bypassed': NEVER,
  'message-smuggling': NEVER,
  'internal-spoof': {
    say: 'Restrict internal mail to listed or authenticated clients.',
    lines: [...LISTS, 'restrictInternal: { toListedIps: true, toAuthenticated: false }'],
  },
  'side-service': {
    say: 'Give it `--tls-key` and `--tls-cert`, and take `--insecure-auth` away.',
    lines: [],
  },
  'authentication-bypass': NEVER,
  'authenticated-forgery': {
    say: 'Hold senders of mail that leaves to own domains, or to the users that you list.',
    lines: ['domainRestrictSend: true', 'userRestrictSend: true', 'users: [alice@example.com, bob@example.com]'],
  },
  reflection: {
    say: 'The guard sends no bounces: let the next hop refuse unknown recipients, and its refusal is handed on.',
    lines: [],
  },
  'client-address-lost': {
    say: 'Behind a proxy, name it in `--trust-proxy` and let it send a PROXY header; keep the network of the bridge off the list of allowed clients.',
    lines: LISTS,
  },
  'discarded-relay': {
    say: 'The guard takes what the next hop took: look there.',
    lines: [...LISTS, 'restrictRelay: { toListedIps: true, toAuthenticated: false }'],
  },
  'required-mail-refused': {
    say: 'Name every domain that you receive mail for, with `*.example.com` for subdomains.',
    lines: ['domains: [example.com, "*.example.com"]'],
  },
};
