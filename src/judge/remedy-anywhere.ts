import type { FindingKind } from '../scenario/finding-kind.ts';

/** What is true of a finding whatever the server is. Names of settings stand between backticks. */
export interface KindRemedy {
  /** Who makes use of it, and how. */
  readonly abuse: string;
  /** What closes it, in general. */
  readonly say: string;
}

export const REMEDY_ANYWHERE: Readonly<Record<FindingKind, KindRemedy>> = {
  'third-party-relay': {
    abuse:
      'Senders of spam and fraud, who look for such servers all day; the server is on block lists within a day, and its own mail with it.',
    say: 'Relay only for clients that are listed by address or have authenticated. Check that the server sees the real client address: behind NAT, a container bridge or a proxy every stranger can look local.',
  },
  'spoofed-domain-send': {
    abuse: 'Fraudsters who write in your name, with your server as the witness that SPF and DMARC ask for.',
    say: 'Never take a sender address as permission. Ask for a login, or a listed client address, before mail leaves for another domain.',
  },
  'routed-recipient': {
    abuse:
      'Senders of spam whose tools try every old way of writing a route; a server behind that trusts this one does the rest.',
    say: 'Refuse recipients whose local part holds %, ! or @ (quoted or not), and do not follow source routes.',
  },
  'client-claim-trusted': {
    abuse: 'Anybody who guesses the name or address that is believed; `localhost` and your own domain come first.',
    say: 'Use the HELO name to refuse, never to permit; believe XCLIENT and PROXY headers only from proxies that you list by address.',
  },
  'session-state-leak': {
    abuse: 'Senders who put one permitted message, or one permitted recipient, before what is not permitted.',
    say: 'Decide for each recipient anew; forget permissions at RSET, at the end of a transaction and at STARTTLS.',
  },
  'check-bypassed': {
    abuse: 'Senders whose tools speak SMTP in other ways than mail programs do, on purpose or because they are bad.',
    say: 'Put the relay check where every path to the queue passes it, for each recipient and each verb.',
  },
  'message-smuggling': {
    abuse: 'Fraudsters with an account at a large provider, who send in the name of everybody else there.',
    say: 'End mail data at CRLF . CRLF and at nothing else; refuse messages that hold a bare CR, a bare LF or a NUL octet.',
  },
  'internal-spoof': {
    abuse: 'Fraudsters who write to the accounts department in the name of the head of the house.',
    say: 'Ask for a login or a listed client address where both sender and recipient are of your own domain, and publish SPF and DMARC.',
  },
  'side-service': {
    abuse: 'Collectors of addresses, guessers of passwords, and whoever reads along between client and server.',
    say: 'Switch VRFY, EXPN, ETRN and TURN off for strangers, and offer AUTH only after STARTTLS.',
  },
  'authentication-bypass': {
    abuse: 'Programs that log in with common names and any password, all day, at every server there is.',
    say: 'Accept a login only when the credentials were checked; offer no ANONYMOUS mechanism and no back end that takes any password.',
  },
  'authenticated-forgery': {
    abuse: 'Whoever has stolen one password, to write in the name of everybody.',
    say: 'Bind logins to the sender addresses that they may use.',
  },
  reflection: {
    abuse: 'Senders who put the address of the victim where the bounce goes.',
    say: 'Refuse unknown recipients at RCPT, so that there is nothing to bounce; send automatic answers only to authenticated senders.',
  },
  'client-address-lost': {
    abuse: 'Everybody: what is meant for your own network holds for the whole internet.',
    say: 'Let the server see the real client: publish its port without address translation (host networking, or a router that keeps sources), or speak the PROXY protocol from a proxy that you list by address; and take the translating address off the list of trusted clients.',
  },
  'discarded-relay': {
    abuse: 'Nobody yet; the day the transport changes or the queue is released, the mail goes out.',
    say: 'Refuse at RCPT instead of taking and dropping; look into the queue for held messages.',
  },
  'required-mail-refused': {
    abuse: 'Nobody; but reports of abuse, bounces and customers do not get through.',
    say: 'Compare the settings with the policy; RFC 5321 asks for mail to postmaster and for the null sender.',
  },
};

/** How one kind of finding is closed in one mail server. */
export interface Remedy {
  /** What to do, in sentences. */
  readonly say: string;
  /** Lines of its configuration, as they are written there, with the names and networks of examples; may be none. */
  readonly lines: readonly string[];
}

export type Remedies = Readonly<Record<FindingKind, Remedy>>;
