import type { Outgoing, Step } from './dialogue.ts';
import type { ReplyPattern } from './reply-pattern.ts';

const QUESTION: ReplyPattern = { kind: 'question', goOn: false };
const WELL: ReplyPattern = { kind: 'codes', codes: ['2xx'] };

/** The dialogue of a scenario that is only a reverse-path and a forward-path. */
export function envelopeSteps(mail: string, rcpt: string): readonly Step[] {
  return [
    { send: [line(`MAIL FROM:${mail}`)], replies: [QUESTION] },
    { send: [line(`RCPT TO:${rcpt}`)], replies: [QUESTION] },
  ];
}

/**
 * The dialogue of a scenario about a false end of data: behind it, in the same write, a second transaction with the same
 * paths, which is a part of the first message unless the server takes the false end for a true one.
 * @param end in escaped text
 */
export function falseEndSteps(mail: string, rcpt: string, end: string): readonly Step[] {
  const envelope = [line(`MAIL FROM:${mail}`), line(`RCPT TO:${rcpt}`), line('DATA')];
  return [
    ...envelope.slice(0, 2).map((sent): Step => ({ send: [sent], replies: [WELL] })),
    { send: [line('DATA')], replies: [{ kind: 'codes', codes: ['354'] }] },
    {
      send: [{ kind: 'message-text' }, { kind: 'raw', text: end }, ...envelope, { kind: 'smuggled' }],
      replies: [{ kind: 'quiet' }],
    },
  ];
}

function line(text: string): Outgoing {
  return { kind: 'line', text };
}
