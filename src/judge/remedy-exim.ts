import type { Remedies } from './remedy-anywhere.ts';

const OWN_HOSTS = 'hostlist relay_from_hosts = <; 127.0.0.1 ; ::1 ; 192.0.2.0/24';
const RELAY_CHECK: readonly string[] = [
  'accept hosts = +relay_from_hosts',
  'accept authenticated = *',
  'require message = relay not permitted',
  'domains = +local_domains : +relay_to_domains',
];

/** For the configuration of Exim 4; statements of access control lists are for the one of `acl_smtp_rcpt`. */
export const REMEDY_EXIM: Remedies = {
  'third-party-relay': {
    say: 'List hosts that you run in `relay_from_hosts` (Debian: `dc_relay_nets`), and let nothing else in the RCPT ACL accept before the relay check.',
    lines: [OWN_HOSTS, ...RELAY_CHECK],
  },
  'spoofed-domain-send': {
    say: 'Take `accept senders = ...` and `accept sender_domains = ...` out of the RCPT ACL, or join them with `hosts = +relay_from_hosts`.',
    lines: RELAY_CHECK,
  },
  'routed-recipient': {
    say: 'Leave `percent_hack_domains` empty and keep the first statements of the default RCPT ACL.',
    lines: [
      'percent_hack_domains =',
      'deny message = restricted characters in address',
      'domains = +local_domains',
      'local_parts = ^[.] : ^.*[@%!/|]',
      'deny message = restricted characters in address',
      'domains = !+local_domains',
      'local_parts = ^[./|] : ^.*[@%!] : ^.*/\\\\.\\\\./',
    ],
  },
  'client-claim-trusted': {
    say: 'Take every `accept` that looks at `$sender_helo_name` out of the ACLs, and name in `hosts_proxy` your own proxies only.',
    lines: ['hosts_proxy =', ...RELAY_CHECK],
  },
  'session-state-leak': {
    say: 'Decide at RCPT, and keep what was decided in variables of the message (`acl_m_...`), never in those of the connection (`acl_c_...`).',
    lines: RELAY_CHECK,
  },
  'check-bypassed': {
    say: 'Give every entrance the same ACL: look for `acl_not_smtp`, `acl_smtp_mail` and conditions on `$received_port` that accept.',
    lines: ['acl_smtp_rcpt = acl_check_rcpt', ...RELAY_CHECK],
  },
  'message-smuggling': {
    say: 'Update to 4.97.1, or to a package of your distribution with the correction for CVE-2023-51766. Until then, offer neither PIPELINING nor CHUNKING.',
    lines: ['pipelining_advertise_hosts =', 'chunking_advertise_hosts ='],
  },
  'internal-spoof': {
    say: 'Refuse senders of your own domains to whoever is neither listed nor logged in.',
    lines: [
      'deny message = log in to send as this domain',
      'sender_domains = +local_domains',
      '!hosts = +relay_from_hosts',
      '!authenticated = *',
    ],
  },
  'side-service': {
    say: 'Leave `acl_smtp_vrfy`, `acl_smtp_expn` and `acl_smtp_etrn` unset, which refuses; offer AUTH under TLS only.',
    lines: ['auth_advertise_hosts = ${if eq{$tls_in_cipher}{}{}{*}}'],
  },
  'authentication-bypass': {
    say: 'Let `server_condition` of each authenticator compare the password; no `server_condition = true`.',
    lines: ['server_condition = ${if crypteq{$auth3}{${lookup{$auth2}lsearch{/etc/exim4/passwd}{$value}{*}}}}'],
  },
  'authenticated-forgery': {
    say: 'Compare the sender with the login.',
    lines: [
      'deny message = not a sender of this login',
      'authenticated = *',
      'condition = ${if !eqi{$sender_address}{$authenticated_id@example.com}}',
    ],
  },
  reflection: {
    say: 'Verify recipients before they are accepted, and let no router of your own domains be a catch-all.',
    lines: ['require verify = recipient'],
  },
  'client-address-lost': {
    say: 'Behind a proxy, name it; keep the network of the bridge (often 172.17.0.0/16) out of `relay_from_hosts`.',
    lines: [OWN_HOSTS, 'hosts_proxy = 192.0.2.10'],
  },
  'discarded-relay': {
    say: 'Look for `:blackhole:` in routers, and for `control = freeze` and `discard` in ACLs; refuse instead.',
    lines: RELAY_CHECK,
  },
  'required-mail-refused': {
    say: 'Accept postmaster before anything else denies, and refuse no null sender.',
    lines: ['accept local_parts = postmaster', 'domains = +local_domains'],
  },
};
