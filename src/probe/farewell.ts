import type { Reply } from '../smtp/reply-parser.ts';
import { isAcceptance, type SessionEnd, type Stage } from '../session/transcript.ts';
import { SessionOver, type Command } from './dialogue-partner.ts';
import type { Recorder } from './recorder.ts';
import type { Session } from './session.ts';

/** How a farewell can go on after a conversation: the connection is there, and the server reads commands. */
const LISTENS: ReadonlySet<SessionEnd['kind']> = new Set(['completed', 'diverged', 'no-login', 'not-offered']);
/** How long the server may take to close behind its 221. Whatever else comes in this time answers nothing. */
const CLOSING_MS = 100;

const RSET = { stage: 'reset', text: 'RSET' } as const;
const QUIT = { stage: 'quit', text: 'QUIT' } as const;

type Heard = { readonly kind: 'reply'; readonly reply: Reply } | { readonly kind: 'over'; readonly end: SessionEnd };

/**
 * RSET and QUIT, or QUIT alone behind a message that was taken: some servers hand it on at QUIT only and drop it at RSET.
 * Every command has had its own reply only where these two are answered with 250 and 221 and nothing comes behind: a reply
 * too many has moved every later one by a place.
 * @returns how the session ended: `desync` where the goodbye shows that its replies belong to other commands
 */
export async function sayGoodbye(session: Session, end: SessionEnd): Promise<SessionEnd> {
  const { partner, recorder, options } = session;
  // Behind a 354 the server takes RSET and QUIT for text of the message.
  if (!LISTENS.has(end.kind) || partner.lastCode === 354) return end;
  // Where nothing was answered there is no answer to doubt; a server that waits for a second step of AUTH hears RSET as that.
  if (end.kind === 'no-login') {
    for (const command of [RSET, QUIT]) await hear(() => partner.ask(command, options.deadlines.farewell));
    return end;
  }
  const accepted = end.kind === 'completed' && lastWasAccepted(recorder);
  let resetReply: Reply | null = null;
  if (!recorder.tookMessage) {
    // The refusal of a recipient may be slower than a farewell is worth; the answer to an acceptance is waited for.
    const patience = accepted ? options.deadlines.command : options.deadlines.farewell;
    const reset = await hear(() => partner.ask(RSET, patience));
    if (reset.kind === 'over') return unlessDisproved(end, reset.end, accepted);
    resetReply = reset.reply;
    if (resetReply.code < 400 && resetReply.code !== 250) return outOfStep(RSET, resetReply);
  }
  const quit = await hear(() => partner.askLast(QUIT, options.deadlines.farewell));
  if (quit.kind === 'reply' && quit.reply.code === 221) return (await partner.untilClosed(CLOSING_MS)) ?? end;
  if (quit.kind === 'reply' && quit.reply.code !== 421) return outOfStep(QUIT, quit.reply);
  // A refusal in the place of RSET's 250 may be that of the recipient, with one reply too many before it.
  if (accepted && resetReply !== null && resetReply.code >= 400) return outOfStep(RSET, resetReply);
  return quit.kind === 'over' ? unlessDisproved(end, quit.end, false) : end;
}

function lastWasAccepted({ asked, message }: Recorder): boolean {
  const last = asked.at(-1);
  return message.kind === 'answered' ? message.reply.code < 400 : last !== undefined && isAcceptance(last);
}

/** What an unanswered farewell says of the answers before it. Who hangs up owes nothing: a reply that a stray one had moved would have come first. */
function unlessDisproved(end: SessionEnd, farewell: SessionEnd, mustAnswer: boolean): SessionEnd {
  if (farewell.kind === 'desync' || farewell.kind === 'garbled') return farewell;
  if (!mustAnswer || farewell.kind !== 'timed-out') return end;
  return { kind: 'desync', stage: farewell.stage, detail: `${farewell.detail}: an earlier command may be unanswered` };
}

function outOfStep({ stage, text }: Command, { code, lines }: Reply): SessionEnd & { readonly stage: Stage } {
  const detail = `${text} was answered with ${code} ${lines.join(' ')}, which answers something else`;
  return { kind: 'desync', stage, detail };
}

async function hear(ask: () => Promise<Reply>): Promise<Heard> {
  try {
    return { kind: 'reply', reply: await ask() };
  } catch (error) {
    if (error instanceof SessionOver) return { kind: 'over', end: error.end };
    throw error;
  }
}
