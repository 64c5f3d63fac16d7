import type { Remedies } from './remedy-anywhere.ts';

/** For the files of Haraka's config folder. */
export const REMEDY_HARAKA: Remedies = {
  'third-party-relay': {
    say: 'Take relay_all out of config/plugins; let the plugin relay go by address (`acl=true` in relay.ini), with your own hosts in relay_acl_allow, a network a line.',
    lines: ['[relay]', 'acl=true', '192.0.2.0/24'],
  },
  'spoofed-domain-send': {
    say: 'Take plugins out that set `connection.relaying` because of the sender; an entry of host_list is for recipients.',
    lines: [],
  },
  'routed-recipient': {
    say: 'Refuse routing operators by the plugin access, in rcpt_to.access.blacklist_regex.',
    lines: ['.*[%!@].*@.*'],
  },
  'client-claim-trusted': {
    say: 'Leave xclient.hosts empty and name your own proxies only in the section haproxy of connection.ini. 127.0.0.1 and ::1 are believed whatever the file says: let no stranger come from there.',
    lines: ['[haproxy]', 'hosts[] = 192.0.2.10'],
  },
  'session-state-leak': {
    say: 'Let plugins keep what they decide in `connection.transaction.notes`; what they write to the connection outlives the message.',
    lines: [],
  },
  'check-bypassed': {
    say: 'In config/plugins the first `rcpt` hook that answers OK ends the question: put the plugins that refuse before those that accept.',
    lines: ['access', 'rcpt_to.in_host_list', 'relay'],
  },
  'message-smuggling': {
    say: 'Update to 3.0.3 or newer, which refuses bare line feeds.',
    lines: [],
  },
  'internal-spoof': {
    say: 'There is no setting for it: a plugin at the `rcpt` hook has to deny where sender and recipient are of host_list and `connection.relaying` is false. The plugin spf with `host_mfrom_fail=true` refuses what your own record disowns.',
    lines: ['[deny]', 'mfrom_fail=true'],
  },
  'side-service': {
    say: 'VRFY tells nothing there; give it a certificate (tls.ini), because AUTH is offered under TLS only, private addresses excepted.',
    lines: [],
  },
  'authentication-bypass': {
    say: 'Use auth/flat_file, auth/auth_ldap or another plugin that compares passwords; take plugins of your own out of config/plugins until they do.',
    lines: ['[core]', 'methods=CRAM-MD5'],
  },
  'authenticated-forgery': {
    say: 'Hold logins to senders of their own domain, in the file of the authentication plugin.',
    lines: ['[core]', 'constrain_sender=true'],
  },
  reflection: {
    say: 'Ask for recipients before they are accepted: rcpt_to.ldap, rcpt_to.qmail_deliverable, or recipient lists in rcpt_to.access.',
    lines: [],
  },
  'client-address-lost': {
    say: 'Behind a proxy, name it in the section haproxy of connection.ini; keep the network of the bridge (often 172.17.0.0/16) out of relay_acl_allow.',
    lines: ['[haproxy]', 'hosts[] = 192.0.2.10'],
  },
  'discarded-relay': {
    say: 'Take queue/discard and quarantine out of config/plugins.',
    lines: [],
  },
  'required-mail-refused': {
    say: 'Let postmaster through in rcpt_to.access.whitelist, and let no plugin refuse the null sender.',
    lines: ['postmaster@example.com'],
  },
};
