import type { ReplyEvent, ReplyFault } from '../../src/smtp/reply-parser.ts';

const KEPT_LINE_BYTES = 4096;
const MAX_REPLY_BYTES = 65_536;

const KEPT_LINES = 100;
const KEPT_TEXT = 16_384;

/** A line ending, or what is none: a CR before another byte, an LF behind another byte. */
const ENDING = /\r\n|\r(?=[^\n])|\n/g;

/**
 * What RFC 5321 §4.2 makes of a whole byte stream, written down a second time and in another way: it looks at all the bytes
 * at once and cuts them into lines, where the parser takes a byte at a time.
 */
export function replyEventsOf(bytes: Buffer): readonly ReplyEvent[] {
  const stream = bytes.toString('latin1');
  const events: ReplyEvent[] = [];
  let replyStart = 0;
  let lineStart = 0;
  let lines: string[] = [];
  let code: number | null = null;
  const fault = (kind: ReplyFault): readonly ReplyEvent[] => [...events, { kind: 'fault', fault: kind }];
  for (const ending of stream.matchAll(ENDING)) {
    // A bare CR is only known for one when the next byte is there.
    const seen = ending[0] === '\n' ? ending.index + 1 : ending.index + 2;
    if (seen - replyStart > MAX_REPLY_BYTES) return fault('reply-too-long');
    if (ending[0] === '\n') return fault('bare-line-feed');
    if (ending[0] === '\r') return fault('bare-carriage-return');
    const line = bytes.subarray(lineStart, Math.min(ending.index, lineStart + KEPT_LINE_BYTES)).toString('utf8');
    lineStart = ending.index + 2;
    const [, digits, separator = ''] = /^([0-9]{3})(.?)/su.exec(line) ?? [];
    if (digits === undefined) return fault('no-reply-code');
    if (!/^[2-5]/.test(digits)) return fault('reply-code-out-of-range');
    if (!['', ' ', '-'].includes(separator)) return fault('bad-separator');
    if (code !== null && code !== Number(digits)) return fault('mixed-codes');
    code = Number(digits);
    lines.push(line.slice(4));
    if (separator === '-') continue;
    const enhanced = /^[245]\.[0-9]{1,3}\.[0-9]{1,3}(?![^ ])/.exec(lines.at(-1) ?? '')?.[0] ?? null;
    events.push({ kind: 'reply', reply: { code, enhanced, lines: keptOf(lines) } });
    replyStart = lineStart;
    lines = [];
    code = null;
  }
  return stream.length - replyStart > MAX_REPLY_BYTES ? fault('reply-too-long') : events;
}

/** The longest beginning of a reply that is short enough, and how much is left of it. */
function keptOf(lines: readonly string[]): readonly string[] {
  const size = (count: number): number => lines.slice(0, count).join('').length;
  let count = Math.min(lines.length, KEPT_LINES);
  while (size(count) > KEPT_TEXT) count -= 1;
  if (count === lines.length) return lines;
  return [...lines.slice(0, count), `[... ${(lines.length - count).toLocaleString('en')} more lines]`];
}
