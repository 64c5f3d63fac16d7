import type { Remedies } from './remedy-anywhere.ts';

const RELAY_RULES: readonly string[] = [
  'table own_hosts { 127.0.0.1, ::1, 192.0.2.0/24 }',
  'match from src <own_hosts> for any action "relay"',
  'match auth from any for any action "relay"',
];

/** For smtpd.conf of OpenSMTPD 6.4 and newer. */
export const REMEDY_OPENSMTPD: Remedies = {
  'third-party-relay': {
    say: 'Take `match from any for any` with a relaying action out; the first rule that matches decides.',
    lines: RELAY_RULES,
  },
  'spoofed-domain-send': {
    say: 'Take `mail-from` out of rules with a relaying action, or join it with `auth` or `from src`.',
    lines: RELAY_RULES,
  },
  'routed-recipient': {
    say: 'Refuse routing operators by a filter, and name it at each listener.',
    lines: [
      'table routed { "[%!@].*@" }',
      'filter no_routing phase rcpt-to match rcpt-to regex <routed> reject "550 no routing by address"',
      'listen on all filter no_routing',
    ],
  },
  'client-claim-trusted': {
    say: 'Take `helo` out of rules with a relaying action, and use `proxy-v2` only at a listener that nobody but the proxy reaches.',
    lines: ['listen on 127.0.0.1 port 10025 proxy-v2', ...RELAY_RULES],
  },
  'session-state-leak': {
    say: 'Rules are asked for each recipient: look for a filter that answers `bypass` or keeps a state of its own.',
    lines: [],
  },
  'check-bypassed': {
    say: 'Look for rules that go by `tag`, and for listeners of content filters that everybody reaches.',
    lines: ['listen on lo0 port 10028 tag FILTERED', 'match tag FILTERED from local for any action "relay"'],
  },
  'message-smuggling': {
    say: 'There is no setting for it: update, and put a server before it that refuses bare line ends.',
    lines: [],
  },
  'internal-spoof': {
    say: 'Refuse senders of your own domain to whoever is not logged in, before the rule that delivers.',
    lines: ['match !from src <own_hosts> !auth mail-from "@example.com" for any reject'],
  },
  'side-service': {
    say: 'VRFY, EXPN and ETRN do nothing there; take logins under TLS only.',
    lines: ['listen on all port 587 tls-require auth'],
  },
  'authentication-bypass': {
    say: 'Name the table of the logins, with hashes that `smtpctl encrypt` made.',
    lines: ['table logins file:/etc/mail/logins', 'listen on all port 587 tls-require auth <logins>'],
  },
  'authenticated-forgery': {
    say: 'Name the table that says which login owns which sender.',
    lines: [
      'table senders file:/etc/mail/senders',
      'listen on all port 587 tls-require auth <logins> senders <senders>',
    ],
  },
  reflection: {
    say: 'Accept only mailboxes that there are, and take the catch-all (`@`) out of virtual tables.',
    lines: ['match from any for domain "example.com" rcpt-to <mailboxes> action "local"'],
  },
  'client-address-lost': {
    say: 'Behind a proxy, speak its protocol at a listener of its own; keep the network of the bridge (often 172.17.0.0/16) out of the table of own hosts.',
    lines: ['listen on 127.0.0.1 port 10025 proxy-v2', ...RELAY_RULES],
  },
  'discarded-relay': {
    say: 'Look for actions that hand mail to a program or a hub that drops it; reject instead.',
    lines: ['match from any for any reject'],
  },
  'required-mail-refused': {
    say: 'Give postmaster an alias in /etc/mail/aliases, and let no filter refuse the null sender.',
    lines: ['postmaster: root'],
  },
};
