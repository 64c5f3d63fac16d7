import type { Remedies } from './remedy-anywhere.ts';

const OWN_NETWORKS = 'mynetworks = 127.0.0.1/32 [::1]/128 192.0.2.0/24';
const RELAY_CHECK = 'smtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated reject_unauth_destination';

/** For main.cf of Postfix 3.7 and newer. */
export const REMEDY_POSTFIX: Remedies = {
  'third-party-relay': {
    say: 'List hosts that you run in `mynetworks`, and nothing wider; let the relay check end in `reject_unauth_destination` with nothing before it that a stranger can meet. `relay_domains` holds no domain of others.',
    lines: [OWN_NETWORKS, RELAY_CHECK],
  },
  'spoofed-domain-send': {
    say: 'Take `check_sender_access`, and every `permit` that goes by the sender, out from before `reject_unauth_destination`.',
    lines: [RELAY_CHECK],
  },
  'routed-recipient': {
    say: 'Refuse routing operators at the first server: one that does not understand them passes them on to one that does. Leave `allow_untrusted_routing` off.',
    lines: [
      'allow_untrusted_routing = no',
      'smtpd_recipient_restrictions = check_recipient_access regexp:{{/[%!@].*@/ 550 5.7.1 no routing by address}}',
    ],
  },
  'client-claim-trusted': {
    say: 'Take `check_helo_access` results of OK out from before `reject_unauth_destination`, and let nobody claim another address but your own proxies.',
    lines: ['smtpd_authorized_xclient_hosts =', 'smtpd_authorized_xforward_hosts =', RELAY_CHECK],
  },
  'session-state-leak': {
    say: 'Check at RCPT: `smtpd_data_restrictions` and `smtpd_end_of_data_restrictions` see no recipient where there are several.',
    lines: [OWN_NETWORKS, RELAY_CHECK],
  },
  'check-bypassed': {
    say: 'Look in master.cf for services with an `-o smtpd_relay_restrictions=` or `-o mynetworks=` of their own, and for a content filter that comes back on a port which everybody reaches.',
    lines: [RELAY_CHECK, 'smtpd_data_restrictions = reject_unauth_pipelining'],
  },
  'message-smuggling': {
    say: 'Since 3.7.10, 3.8.5 and 3.9 one setting does it.',
    lines: [
      'smtpd_forbid_bare_newline = normalize',
      'smtpd_forbid_bare_newline_exclusions = $mynetworks',
      'smtpd_forbid_unauth_pipelining = yes',
    ],
  },
  'internal-spoof': {
    say: 'Refuse senders of your own domain to whoever is neither listed nor logged in.',
    lines: [
      'smtpd_sender_restrictions = permit_mynetworks permit_sasl_authenticated check_sender_access inline:{{example.com = 550 5.7.1 log in to send as this domain}}',
    ],
  },
  'side-service': {
    say: 'Switch off what mail does not need, and offer AUTH under TLS only.',
    lines: [
      'disable_vrfy_command = yes',
      'smtpd_etrn_restrictions = permit_mynetworks reject',
      'smtpd_tls_auth_only = yes',
    ],
  },
  'authentication-bypass': {
    say: 'Switch logins off until what stands behind `smtpd_sasl_path` refuses a wrong password (Dovecot: no `nopassword`, no `static` passdb); then on again, with `smtpd_sasl_security_options = noanonymous`.',
    lines: ['smtpd_sasl_auth_enable = no'],
  },
  'authenticated-forgery': {
    say: 'Say which login owns which sender, and refuse the others.',
    lines: [
      'smtpd_sender_login_maps = inline:{{alice@example.com = alice} {bob@example.com = bob}}',
      'smtpd_sender_restrictions = reject_sender_login_mismatch',
    ],
  },
  reflection: {
    say: 'Give each class of domain the list of its mailboxes (`local_recipient_maps`, `relay_recipient_maps`, `virtual_mailbox_maps`), without a catch-all.',
    lines: ['smtpd_reject_unlisted_recipient = yes', 'unknown_local_recipient_reject_code = 550'],
  },
  'client-address-lost': {
    say: 'Behind a proxy, speak its protocol on a service of its own in master.cf; keep the network of the bridge (often 172.17.0.0/16) out of `mynetworks`.',
    lines: [OWN_NETWORKS, 'smtpd_upstream_proxy_protocol = haproxy'],
  },
  'discarded-relay': {
    say: 'Look for `discard:` in `default_transport` and `transport_maps`, and for DISCARD and HOLD in access tables; refuse instead.',
    lines: [OWN_NETWORKS, RELAY_CHECK],
  },
  'required-mail-refused': {
    say: 'Let postmaster through before anything else refuses, give the name an alias, and refuse no null sender in `check_sender_access`.',
    lines: ['smtpd_recipient_restrictions = check_recipient_access inline:{{postmaster@ = OK}}'],
  },
};
