import type { Outgoing, Step } from './dialogue.ts';
import { formatReplyPattern } from './reply-pattern.ts';

/** Steps in the notation that they are written in, a line a turn. */
export function dialogueText(steps: readonly Step[]): readonly string[] {
  return steps.flatMap(({ send, replies }) => [
    ...send.map(outgoingText),
    ...replies.map((reply) => `S: ${formatReplyPattern(reply)}`),
  ]);
}

function outgoingText(outgoing: Outgoing): string {
  switch (outgoing.kind) {
    case 'line':
      return `C: ${outgoing.text}`;
    case 'raw':
      return `R: ${outgoing.text}`;
    case 'tls':
      return 'T:';
    default:
      return `C: {${outgoing.kind}}`;
  }
}
