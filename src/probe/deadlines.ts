/** Longest waits in milliseconds. Absolute: a server that drips a byte now and then gains nothing. */
export interface Deadlines {
  readonly connect: number;
  /** Greet delays of 20 s are legal and seen. */
  readonly banner: number;
  readonly tls: number;
  readonly command: number;
  readonly write: number;
  /** RFC 5321 §4.5.3.2.6 allows 10 minutes after the final dot; a tarpit of 60 s is borne. */
  readonly endOfData: number;
  /** Silence after which no further reply is expected, where a script asks for all that come. */
  readonly quiet: number;
  readonly farewell: number;
  readonly session: number;
}

export const DEFAULT_DEADLINES: Deadlines = {
  connect: 15_000,
  banner: 45_000,
  tls: 20_000,
  command: 60_000,
  write: 30_000,
  endOfData: 120_000,
  quiet: 2_000,
  farewell: 5_000,
  session: 300_000,
};

/** A server on this host that has not answered by then does not answer. */
const LOOPBACK_QUIET_MS = 300;
const LONGEST_QUIET_MS = 30_000;

/**
 * How long to listen for further replies, in milliseconds: a server that takes its time over every reply (a tarpit) gets
 * three times the slowest so far.
 */
export function quietMs(deadlines: Deadlines, address: string, slowestReplyMs: number): number {
  const isLoopback = address.startsWith('127.') || address === '::1';
  const base = isLoopback ? Math.min(deadlines.quiet, LOOPBACK_QUIET_MS) : deadlines.quiet;
  return Math.min(Math.max(base, 3 * slowestReplyMs), LONGEST_QUIET_MS);
}
