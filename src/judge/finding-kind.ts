import type { Scenario, Severity } from '../scenario/scenario.ts';

/** What is wrong, in the words that reports, waivers and remedies share. */
export type FindingKind =
  | 'third-party-relay'
  | 'spoofed-domain-send'
  | 'routed-recipient'
  | 'helo-trust'
  | 'session-state-leak'
  | 'internal-spoof'
  | 'authentication-bypass'
  | 'authenticated-forgery'
  | 'ambiguous-address-accepted'
  | 'discarded-relay'
  | 'required-mail-refused';

export interface FindingKindInfo {
  readonly title: string;
  readonly meaning: string;
}

export const FINDING_KIND_INFO: Readonly<Record<FindingKind, FindingKindInfo>> = {
  'third-party-relay': {
    title: 'Relays mail from strangers to strangers',
    meaning: 'Anybody can send anything to anybody through this server. Spammers find such servers within hours.',
  },
  'spoofed-domain-send': {
    title: 'Lets strangers send as its own domain',
    meaning: 'A sender address of the own domain is taken as proof of who sends. Anybody can write one.',
  },
  'routed-recipient': {
    title: 'Follows routing operators in a recipient address',
    meaning: 'An address that looks local is rewritten into a foreign one after the relay check has passed it.',
  },
  'helo-trust': {
    title: 'Trusts the name that a client gives itself',
    meaning: 'The HELO name is free text of the client; whoever copies it may relay.',
  },
  'session-state-leak': {
    title: 'Keeps a permission longer than the transaction that earned it',
    meaning: 'Once the server has accepted something in a connection, it accepts what it would refuse in a fresh one.',
  },
  'internal-spoof': {
    title: 'Accepts internal mail from strangers',
    meaning: 'Mail that claims a colleague as sender is accepted from outside: the usual way of phishing.',
  },
  'authentication-bypass': {
    title: 'Takes an attempt to authenticate for a success',
    meaning: 'A failed, cancelled or empty login opens the way to the outside.',
  },
  'authenticated-forgery': {
    title: 'A login may send as somebody else',
    meaning: 'A stolen login can forge senders that are not its own.',
  },
  'ambiguous-address-accepted': {
    title: 'Accepts an address that has two readings',
    meaning: 'What is checked and what is delivered can differ.',
  },
  'discarded-relay': {
    title: 'Takes mail for strangers and lets it disappear',
    meaning: 'The message was accepted and did not come out. It may be held, discarded, or sent later.',
  },
  'required-mail-refused': {
    title: 'Refuses mail that it must accept',
    meaning: 'Not an open relay, but mail gets lost: the server is stricter than its policy, or than RFC 5321 allows.',
  },
};

/** Order of severities, mildest first. */
export const SEVERITIES: readonly Severity[] = ['low', 'medium', 'high', 'critical'];

const KIND_OF_FAMILY: Readonly<Record<string, FindingKind>> = {
  'third-party-relay': 'third-party-relay',
  'spoofed-domain': 'spoofed-domain-send',
  'recipient-routing': 'routed-recipient',
  helo: 'helo-trust',
  'session-state': 'session-state-leak',
  internal: 'internal-spoof',
};

/** What it means that the unsafe answer was given to a scenario. */
export function findingKindOf(scenario: Scenario): FindingKind {
  if (scenario.family === 'authenticated')
    return scenario.login === 'required' ? 'authenticated-forgery' : 'authentication-bypass';
  return KIND_OF_FAMILY[scenario.family] ?? KIND_OF_FLOW[scenario.declares.flow];
}

const KIND_OF_FLOW: Readonly<Record<Scenario['declares']['flow'], FindingKind>> = {
  relay: 'third-party-relay',
  outbound: 'spoofed-domain-send',
  internal: 'internal-spoof',
  inbound: 'ambiguous-address-accepted',
};
