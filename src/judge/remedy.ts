import type { FindingKind } from '../scenario/finding-kind.ts';
import type { Software } from './software.ts';

/** What closes a hole on any server. */
const GENERAL: Readonly<Record<FindingKind, string>> = {
  'third-party-relay':
    'Relay only for clients that are listed by address or have authenticated. Check that the server sees the real client address: behind NAT, a container bridge or a proxy every stranger can look local.',
  'spoofed-domain-send':
    'Never take a sender address as permission. Ask for a login, or a listed client address, before mail leaves for another domain.',
  'routed-recipient':
    'Refuse recipients whose local part holds %, ! or @ (quoted or not), and do not follow source routes.',
  'client-claim-trusted':
    'Use the HELO name to refuse, never to permit; believe XCLIENT and PROXY headers only from proxies that you list by address.',
  'check-bypassed': 'Put the relay check where every path to the queue passes it, for each recipient and each verb.',
  'session-state-leak':
    'Decide for each recipient anew; forget permissions at RSET, at the end of a transaction and at STARTTLS.',
  'message-smuggling':
    'End mail data at CRLF . CRLF and at nothing else; refuse messages that hold a bare CR, a bare LF or a NUL octet.',
  'side-service': 'Switch VRFY, EXPN, ETRN and TURN off for strangers, and offer AUTH only after STARTTLS.',
  'internal-spoof':
    'Ask for a login or a listed client address where both sender and recipient are of your own domain, and publish SPF and DMARC.',
  'authentication-bypass':
    'Accept a login only when the credentials were checked; offer no ANONYMOUS mechanism and no back end that takes any password.',
  'authenticated-forgery': 'Bind logins to the sender addresses that they may use.',
  reflection:
    'Refuse unknown recipients at RCPT, so that there is nothing to bounce; send automatic answers only to authenticated senders.',
  'client-address-lost':
    'Let the server see the real client: publish its port without address translation (host networking, or a router that keeps sources), or speak the PROXY protocol from a proxy that you list by address; and take the translating address off the list of trusted clients.',
  'discarded-relay': 'Refuse at RCPT instead of taking and dropping; look into the queue for held messages.',
  'required-mail-refused':
    'Compare the settings with the policy; RFC 5321 asks for mail to postmaster and for the null sender.',
};

/** What closes it where the software is known: names of real settings. */
const BY_SOFTWARE: Readonly<Partial<Record<Software, Readonly<Partial<Record<FindingKind, string>>>>>> = {
  postfix: {
    'third-party-relay':
      'Set `mynetworks` to your own hosts only, and `smtpd_relay_restrictions = permit_mynetworks, permit_sasl_authenticated, reject_unauth_destination`.',
    'spoofed-domain-send':
      'Remove `check_sender_access` results of OK (and `permit_*` by sender) that stand before `reject_unauth_destination`.',
    'routed-recipient':
      'Keep `allow_untrusted_routing = no` and `allow_percent_hack`/`swap_bangpath` away from relays that trust each other; let `smtpd_recipient_restrictions` refuse `[%!@].*@`.',
    'client-claim-trusted':
      'Set `smtpd_authorized_xclient_hosts` to your own proxies only, and remove `check_helo_access` results of OK that stand before `reject_unauth_destination`.',
    'message-smuggling': 'Set `smtpd_forbid_bare_newline = normalize` (or `reject`).',
    'side-service':
      'Set `disable_vrfy_command = yes`, `smtpd_tls_auth_only = yes` and `smtpd_etrn_restrictions = permit_mynetworks, reject`.',
    'authenticated-forgery': 'Set `smtpd_sender_login_maps` and `reject_sender_login_mismatch`.',
    'internal-spoof': 'Set `smtpd_sender_login_maps` and `reject_unauthenticated_sender_login_mismatch`.',
  },
  exim: {
    'third-party-relay':
      'Keep `hostlist relay_from_hosts` to your own hosts and let the RCPT ACL end in `deny message = relay not permitted`.',
    'spoofed-domain-send':
      'Remove `accept senders = ...` from the RCPT ACL, or join it with `hosts = +relay_from_hosts`.',
    'routed-recipient': 'Keep the default ACL lines that deny local parts matching `^[./|]` and `^.*[@%!/|]`.',
    'client-claim-trusted': 'Remove `accept condition = ... $sender_helo_name` from the ACLs.',
  },
  sendmail: {
    'third-party-relay': 'Remove `promiscuous_relay` and `relay_entire_domain`; list hosts in the access map.',
    'spoofed-domain-send': 'Remove `FEATURE(relay_local_from)` and `FEATURE(relay_mail_from)`.',
  },
  relayproof: {
    'third-party-relay':
      'Set `restrictRelay.toListedIps: true` and `domainRestrictSend: true`, and keep `allowRelayFrom` to your own hosts with `disallowRelayFrom: ["*.*.*.*"]`.',
    'spoofed-domain-send': 'Set `restrictOutbound.toListedIps: true` and keep `disallowRelayFrom: ["*.*.*.*"]`.',
    'internal-spoof': 'Set `restrictInternal.toListedIps: true`.',
  },
};

export function remedyFor(kind: FindingKind, software: Software): string {
  const specific = BY_SOFTWARE[software]?.[kind];
  return specific === undefined ? GENERAL[kind] : `${specific} ${GENERAL[kind]}`;
}
