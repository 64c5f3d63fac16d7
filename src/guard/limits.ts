/** What holds where nothing else is said. `Infinity` switches a limit off. */
const STANDARD = {
  commandLineBytes: 2048,
  authLineBytes: 4096,
  dataLineBytes: 998,
  messageBytes: 10_485_760,
  headerLines: 1000,
  receivedFields: 30,
  recipientsPerMessage: 100,
  messagesPerSession: 100,
  errorsPerSession: 10,
  idleCommandsPerSession: 50,
  commandsPerSession: 2000,
  authFailuresPerSession: 3,
  connections: 200,
  connectionsPerClient: 10,
  bufferedBytes: 268_435_456,
  connectionsPerMinute: 60,
  messagesPerMinute: 100,
  recipientsPerMinute: 500,
  authFailuresPerMinute: 5,
  greetingDelayMs: 100,
  proxyHeaderMs: 5000,
  commandMs: 60_000,
  sessionMs: 600_000,
  dataGraceMs: 60_000,
  dataBytesPerSecond: 500,
  nextHopMs: 240_000,
  shutdownMs: 30_000,
};

export type LimitName = keyof typeof STANDARD;

/** Every bound that the guard puts on a client. */
export type GuardLimits = Readonly<Record<LimitName, number>>;

/** What a limit is and what a client hears that goes beyond it. */
export interface LimitInfo {
  readonly unit:
    | 'bytes'
    | 'lines'
    | 'fields'
    | 'recipients'
    | 'messages'
    | 'replies'
    | 'commands'
    | 'connections'
    | 'failures'
    | 'ms'
    | 'bytes/s';
  /** Reply code beyond the limit; null where the connection is dropped or the limit only delays. */
  readonly code: number | null;
  readonly text: string;
}

/** The table of limits, from which documentation and tests are drawn. */
export const LIMIT_INFO: Readonly<Record<LimitName, LimitInfo>> = {
  commandLineBytes: { unit: 'bytes', code: 500, text: 'length of a command line with its CRLF' },
  authLineBytes: {
    unit: 'bytes',
    code: 421,
    text: 'length of a line of an AUTH exchange with its CRLF',
  },
  dataLineBytes: {
    unit: 'bytes',
    code: 554,
    text: 'length of a message line without its CRLF (RFC 5322 §2.1.1)',
  },
  messageBytes: { unit: 'bytes', code: 552, text: 'size of a message' },
  headerLines: { unit: 'lines', code: 554, text: 'lines of a message header' },
  receivedFields: {
    unit: 'fields',
    code: 554,
    text: 'Received fields before a message counts as looping (RFC 5321 §6.3)',
  },
  recipientsPerMessage: { unit: 'recipients', code: 452, text: 'recipients of one message' },
  messagesPerSession: { unit: 'messages', code: 421, text: 'messages of one session' },
  errorsPerSession: { unit: 'replies', code: 421, text: 'replies of 4xx and 5xx in one session' },
  idleCommandsPerSession: {
    unit: 'commands',
    code: 421,
    text: 'NOOP, RSET, HELO and EHLO in one session',
  },
  commandsPerSession: { unit: 'commands', code: 421, text: 'lines of any kind in one session' },
  authFailuresPerSession: { unit: 'failures', code: 421, text: 'failed logins in one session' },
  connections: { unit: 'connections', code: 421, text: 'connections at a time' },
  connectionsPerClient: { unit: 'connections', code: 421, text: 'connections at a time of one client' },
  bufferedBytes: {
    unit: 'bytes',
    code: 452,
    text: 'message bytes held in memory for all sessions together',
  },
  connectionsPerMinute: { unit: 'connections', code: 421, text: 'connections of one client in a minute' },
  messagesPerMinute: { unit: 'messages', code: 450, text: 'messages of one client in a minute' },
  recipientsPerMinute: { unit: 'recipients', code: 450, text: 'recipients of one client in a minute' },
  authFailuresPerMinute: { unit: 'failures', code: 454, text: 'failed logins of one client in a minute' },
  greetingDelayMs: {
    unit: 'ms',
    code: 421,
    text: 'silence before the greeting; who talks in it is turned away',
  },
  proxyHeaderMs: { unit: 'ms', code: null, text: 'time for the PROXY header to come' },
  commandMs: { unit: 'ms', code: 421, text: 'time for the next whole command line to come' },
  sessionMs: { unit: 'ms', code: 421, text: 'length of a session' },
  dataGraceMs: {
    unit: 'ms',
    code: 421,
    text: 'time in which a message may come slower than the rate',
  },
  dataBytesPerSecond: {
    unit: 'bytes/s',
    code: 421,
    text: 'rate that a message must keep after that time',
  },
  nextHopMs: {
    unit: 'ms',
    code: 451,
    text: 'time for the next hop to take a message, from connecting to its last reply',
  },
  shutdownMs: {
    unit: 'ms',
    code: null,
    text: 'time that messages under way are given when the guard stops',
  },
};

/** The standard limits with some replaced. */
export function guardLimits(changes: Partial<GuardLimits> = {}): GuardLimits {
  return { ...STANDARD, ...changes };
}

/**
 * Limits without any bound on how much one client may ask for: for a guard that one's own audit questions hundreds of
 * times a minute. What bounds memory and time stays.
 */
export const UNMETERED: Partial<GuardLimits> = {
  errorsPerSession: Infinity,
  connectionsPerClient: Infinity,
  connectionsPerMinute: Infinity,
  messagesPerMinute: Infinity,
  recipientsPerMinute: Infinity,
  authFailuresPerMinute: Infinity,
  greetingDelayMs: 0,
};
