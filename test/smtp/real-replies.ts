import type { ReplyClass } from '../../src/smtp/reply-class.ts';

/** What a real server says, and what it means. `v@elsewhere.test` is the foreign recipient. */
export interface RealReply {
  readonly server: string;
  readonly reply: string;
  readonly means: ReplyClass;
}

function said(server: string, means: ReplyClass, ...replies: readonly string[]): readonly RealReply[] {
  return replies.map((reply) => ({ server, reply, means }));
}

/** Denials of relaying and of senders as real servers write them, and the refusals that are easily taken for one. */
export const REAL_REPLIES: readonly RealReply[] = [
  ...said(
    'Postfix',
    'relay-denied',
    '554 5.7.1 <v@elsewhere.test>: Relay access denied',
    '454 4.7.1 <v@elsewhere.test>: Relay access denied',
  ),
  ...said(
    'Postfix',
    'sender-not-owned',
    '553 5.7.1 <a@example.com>: Sender address rejected: not logged in',
    '553 5.7.1 <a@example.com>: Sender address rejected: not owned by user bob',
  ),
  ...said(
    'Postfix',
    'sender-rejected',
    '550 5.1.0 <a@elsewhere.test>: Sender address rejected: User unknown',
    '450 4.1.8 <a@elsewhere.test>: Sender address rejected: Domain not found',
    '550 5.7.1 <a@elsewhere.test>: Sender address rejected: Access denied',
  ),
  ...said(
    'Postfix',
    'recipient-unknown',
    '550 5.1.1 <x@example.com>: Recipient address rejected: User unknown in local recipient table',
    '550 5.1.1 <x@example.com>: Recipient address rejected: User unknown in virtual mailbox table',
  ),
  ...said(
    'Postfix',
    'client-rejected',
    '554 5.7.1 <unknown[198.51.100.7]>: Client host rejected: Access denied',
    '450 4.7.1 Client host rejected: cannot find your hostname, [198.51.100.7]',
    '450 4.7.25 Client host rejected: cannot find your reverse hostname, [198.51.100.7]',
  ),
  ...said('Postfix', 'helo-rejected', '504 5.5.2 <x>: Helo command rejected: need fully-qualified hostname'),
  ...said(
    'Postfix',
    'block-listed',
    '554 5.7.1 Service unavailable; Client host [198.51.100.7] blocked using zen.spamhaus.org',
  ),
  ...said('Postfix', 'too-many-errors', '421 4.7.0 mx.example.com Error: too many errors'),
  ...said('Postfix', 'rate-limited', '421 4.7.0 mx.example.com Error: too many connections from 198.51.100.7'),
  ...said('Postfix', 'too-many-recipients', '452 4.5.3 Error: too many recipients'),
  ...said('Postfix', 'rate-limited', '450 4.7.1 Error: too many recipients from 198.51.100.7'),
  ...said('Postfix', 'tls-required', '530 5.7.0 Must issue a STARTTLS command first'),
  ...said('Postfix', 'bad-sequence', '503 5.5.1 Error: need MAIL command'),
  ...said('Postfix', 'not-implemented', '502 5.5.2 Error: command not recognized'),
  ...said(
    'Postfix',
    'address-syntax',
    '501 5.1.3 Bad recipient address syntax',
    '501 5.5.4 Syntax: MAIL FROM:<address>',
  ),
  ...said('Postfix', 'no-valid-recipients', '554 5.5.1 Error: no valid recipients'),
  ...said(
    'Postfix',
    'content-rejected',
    '550 5.5.2 Error: bare <LF> received',
    '552 5.3.4 Message size exceeds fixed limit',
  ),
  ...said('Postfix', 'authentication-failed', '535 5.7.8 Error: authentication failed: UGFzc3dvcmQ6'),
  ...said('postscreen', 'deferred', '450 4.3.2 Service currently unavailable'),
  ...said(
    'postgrey',
    'greylisted',
    '450 4.2.0 <v@example.com>: Recipient address rejected: Greylisted, see http://postgrey',
  ),
  ...said('Exim', 'relay-denied', '550 relay not permitted'),
  ...said('Exim', 'address-syntax', '550 Restricted characters in address'),
  ...said('Exim', 'recipient-unknown', '550 Unrouteable address'),
  ...said('Exim', 'sender-rejected', '550 Sender verify failed'),
  ...said('Exim', 'too-many-errors', '421 too many unrecognized commands', '501 Too many syntax or protocol errors'),
  ...said(
    'sendmail',
    'relay-denied',
    '550 5.7.1 <v@elsewhere.test>... Relaying denied',
    '550 5.7.1 <v@elsewhere.test>... Relaying denied. IP name lookup failed [198.51.100.7]',
    '450 4.4.0 <v@elsewhere.test>... Relaying temporarily denied. Cannot resolve PTR record for 198.51.100.7',
  ),
  ...said(
    'sendmail',
    'authentication-required',
    '550 5.7.1 <v@elsewhere.test>... Relaying denied. Proper authentication required.',
  ),
  ...said(
    'sendmail',
    'sender-rejected',
    '553 5.1.8 <a@nowhere.invalid>... Domain of sender address a@nowhere.invalid does not exist',
  ),
  ...said('qmail', 'relay-denied', "553 sorry, that domain isn't in my list of allowed rcpthosts (#5.7.1)"),
  ...said(
    'Exchange',
    'relay-denied',
    '550 5.7.1 Unable to relay',
    '550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain',
  ),
  ...said(
    'Exchange',
    'sender-not-owned',
    '530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM',
    '550 5.7.68 TenantInboundAttribution; Direct Send not allowed for this organization from unauthorized sources',
  ),
  ...said('OpenSMTPD', 'recipient-unknown', '550 Invalid recipient: <v@elsewhere.test>', '550 Invalid recipient'),
  ...said('OpenSMTPD', 'authentication-required', '530 5.5.1 Invalid command: Must issue an AUTH command first'),
  ...said('Haraka', 'relay-denied', '550 I cannot deliver mail for <v@elsewhere.test>'),
  ...said('Haraka', 'authentication-required', '550 Authentication required'),
  ...said('maddy', 'recipient-unknown', '550 5.1.1 "User doesn\'t exist"', "550 5.1.1 User doesn't exist"),
  ...said('maddy', 'sender-not-owned', '501 5.1.8 Use Submission for outgoing SMTP'),
  ...said('maddy', 'sender-rejected', '501 5.1.8 Non-local sender domain'),
  ...said('Stalwart', 'relay-denied', '550 5.1.2 Relay not allowed.'),
  ...said('Stalwart', 'authentication-required', '503 5.5.1 You must authenticate first.'),
  ...said('Stalwart', 'sender-not-owned', '501 5.5.4 You are not allowed to send from this address.'),
  ...said('Stalwart', 'greylisted', '452 4.2.2 Greylisted, please try again in a few moments.'),
  ...said('Stalwart', 'too-many-errors', '451 4.3.0 Too many errors, disconnecting.'),
  ...said('chasquid', 'relay-denied', '503 5.7.1 Relay not allowed'),
  ...said('chasquid', 'authentication-required', '550 5.7.9 Mail to submission port must be authenticated'),
  ...said('chasquid', 'authentication-results', '550 5.7.23 SPF check failed: fail'),
  ...said('mox', 'relay-denied', '550 5.1.1 not accepting email for domain', '550 5.1.1 not accepting email for ip'),
  ...said('mox', 'authentication-required', '530 5.7.0 authentication required'),
  ...said('mox', 'sender-not-owned', '550 5.7.1 must match authenticated user'),
  ...said('mox', 'authentication-results', '452 5.5.3 only one recipient without spf pass'),
  ...said('hMailServer', 'relay-denied', '550 Delivery is not allowed to this address.'),
  ...said('hMailServer', 'authentication-required', '530 SMTP authentication is required.'),
  ...said('hMailServer', 'deferred', '451 Please try again later.'),
  ...said('relayproof guard', 'relay-denied', '550 5.7.1 relay flow: not from here'),
  ...said(
    'somebody',
    'block-listed',
    '553 Blocked by PBL',
    '554 Your IP is listed in a DNSBL',
    '550 5.7.1 poor reputation',
  ),
  ...said('somebody', 'relay-denied', '551 User not local; please try <other@elsewhere.test>', '571 we do not relay'),
  ...said('somebody', 'server-trouble', '421 4.3.0 Service not available', '452 4.3.1 Insufficient system storage'),
  ...said('somebody', 'refused', '554 Transaction failed', '550 5.7.1 no', '550 5.7.0 Administrative prohibition'),
  ...said('somebody', 'deferred', '450 later', '451 4.0.0 hold on'),
  ...said(
    'anybody',
    'positive',
    '250 2.1.5 Ok',
    '251 will forward',
    '250 Relay access denied',
    '220 5.7.1 odd',
    '235 yes',
  ),
  ...said('anybody', 'intermediate', '354 End data with <CR><LF>.<CR><LF>', '334 VXNlcm5hbWU6'),
];
