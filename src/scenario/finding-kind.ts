/** What is wrong with a server that gives the unsafe answer, in the words that scenarios, reports and waivers share. */
export const FINDING_KINDS = [
  'third-party-relay',
  'spoofed-domain-send',
  'routed-recipient',
  'client-claim-trusted',
  'session-state-leak',
  'check-bypassed',
  'message-smuggling',
  'internal-spoof',
  'side-service',
  'authentication-bypass',
  'authenticated-forgery',
  'reflection',
  'client-address-lost',
  'discarded-relay',
  'required-mail-refused',
] as const;

export type FindingKind = (typeof FINDING_KINDS)[number];
