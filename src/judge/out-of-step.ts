import { REPLY_FAULT_TEXT, type Reply } from '../smtp/reply-parser.ts';
import type { Stage, Transcript } from '../session/transcript.ts';
import { stageWord } from './stage-word.ts';
import { replyText } from './verdict.ts';

/** Positive replies that can answer a command (RFC 5321 §4.3.2, RFC 3207, RFC 4954); any where a stage is not named. */
const DUE: Readonly<Partial<Record<Stage, RegExp>>> = {
  ehlo: /^250$/,
  starttls: /^220$/,
  auth: /^(?:235|334)$/,
  mail: /^25\d$/,
  rcpt: /^25\d$/,
  data: /^354$/,
  'end-of-data': /^25\d$/,
  reset: /^25\d$/,
  quit: /^221$/,
};

/**
 * Why the answers of a session cannot be told to belong to its questions, or null. A server that is out of step, or that
 * says yes with a code that means something else, may have answered another command: neither its yes nor its no counts.
 */
export function outOfStep({ end, asked, message }: Transcript): string | null {
  if (end.kind === 'desync') return `out of step at ${stageWord(end.stage)}: ${end.detail}`;
  if (end.kind === 'garbled') return `no SMTP at ${stageWord(end.stage)}: ${REPLY_FAULT_TEXT[end.fault]}`;
  const answers: readonly { readonly stage: Stage; readonly reply: Reply }[] = [
    ...asked,
    ...(message.kind === 'answered' ? [message] : []),
  ];
  const odd = answers.find(({ stage, reply }) => reply.code < 400 && DUE[stage]?.test(String(reply.code)) === false);
  return odd === undefined ? null : `out of place at ${stageWord(odd.stage)}: ${replyText(odd.reply)}`;
}
