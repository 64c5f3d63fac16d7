import { classifyReply } from '../smtp/reply-class.ts';
import type { Stage, Transcript } from '../session/transcript.ts';
import { replyText, type Verdict } from './verdict.ts';
import type { ObservedBy } from './observed-by.ts';

/**
 * What became of a message that was to be smuggled in behind another one. Only messages that came out tell: a server
 * answers the false end, the true one and every line between them, and no count of its replies says what it made of them.
 */
export function observeSmuggling(transcript: Transcript, by: ObservedBy): Verdict {
  const [out] = by.smuggled;
  const { message, end } = transcript;
  const stage: Stage = 'end-of-data';
  const reply = message.kind === 'answered' ? message.reply : null;
  const replyClass = reply === null ? null : classifyReply(reply);
  const say = (kind: Verdict['kind'], reason: string): Verdict => ({ kind, stage, reply, class: replyClass, reason });
  if (out !== undefined)
    return say('relayed', `the smuggled message came out by itself for <${out.to}>, delivered by ${out.peer}`);
  if (message.kind === 'not-sent')
    return { ...say('inconclusive', `never came to the message: ${end.kind}`), stage: null };
  if (reply !== null && reply.code >= 400) return say('refused', `refused as a whole: ${replyText(reply)}`);
  if (reply === null)
    return end.kind === 'closed' && by.closingRefuses
      ? say('refused', 'the server closed the connection without taking the message')
      : say('inconclusive', `no answer to the message: ${end.kind}`);
  if (!by.watched) return say('skipped', 'taken, and nobody watched how many messages came out');
  return by.caught.length > 0
    ? say('refused', 'one message went in and one came out')
    : say(
        'skipped',
        'mail of this kind does not come out where the catcher is, so nothing tells whether it was one message or two',
      );
}
