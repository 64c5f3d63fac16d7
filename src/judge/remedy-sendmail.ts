import type { Remedies } from './remedy-anywhere.ts';

/** For sendmail.mc, and for the tables that it names. */
export const REMEDY_SENDMAIL: Remedies = {
  'third-party-relay': {
    say: 'Take promiscuous_relay, relay_entire_domain, relay_based_on_MX and loose_relay_check out of sendmail.mc, and list hosts in the access table. Mind that sendmail relays for every address of its own machine.',
    lines: ["FEATURE(`access_db')dnl", 'Connect:192.0.2    RELAY'],
  },
  'spoofed-domain-send': {
    say: 'Take relay_local_from and relay_mail_from out of sendmail.mc, and `From:` entries with RELAY or OK out of the access table.',
    lines: [],
  },
  'routed-recipient': {
    say: 'Take loose_relay_check out of sendmail.mc, and do not take UUCP paths.',
    lines: ["FEATURE(`nouucp', `reject')dnl"],
  },
  'client-claim-trusted': {
    say: 'Take rules that look at `$&s` (the HELO name) and permit out of Local_check_rcpt and Local_check_relay.',
    lines: ["define(`confALLOW_BOGUS_HELO', `False')dnl"],
  },
  'session-state-leak': {
    say: 'Let Local_check_rcpt decide from `$&{client_addr}` and `$&{auth_type}` alone: other macros outlive a transaction.',
    lines: [],
  },
  'check-bypassed': {
    say: 'Give the submission port a daemon of its own that demands a login.',
    lines: ["DAEMON_OPTIONS(`Port=submission, Name=MSA, M=Ea')dnl"],
  },
  'message-smuggling': {
    say: 'Update to 8.18 or newer, which refuses false ends of data, and make no exception for strangers in srv_features.',
    lines: [],
  },
  'internal-spoof': {
    say: 'There is no setting for it: a milter, or Local_check_mail, has to ask for `$&{auth_type}` where the sender is your own. A DMARC milter refuses what your own record disowns.',
    lines: ["INPUT_MAIL_FILTER(`opendmarc', `S=local:/run/opendmarc/opendmarc.sock')dnl"],
  },
  'side-service': {
    say: 'Switch off what mail does not need, and take plain passwords under TLS only.',
    lines: ["define(`confPRIVACY_FLAGS', `goaway,noetrn')dnl", "define(`confAUTH_OPTIONS', `A p y')dnl"],
  },
  'authentication-bypass': {
    say: 'Let saslauthd check passwords (`pwcheck_method: saslauthd` in Sendmail.conf), and name the mechanisms, without ANONYMOUS.',
    lines: ["define(`confAUTH_MECHANISMS', `PLAIN LOGIN')dnl", "TRUST_AUTH_MECH(`PLAIN LOGIN')dnl"],
  },
  'authenticated-forgery': {
    say: 'There is no setting for it: a milter, or Local_check_mail, has to compare `$&{auth_authen}` with the sender.',
    lines: [],
  },
  reflection: {
    say: 'Take LUSER_RELAY out of sendmail.mc, and let the virtual user table refuse what it does not know.',
    lines: ["FEATURE(`virtusertable')dnl", '@example.com    error:nouser 550 no such user'],
  },
  'client-address-lost': {
    say: 'sendmail does not speak the PROXY protocol: publish its port without address translation, and take the network of the bridge (often 172.17) out of the access table.',
    lines: ['Connect:172.17    REJECT'],
  },
  'discarded-relay': {
    say: 'Take DISCARD and QUARANTINE out of the access table, and look at what the milters do.',
    lines: [],
  },
  'required-mail-refused': {
    say: 'Give postmaster an alias, and an exception in the access table.',
    lines: ['postmaster: root', 'To:postmaster@example.com    OK'],
  },
};
