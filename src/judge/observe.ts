import { classifyReply, REPLY_CLASS_INFO } from '../smtp/reply-class.ts';
import { REPLY_FAULT_TEXT, type Reply } from '../smtp/reply-parser.ts';
import { isAcceptance, type SessionEnd, type Stage, type Transcript } from '../session/transcript.ts';
import { observeSmuggling } from './observe-smuggling.ts';
import { outOfStep } from './out-of-step.ts';
import { outOfScopeText } from './skip-text.ts';
import { stageWord } from './stage-word.ts';
import { replyText, type Verdict } from './verdict.ts';
import type { ObservedBy } from './observed-by.ts';

const GOODBYES: ReadonlySet<number> = new Set([221, 421]);

export function observe(transcript: Transcript, by: ObservedBy): Verdict {
  if (typeof transcript.smuggled === 'string') return observeSmuggling(transcript, by);
  const asked = transcript.asked.at(-1);
  const { message } = transcript;
  const final = message.kind === 'answered' ? message : null;
  const out = by.caught.find((caught) => by.meaningOf(caught) === 'relayed');
  if (out !== undefined) {
    return verdict(
      'relayed',
      final?.stage ?? 'end-of-data',
      final?.reply ?? null,
      `the canary came out for <${out.to}>, delivered by ${out.peer}`,
    );
  }
  const forwarded = by.caught.find((caught) => by.meaningOf(caught) === 'forwarded');
  if (forwarded !== undefined) {
    return verdict(
      'inconclusive',
      final?.stage ?? 'end-of-data',
      final?.reply ?? null,
      `the canary came out for <${forwarded.to}>, but a mailbox of the server forwards to the outside mailbox: choose another --outside`,
    );
  }
  // Some say goodbye with 221 or 421 before they close (RFC 5321 §3.8).
  if (by.closingRefuses && asked !== undefined && GOODBYES.has(asked.reply.code))
    return verdict('refused', asked.stage, asked.reply, `the server said goodbye: ${replyText(asked.reply)}`);
  const broken = outOfStep(transcript);
  if (broken !== null) {
    const stage = asked?.stage ?? ending(transcript.end).stage;
    return echoesOddBytes(transcript, by)
      ? verdict('masked', stage, null, `the server echoes the odd bytes that it was sent: ${broken}`)
      : verdict('inconclusive', stage, null, broken);
  }
  if (asked !== undefined && !isAcceptance(asked)) return answer(asked.stage, asked.reply, by);
  if (transcript.silent) return verdict('refused', asked?.stage ?? null, null, 'nothing came back, as it should be');
  const limit = errorLimit(transcript);
  if (limit !== null && (asked === undefined || message.kind === 'unanswered')) return limit;
  const parting = partingRefusal(transcript);
  if (parting !== null) return refusal(parting.stage, parting.reply);
  if (message.kind === 'unanswered')
    return {
      ...ending(transcript.end),
      reason: `outcome after the final dot unknown: ${ending(transcript.end).reason}`,
    };
  // A recipient that was taken is not taken back by hanging up.
  const cutOff = asked?.stage === 'rcpt' ? null : cutOffBy(transcript.end, by);
  if (cutOff !== null) return cutOff;
  if (transcript.end.kind !== 'completed') return ending(transcript.end);
  if (final !== null) return final.reply.code >= 400 ? answer(final.stage, final.reply, by) : taken(final.reply, by);
  if (asked === undefined)
    return verdict('inconclusive', null, null, 'the session ended before the question was asked');
  // Bytes of a scenario's own may have been taken for a message.
  const sent = asked.stage === 'end-of-data' ? '' : '; no message was sent';
  return verdict('accepted', asked.stage, asked.reply, `accepted at ${stageWord(asked.stage)}${sent}`);
}

/** A reply that is no line any more because our own bare CR or LF comes back in it is of our making. */
function echoesOddBytes({ end }: Transcript, by: ObservedBy): boolean {
  return (
    by.asksAboutContent &&
    end.kind === 'garbled' &&
    (end.fault === 'bare-carriage-return' || end.fault === 'bare-line-feed')
  );
}

/** The refusal in a session that the server does not let go on, where that was the question; null where it ended in another way. */
function cutOffBy(end: SessionEnd, { closingRefuses, asksAboutGreeting }: ObservedBy): Verdict | null {
  const said = (stage: Stage, reply: Reply | null, reason: string): Verdict => verdict('refused', stage, reply, reason);
  if (end.kind === 'diverged' && end.reply.code >= 500) {
    const isQuestion = end.stage === 'ehlo' ? asksAboutGreeting : end.stage === 'starttls' && closingRefuses;
    return isQuestion ? said(end.stage, end.reply, saying(end.stage, end.reply)) : null;
  }
  if (!closingRefuses) return null;
  if (end.kind === 'closed') return said(end.stage, null, `the server closed the connection: ${end.detail}`);
  return end.kind === 'tls-failed' ? said(end.stage, null, `TLS did not begin: ${end.detail}`) : null;
}

/** Where a refusal to relay, or to let in, can be the last word before a server hangs up. */
const TELLING: ReadonlySet<Stage> = new Set(['auth', 'mail', 'rcpt', 'data']);

/** Some refuse to relay and hang up, before the scenario comes to its question or while it sends on: the last that they said answers it. */
function partingRefusal({ turns, end }: Transcript): { readonly stage: Stage; readonly reply: Reply } | null {
  const last = turns.findLast((turn) => turn.kind === 'received');
  if (end.kind !== 'closed' || last?.kind !== 'received') return null;
  const isRefusal = last.reply.code >= 500 && REPLY_CLASS_INFO[classifyReply(last.reply)].bearing === 'relaying';
  return isRefusal && TELLING.has(last.stage) ? last : null;
}

/**
 * Who hangs up after so many errors of one session (RFC 5321 §3.8) lets nobody come to that question, and takes no message
 * with its goodbye. Without an error before it, the limit is one of the client's, and may be a ban.
 */
function errorLimit({ turns, end }: Transcript): Verdict | null {
  const replies = turns.flatMap((turn) => (turn.kind === 'received' ? [turn] : []));
  const last = replies.at(-1);
  if (end.kind !== 'closed' || last === undefined || classifyReply(last.reply) !== 'too-many-errors') return null;
  return replies.slice(0, -1).some(({ reply }) => reply.code >= 400) ? refusal(last.stage, last.reply) : null;
}

function taken(reply: Reply, by: ObservedBy): Verdict {
  const bounce = by.caught.find((caught) => by.meaningOf(caught) === 'bounced');
  if (bounce !== undefined)
    return verdict('swallowed', 'end-of-data', reply, `taken at end of data, then bounced to <${bounce.to}>`);
  if (!by.asksOutside) return verdict('accepted', 'end-of-data', reply, 'accepted at end of data');
  if (!by.watched)
    return verdict('accepted', 'end-of-data', reply, 'accepted at end of data; nobody watched whether it came out');
  const took = (kind: Verdict['kind'], whereTo: string): Verdict =>
    verdict(kind, 'end-of-data', reply, `taken at end of data, ${whereTo}`);
  const elsewhere = by.caught.find((caught) => by.meaningOf(caught) === 'elsewhere');
  if (elsewhere !== undefined)
    return took('inconclusive', `and the canary came out for <${elsewhere.to}>, whom nobody had asked for`);
  const inside = by.caught.find((caught) => by.meaningOf(caught) === 'delivered');
  if (inside !== undefined) return took('swallowed', `but the canary came out for <${inside.to}> only, an own mailbox`);
  return by.unread > 0
    ? took('inconclusive', `and ${by.unread} messages came out for the outside mailbox whose canary cannot be read`)
    : took('swallowed', 'but the canary did not come out in the window');
}

/** A reply that is not the acceptance that was asked for. */
function answer(stage: Stage, reply: Reply, by: ObservedBy): Verdict {
  if (reply.code < 400) return verdict('refused', stage, reply, `gave nothing away: ${replyText(reply)}`);
  const meaning = classifyReply(reply);
  const isAnswer =
    (by.asksAboutContent && meaning === 'content-rejected') ||
    // A login that is asked for in the clear is refused for want of TLS, and for nothing better.
    (stage === 'auth' && meaning === 'tls-required');
  return isAnswer ? verdict('refused', stage, reply, saying(stage, reply)) : refusal(stage, reply);
}

function refusal(stage: Stage, reply: Reply): Verdict {
  const { bearing } = REPLY_CLASS_INFO[classifyReply(reply)];
  const said = saying(stage, reply);
  if (bearing === 'relaying') return verdict('refused', stage, reply, said);
  if (reply.code < 500) return verdict('deferred', stage, reply, said);
  return bearing === 'other' ? verdict('masked', stage, reply, said) : verdict('refused', stage, reply, said);
}

function saying(stage: Stage, reply: Reply): string {
  return `${REPLY_CLASS_INFO[classifyReply(reply)].title} at ${stageWord(stage)}: ${replyText(reply)}`;
}

function ending(end: SessionEnd): Verdict {
  const say = (stage: Stage | null, reason: string): Verdict => verdict('inconclusive', stage, null, reason);
  switch (end.kind) {
    case 'completed':
      return say(null, 'the session ended without an answer');
    case 'diverged':
      return notAsked(end.stage, end.reply, end.wanted);
    case 'unreachable':
      return say('connect', `unreachable: ${end.detail}`);
    case 'timed-out':
      return say(end.stage, `timed out at ${stageWord(end.stage)}: ${end.detail}`);
    case 'closed':
      return say(end.stage, `connection lost at ${stageWord(end.stage)}: ${end.detail}`);
    case 'tls-failed':
      return say(end.stage, `TLS failed: ${end.detail}`);
    case 'garbled':
      return say(end.stage, `no SMTP at ${stageWord(end.stage)}: ${REPLY_FAULT_TEXT[end.fault]}`);
    case 'desync':
      return say(end.stage, end.detail);
    case 'no-login':
      return say('auth', end.detail);
    case 'not-offered':
      return verdict('skipped', 'ehlo', null, `the server does not offer ${end.needed}`);
    case 'withheld':
      return verdict('skipped', null, null, end.detail);
    case 'out-of-scope':
      return say(end.stage, outOfScopeText(end.names));
    case 'aborted':
      return say(null, 'interrupted');
  }
}

/** The server did not let the scenario come to its question. A refusal of something else than relaying says why; the rest is unclear. */
function notAsked(stage: Stage, reply: Reply, wanted: string): Verdict {
  const reason = `the scenario needs ${wanted} at ${stageWord(stage)}, the server said ${replyText(reply)}`;
  const meaning = classifyReply(reply);
  const { bearing } = REPLY_CLASS_INFO[meaning];
  if (stage === 'data' && bearing === 'relaying') return refusal(stage, reply);
  // Whoever has to log in before anything else comes to no question without it.
  const isAnotherReason = bearing === 'other' || meaning === 'authentication-required';
  if (!isAnotherReason || stage === 'banner' || stage === 'ehlo') return verdict('inconclusive', stage, reply, reason);
  return verdict(reply.code < 500 ? 'deferred' : 'masked', stage, reply, reason);
}

function verdict(kind: Verdict['kind'], stage: Stage | null, reply: Reply | null, reason: string): Verdict {
  return { kind, stage, reply, class: reply === null ? null : classifyReply(reply), reason };
}
