/** A message that came out of the target, one entry a recipient: what `relayproof catch` prints as a line. */
export interface Caught {
  /** ISO 8601. */
  readonly at: string;
  /** Address of the client that delivered it. */
  readonly peer: string;
  readonly helo: string;
  /** Reverse-path without angle brackets; `''` is the null sender. */
  readonly from: string;
  /** Forward-path without angle brackets. */
  readonly to: string;
  readonly canary: string | null;
  /** Values of the `Received` fields, newest first. */
  readonly received: readonly string[];
  readonly subject: string;
}
