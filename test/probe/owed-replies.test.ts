import { describe, expect, test } from 'vitest';
import { owedReplies } from '../../src/probe/owed-replies.ts';
import { parseDialogue } from '../../src/scenario/dialogue.ts';
import type { Stage } from '../../src/session/transcript.ts';

function owed(dialogue: string, before: Stage = 'ehlo'): number {
  const parsed = parseDialogue(`${dialogue}\nS: ?...`, true);
  if (parsed.kind === 'invalid') throw new Error(dialogue);
  return owedReplies(parsed.steps[0]?.send ?? [], before);
}

describe('a write is owed a reply for', () => {
  test.for<[what: string, owed: number, dialogue: string, before?: Stage]>([
    ['every line', 2, 'C: NOOP\nC: NOOP'],
    ['every line of raw text that ends in CRLF', 3, 'R: EHLO a\\r\\nMAIL FROM:<>\\r\\nRCPT TO:<{outside}>\\r\\n'],
    ['no empty line', 3, 'R: POST / HTTP/1.1\\r\\n\\r\\nEHLO a\\r\\nMAIL FROM:<>\\r\\n'],
    ['no bare line feed', 0, 'R: MAIL FROM:<>\\nRCPT TO:<{own-user}>\\n'],
    ['a line with a bare line feed once', 1, 'R: RCPT TO:<a\\nRCPT TO:<{outside}>\\r\\n'],
    ['a line with a bare carriage return once', 1, 'R: RCPT TO:<a\\rRCPT TO:<{outside}>\\r\\n'],
    ['a long line', 1, 'R: {x*2048}RCPT TO:<{own-user}>\\r\\n'],
    ['a line in two pieces once', 2, 'C: NOOP\nR: NO\nR: OP\\r\\n'],
    ['no chunk whose size may be too large', 0, 'C: BDAT 18446744073709551616 LAST'],
    ['nothing behind the size of a chunk', 1, 'C: NOOP\nR: BDAT 10 LAST\\r\\n12345678\\r\\n'],
    ['a message that ends', 1, 'C: {message}\nC: MAIL FROM:<>\nC: DATA\nC: {smuggled}', 'data'],
    ['no text of a message', 0, 'C: {message-text}', 'data'],
    ['no raw text in a message', 0, 'R: \\r\\n.\\r\\n', 'end-of-data'],
    ['no PROXY header', 0, 'R: PROXY UNKNOWN\\r\\n'],
    ['no binary PROXY header', 0, 'R: \\r\\n\\r\\n\\0\\r\\nQUIT\\n\\x20\\0\\0\\0'],
  ])('%s', ([, expected, dialogue, before]) => {
    expect(owed(dialogue, before)).toBe(expected);
  });
});
