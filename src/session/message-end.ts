import { escapedBytes, expandRepeats } from '../smtp/escaped-text.ts';
import type { Script, ScriptOutgoing } from './script.ts';

const MESSAGES: ReadonlySet<ScriptOutgoing['kind']> = new Set(['message', 'message-text', 'smuggled']);
/** Of a character that is repeated more often than that, no more is looked at. */
const LONGEST_RUN = 300;

/** Commands that begin mail data (RFC 5321 §4.1.1.4, RFC 3030 §2, RFC 4468 §3.2), wherever they stand in a line. */
const BEGINS_DATA = /DATA|BDAT|BURL/i;
const BEGINS_CHUNK = /BDAT|BURL/i;
/** Dots alone between line ends, blanks or controls: whatever some server takes for a line end, a dot behind it ends the data. */
const DOTS_ALONE = /(?:^|[\s\p{Cc}])\.+(?:$|[\s\p{Cc}])/u;

/**
 * Whether a script could make a server take a message: with a canary, or with bytes of its own. A doubt counts as yes,
 * because a message that is taken stays in a mailbox; such a script runs with `--prove` only.
 */
export function sendsMessage(script: Pick<Script, 'steps' | 'message'>): boolean {
  const sent = script.steps.flatMap(({ send }) => send);
  if ((script.message ?? null) !== null || sent.some(({ kind }) => MESSAGES.has(kind))) return true;
  const text = asReadBySevenBits(Buffer.concat(sent.map(bytesOf)));
  return endsLastChunk(text) || DOTS_ALONE.test(behind(text, BEGINS_DATA));
}

/** Whether bytes that a server reads as mail data could end it. */
export function endsMailData(bytes: Buffer): boolean {
  return DOTS_ALONE.test(asReadBySevenBits(bytes));
}

/** A last chunk ends the message without a dot. */
function endsLastChunk(text: string): boolean {
  return /LAST/i.test(behind(text, BEGINS_CHUNK));
}

/** The text from where a pattern is found first, `''` where it is not. */
function behind(text: string, pattern: RegExp): string {
  const begin = text.search(pattern);
  return begin === -1 ? '' : text.slice(begin);
}

function bytesOf(sent: ScriptOutgoing): Buffer {
  if (sent.kind === 'line') return Buffer.from(`${expandRepeats(sent.text, LONGEST_RUN)}\r\n`);
  return sent.kind === 'raw' ? escapedBytes(sent.text, LONGEST_RUN) : Buffer.alloc(0);
}

/** Servers that drop the eighth bit find commands and dots in bytes beyond ASCII. */
function asReadBySevenBits(bytes: Buffer): string {
  return bytes.toString('ascii');
}
