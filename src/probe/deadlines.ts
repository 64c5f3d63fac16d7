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
  farewell: 5_000,
  session: 300_000,
};
