/** What the guard knows of the session that brought a message. */
export interface ReceivedFacts {
  /** The client address that the policy was asked about. */
  readonly client: string;
  /** HELO name as the client gave it: hostile text. */
  readonly helo: string;
  readonly guardName: string;
  readonly esmtp: boolean;
  readonly secure: boolean;
  readonly authenticated: boolean;
  readonly id: string;
  readonly at: Date;
}

/**
 * The trace field that the guard puts before a message (RFC 5321 §4.4), with CRLF after each of its lines. It tells the
 * address that the policy used, so that a lost client address shows; the login is not told.
 */
export function receivedField(facts: ReceivedFacts): string {
  // RFC 3848: S for TLS and A for authentication exist only with ESMTP.
  const protocol = facts.esmtp ? `ESMTP${facts.secure ? 'S' : ''}${facts.authenticated ? 'A' : ''}` : 'SMTP';
  return [
    `Received: from ${traceName(facts.helo)} ([${literal(facts.client)}])`,
    `\tby ${facts.guardName} with ${protocol} id ${facts.id};`,
    `\t${traceDate(facts.at)}`,
    '',
  ].join('\r\n');
}

/** A HELO name is worth no trust and must not forge a field: what is no letter, digit, dot, hyphen or literal becomes `?`. */
function traceName(helo: string): string {
  const safe = helo.slice(0, 255).replace(/[^A-Za-z0-9.:_[\]-]/g, '?');
  return safe === '' ? 'unknown' : safe;
}

function literal(address: string): string {
  return address.includes(':') ? `IPv6:${address}` : address;
}

/** RFC 5322 §3.3 date in UTC. `toUTCString` writes the zone as GMT, which is obsolete syntax. */
function traceDate(at: Date): string {
  return at.toUTCString().replace('GMT', '+0000');
}
