import type { Reply } from '../smtp/reply-parser.ts';
import type { Asked, MessageOutcome, SessionEnd, Transcript, Turn } from './transcript.ts';

/** Characters of replies that one audit keeps whole. */
const KEPT_CHARACTERS = 16_000_000;
/** What a line costs beside its characters, in memory and in a saved run. */
const LINE_COST = 40;
/** Lines kept of each reply once the budget is spent: more than any server needs for an answer or its capabilities. */
const KEPT_LINES = 20;

/**
 * Bounds what one audit keeps of the replies of a server. What no longer fits keeps the first lines of each reply, and a
 * note says how many were left out; codes, order and times are always kept.
 */
export class TranscriptBudget {
  #left: number;

  constructor(characters: number = KEPT_CHARACTERS) {
    this.#left = characters;
  }

  keep(transcript: Transcript): Transcript {
    const cost = costOf(transcript);
    if (cost <= this.#left) {
      this.#left -= cost;
      return transcript;
    }
    const cut = cutTranscript(transcript);
    this.#left = Math.max(0, this.#left - costOf(cut));
    return cut;
  }
}

function costOf({ turns }: Transcript): number {
  return turns.reduce((sum, turn) => sum + (turn.kind === 'received' ? replyCost(turn.reply) : turn.text.length), 0);
}

function replyCost({ lines }: Reply): number {
  return lines.reduce((sum, line) => sum + line.length + LINE_COST, 0);
}

function cutTranscript(transcript: Transcript): Transcript {
  return {
    ...transcript,
    turns: transcript.turns.flatMap(cutTurn),
    asked: transcript.asked.map((asked): Asked => ({ ...asked, reply: cutReply(asked.reply) })),
    message: cutMessage(transcript.message),
    end: cutEnd(transcript.end),
  };
}

function cutTurn(turn: Turn): readonly Turn[] {
  if (turn.kind !== 'received' || turn.reply.lines.length <= KEPT_LINES) return [turn];
  const text = `${turn.reply.lines.length - KEPT_LINES} lines of this reply were left out: the audit has received too much to keep all`;
  return [
    { ...turn, reply: cutReply(turn.reply) },
    { kind: 'note', at: turn.at, text },
  ];
}

function cutMessage(message: MessageOutcome): MessageOutcome {
  return message.kind === 'answered' ? { ...message, reply: cutReply(message.reply) } : message;
}

function cutEnd(end: SessionEnd): SessionEnd {
  return end.kind === 'diverged' ? { ...end, reply: cutReply(end.reply) } : end;
}

function cutReply(reply: Reply): Reply {
  return { ...reply, lines: reply.lines.slice(0, KEPT_LINES) };
}
