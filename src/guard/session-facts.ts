/** HELO name of a client that gave none, where a planted defect lets it go on without. */
export const NO_GREETING = '[none]';

/** What the guard knows of a session when it decides. Everything that a client merely says is here, too: nothing healthy reads it. */
export interface SessionFacts {
  /** The other end of the TCP connection, as the socket tells it. */
  readonly peer: string;
  /** Client address of a believed PROXY header; `''` when the header told none; null without a header. */
  readonly proxied: string | null;
  /** Client address of a believed XCLIENT; null without one. */
  readonly xclient: string | null;
  /** Client address of a believed XFORWARD; null without one. */
  readonly xforward: string | null;
  readonly guardName: string;
  /** HELO name, null before it and after STARTTLS. */
  readonly helo: string | null;
  /** The login that this session proved; null without one. */
  readonly login: string | null;
  /** A login of this connection from before STARTTLS or XCLIENT: void. */
  readonly staleLogin: string | null;
  /** Whether an AUTH command was seen on this connection, whatever came of it. */
  readonly triedLogin: boolean;
  /** Parameters of this transaction's MAIL command and of the RCPT command that is asked about. */
  readonly mailParameters: Parameters;
  readonly rcptParameters: Parameters;
  /** Recipients of this transaction that were admitted before. */
  readonly admitted: number;
  /** Whether an earlier transaction of this connection had an admitted recipient. */
  readonly admittedBefore: boolean;
  /** How often a transaction was reset since the login of this session was proved. */
  readonly resetsSinceLogin: number;
  /** Whether MAIL, or the RCPT that is asked about, was read by a planted defect as something that it is not. */
  readonly misread: boolean;
  /** Whether TLS is on. */
  readonly secure: boolean;
  /** Transactions of this connection that are over. */
  readonly transactions: number;
  /** Messages that this connection delivered. */
  readonly delivered: number;
}

/** ESMTP parameters by their upper-case keyword; null for one without a value. */
export type Parameters = ReadonlyMap<string, string | null>;

/** An attempt to log in, once the password was compared with its hash. */
export interface LoginAttempt {
  readonly user: string;
  readonly password: string;
  /** Authorization identity (RFC 4616): whom the client wants to act as; `''` for itself. */
  readonly actAs: string;
  readonly verified: boolean;
}
