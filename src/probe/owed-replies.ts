import { commandVerb } from '../smtp/command.ts';
import { escapedBytes } from '../smtp/escaped-text.ts';
import type { ScriptOutgoing } from '../session/script.ts';
import type { Stage } from '../session/transcript.ts';
import { beginsLikeProxyHeader } from './proxy-header.ts';

/** Repeats are written out this often at most: where a line ends is all that counts here. */
const LOOKED_AT = 64;
const CRLF = '\r\n';

/**
 * How many replies a write is owed for certain: one for each command line that ends in CRLF, and one for a message that has
 * its true end. Whether a bare LF or CR ends a line, an empty line is a command, or a chunk is whole, only the server knows.
 * @param before the stage of what was sent last: raw bytes behind DATA are text of the message
 */
export function owedReplies(sent: readonly ScriptOutgoing[], before: Stage): number {
  const has = (...kinds: readonly ScriptOutgoing['kind'][]): boolean => sent.some(({ kind }) => kinds.includes(kind));
  if (has('message', 'smuggled')) return 1;
  const isRaw = sent[0]?.kind === 'raw';
  if (has('message-text', 'tls') || (isRaw && (before === 'data' || before === 'end-of-data'))) return 0;
  const text = sent.map(textOf).join('');
  // What a server takes for the header of a proxy is answered by its banner and by nothing else.
  if (beginsLikeProxyHeader(text)) return 0;
  const lines = text
    .split(CRLF)
    .slice(0, -1)
    .filter((line) => line !== '');
  const chunk = lines.findIndex((line) => commandVerb(line) === 'BDAT');
  return chunk === -1 ? lines.length : chunk;
}

function textOf(sent: ScriptOutgoing): string {
  if (sent.kind === 'line') return sent.text + CRLF;
  return sent.kind === 'raw' ? escapedBytes(sent.text, LOOKED_AT).toString('latin1') : '';
}
