import type { FindingKind } from '../scenario/finding-kind.ts';
import type { Severity } from '../scenario/scenario.ts';

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
  'client-claim-trusted': {
    title: 'Believes what a client says about itself',
    meaning:
      'A HELO name, or an address in XCLIENT or a PROXY header, is free text of the client; whoever writes the right one may relay.',
  },
  'session-state-leak': {
    title: 'Keeps a permission longer than the transaction that earned it',
    meaning: 'Once the server has accepted something in a connection, it accepts what it would refuse in a fresh one.',
  },
  'check-bypassed': {
    title: 'Relays where the check is not asked',
    meaning: 'Another verb, a parameter, or commands sent ahead of their answers reach the queue past the relay check.',
  },
  'message-smuggling': {
    title: 'Takes a part of a message for a message of its own',
    meaning:
      'A false end of data splits one message in two. The second goes out in the name of the server and past every check that the first one passed.',
  },
  'side-service': {
    title: 'Serves strangers beside the mail itself',
    meaning:
      'It tells which mailboxes exist, runs queues for whoever asks, or takes credentials where others can read them.',
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
  reflection: {
    title: 'Sends mail to whoever is named as its sender',
    meaning: 'What was accepted comes back to a forged sender, as a bounce or a report: backscatter.',
  },
  'client-address-lost': {
    title: 'Does not see the real address of its clients',
    meaning:
      'Behind address translation, a container bridge or a proxy, every stranger comes from an address that the server trusts: the usual cause of open relays.',
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
