import type { WireFault } from './command-stream.ts';
import type { GuardLimits } from './limits.ts';
import type { Refusal } from './path-command.ts';

/**
 * Verbs that the guard knows and does not serve. They tell strangers about mailboxes (VRFY, EXPN), hand out or start
 * queues (ETRN, TURN), write to terminals (SEND, SOML, SAML), or are a library's jokes (WIZ, SHELL, KILL).
 */
const NOT_SERVED = new Set([
  'HELP',
  'VRFY',
  'EXPN',
  'ETRN',
  'TURN',
  'ATRN',
  'SEND',
  'SOML',
  'SAML',
  'BDAT',
  'BURL',
  'WIZ',
  'DEBUG',
  'SHELL',
  'KILL',
  'LHLO',
]);

/** The refusal of a verb that is not served, or null. */
export function refuseVerb(verb: string): Refusal | null {
  return NOT_SERVED.has(verb) ? { code: 502, text: `5.5.1 ${verb} is not offered` } : null;
}

/** What is wrong with the bytes of a command line, CRLF already gone; null when nothing is. */
export function refuseLine(line: Buffer, verb: string, limits: GuardLimits): Refusal | null {
  const limit = verb === 'AUTH' ? limits.authLineBytes : limits.commandLineBytes;
  if (line.length + 2 > limit) return { code: 500, text: '5.5.2 The command line is too long' };
  if (line.some((byte) => byte < 0x20 || byte === 0x7f))
    return { code: 500, text: '5.5.2 The command line holds a control character' };
  if (!isUtf8(line)) return { code: 500, text: '5.5.2 The command line is not UTF-8' };
  return null;
}

/** The reply to bytes on the wire after which nothing more is read. */
export const WIRE_FAULT_REPLY: Readonly<Record<WireFault, Refusal>> = {
  'bare-line-feed': { code: 500, text: '5.5.2 A line ends in a bare LF' },
  'data-before-reply': { code: 554, text: '5.5.0 Mail data came before it was asked for' },
};

function isUtf8(bytes: Buffer): boolean {
  return Buffer.from(bytes.toString('utf8'), 'utf8').equals(bytes);
}
