import type { ReplyClass } from '../smtp/reply-class.ts';
import { printable } from '../smtp/printable.ts';
import type { Reply } from '../smtp/reply-parser.ts';
import type { Stage } from '../session/transcript.ts';

/** What the server did. */
export type VerdictKind =
  'relayed' | 'accepted' | 'refused' | 'swallowed' | 'deferred' | 'masked' | 'inconclusive' | 'skipped';

export interface VerdictInfo {
  readonly title: string;
  /** One character for tables; never the only sign. */
  readonly glyph: string;
}

export const VERDICT_INFO: Readonly<Record<VerdictKind, VerdictInfo>> = {
  relayed: { title: 'accepted, and the message came out', glyph: '!' },
  accepted: { title: 'accepted', glyph: '+' },
  refused: { title: 'refused', glyph: '-' },
  swallowed: { title: 'taken at end of data, never came out in the window', glyph: 'o' },
  deferred: { title: 'put off (4xx)', glyph: '~' },
  masked: { title: 'refused for another reason than relaying', glyph: 'm' },
  inconclusive: { title: 'could not tell', glyph: '?' },
  skipped: { title: 'not asked', glyph: ' ' },
};

/** A verdict with what it rests on. */
export interface Verdict {
  readonly kind: VerdictKind;
  /** Stage of the reply that decided, null where there was none. */
  readonly stage: Stage | null;
  readonly reply: Reply | null;
  /** What that reply means, null where there was none. */
  readonly class: ReplyClass | null;
  /** A sentence: why this verdict and not another. */
  readonly reason: string;
}

/** The reply as one line, such as `554 5.7.1 Relay access denied`; a very long one is cut, and its length said. */
export function replyText(reply: Reply): string {
  return printable(`${reply.code} ${reply.lines.join(' ')}`.trimEnd());
}
