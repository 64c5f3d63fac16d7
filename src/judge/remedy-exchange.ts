import type { Remedies } from './remedy-anywhere.ts';

const ANONYMOUS_RELAY =
  'Remove-ADPermission "SERVER\\CONNECTOR" -User "NT AUTHORITY\\ANONYMOUS LOGON" -ExtendedRights "ms-Exch-SMTP-Accept-Any-Recipient"';
const ANONYMOUS_OWN_SENDER =
  'Remove-ADPermission "SERVER\\CONNECTOR" -User "NT AUTHORITY\\ANONYMOUS LOGON" -ExtendedRights "ms-Exch-SMTP-Accept-Authoritative-Domain-Sender"';
const CONNECTORS = 'Get-ReceiveConnector | Format-List Name, Bindings, RemoteIPRanges, PermissionGroups, AuthMechanism';
const NO_EXTERNAL_TRUST =
  'Set-ReceiveConnector "SERVER\\CONNECTOR" -AuthMechanism Tls, Integrated, BasicAuth, BasicAuthRequireTLS';

/** For the management shell of Exchange Server. */
export const REMEDY_EXCHANGE: Remedies = {
  'third-party-relay': {
    say: 'Take the right to send to any recipient from anonymous clients; a connector for your own devices gets their addresses in `RemoteIPRanges`. No accepted domain is `*`.',
    lines: [
      ANONYMOUS_RELAY,
      'Set-ReceiveConnector "SERVER\\RELAY" -RemoteIPRanges 192.0.2.0/24',
      'Get-AcceptedDomain | Format-Table DomainName, DomainType',
    ],
  },
  'spoofed-domain-send': {
    say: 'Take both rights from anonymous clients: to send to any recipient, and to send as an accepted domain.',
    lines: [ANONYMOUS_RELAY, ANONYMOUS_OWN_SENDER],
  },
  'routed-recipient': {
    say: 'Refuse routing operators by a transport rule: a server behind may follow them.',
    lines: [
      'New-TransportRule -Name "No routing" -RecipientAddressMatchesPatterns \'[%!].*@\' -RejectMessageReasonText "no routing by address"',
    ],
  },
  'client-claim-trusted': {
    say: 'Take ExternalAuthoritative off connectors that strangers reach: it believes whatever a client says.',
    lines: [NO_EXTERNAL_TRUST],
  },
  'session-state-leak': {
    say: 'The connector decides for each recipient: update, and look at transport agents that are not by Microsoft.',
    lines: ['Get-TransportAgent'],
  },
  'check-bypassed': {
    say: 'The connector with the closest `RemoteIPRanges` decides: look for one that is wider than it should be.',
    lines: [CONNECTORS],
  },
  'message-smuggling': {
    say: 'Refuse bare line feeds at every connector that strangers reach.',
    lines: ['Set-ReceiveConnector "SERVER\\CONNECTOR" -BareLinefeedRejectionEnabled $true'],
  },
  'internal-spoof': {
    say: 'Take the right to send as an accepted domain from anonymous clients.',
    lines: [ANONYMOUS_OWN_SENDER],
  },
  'side-service': {
    say: 'VRFY tells nothing there; take passwords under TLS only.',
    lines: [NO_EXTERNAL_TRUST],
  },
  'authentication-bypass': {
    say: 'Take ExternalAuthoritative off the connector, and anonymous users off the one for submission.',
    lines: [NO_EXTERNAL_TRUST, 'Set-ReceiveConnector "SERVER\\Client" -PermissionGroups ExchangeUsers'],
  },
  'authenticated-forgery': {
    say: 'Take the right to send as anybody from authenticated users.',
    lines: [
      'Remove-ADPermission "SERVER\\CONNECTOR" -User "NT AUTHORITY\\Authenticated Users" -ExtendedRights "ms-Exch-SMTP-Accept-Any-Sender"',
    ],
  },
  reflection: {
    say: 'Refuse recipients that are not in the directory, and send no automatic answers outside.',
    lines: [
      'Set-RecipientFilterConfig -Enabled $true -RecipientValidationEnabled $true',
      'Set-RemoteDomain Default -AutoReplyEnabled $false',
    ],
  },
  'client-address-lost': {
    say: 'Exchange does not speak the PROXY protocol: let the load balancer keep the address of the client, and list no address of the balancer in `RemoteIPRanges` of a connector that relays.',
    lines: [CONNECTORS],
  },
  'discarded-relay': {
    say: 'Look for transport rules that delete what they should refuse.',
    lines: ['Get-TransportRule | Where-Object { $_.DeleteMessage } | Format-List Name'],
  },
  'required-mail-refused': {
    say: 'Take postmaster off the blocked recipients, and let the null sender through.',
    lines: [
      'Set-RecipientFilterConfig -BlockedRecipients @{Remove="postmaster@example.com"}',
      'Set-SenderFilterConfig -BlankSenderBlockingEnabled $false',
    ],
  },
};
