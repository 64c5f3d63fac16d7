/**
 * What the server has to say at one place of a dialogue: `codes` lists reply codes, or classes such as `2xx`;
 * another answer ends the session. `any` goes on whatever comes. `question` is what the scenario is about: an acceptance
 * goes on, a refusal is the answer (and ends the session unless `goOn`).
 */
export type ReplyPattern =
  | { readonly kind: 'codes'; readonly codes: readonly string[] }
  | { readonly kind: 'any' }
  | { readonly kind: 'question'; readonly goOn: boolean };

/** Something that the client sends: a command line, or the canary message with its end of data. */
export type Outgoing = { readonly kind: 'line'; readonly text: string } | { readonly kind: 'message' };

/** Sent in one write, then answered by that many replies. */
export interface Step {
  readonly send: readonly Outgoing[];
  readonly replies: readonly ReplyPattern[];
}

/** A line of a dialogue that cannot be read. `line` counts from 0 inside the dialogue. */
export interface DialogueProblem {
  readonly line: number;
  readonly message: string;
}

export type ParsedDialogue =
  | { readonly kind: 'ok'; readonly steps: readonly Step[] }
  | { readonly kind: 'invalid'; readonly problems: readonly DialogueProblem[] };

const MESSAGE = '{message}';
const CODES = /^(?:[2-5]\d\d|[2-5]xx)(?:\|(?:[2-5]\d\d|[2-5]xx))*$/;

/**
 * Reads a dialogue in the notation of a transcript, a line a turn:
 *
 *     C: MAIL FROM:<{sender}>     sent with CRLF; lines of C: with no S: between them leave in one write
 *     S: 250                      the reply must be that (`250`, `2xx`, `250|251`)
 *     S: *                        any reply
 *     S: ?                        the question; `S: ?+` goes on after a refusal, too
 *     C: {message}                the canary message, dots doubled, ended by CRLF . CRLF
 *
 * Blank lines and lines that begin with `#` are passed over.
 */
export function parseDialogue(text: string): ParsedDialogue {
  const problems: DialogueProblem[] = [];
  const steps: Step[] = [];
  let send: Outgoing[] = [];
  let replies: ReplyPattern[] = [];
  const flush = (): void => {
    if (send.length > 0) steps.push({ send, replies });
    send = [];
    replies = [];
  };
  for (const [line, raw] of text.split('\n').entries()) {
    const trimmed = raw.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    if (trimmed.startsWith('C:')) {
      if (replies.length > 0) flush();
      send.push(parseOutgoing(trimmed.slice(2).replace(/^ /, '')));
    } else if (trimmed.startsWith('S:')) {
      const pattern = parseReplyPattern(trimmed.slice(2).trim());
      if (pattern === null)
        problems.push({
          line,
          message: `\`${trimmed}\` is no reply pattern: write a code such as 250 or 5xx, \`*\`, \`?\` or \`?+\``,
        });
      else if (send.length === replies.length)
        problems.push({ line, message: 'a reply without a line of the client before it' });
      else replies.push(pattern);
    } else {
      problems.push({ line, message: `\`${trimmed}\` begins with neither \`C:\` nor \`S:\`` });
    }
  }
  flush();
  if (problems.length === 0 && !steps.some((step) => step.replies.some((reply) => reply.kind === 'question'))) {
    problems.push({ line: 0, message: 'the dialogue asks no question: mark the telling reply with `S: ?`' });
  }
  return problems.length > 0 ? { kind: 'invalid', problems } : { kind: 'ok', steps };
}

/** The dialogue of a scenario that is only a reverse-path and a forward-path. */
export function envelopeSteps(mail: string, rcpt: string): readonly Step[] {
  const question: ReplyPattern = { kind: 'question', goOn: false };
  return [
    { send: [{ kind: 'line', text: `MAIL FROM:${mail}` }], replies: [question] },
    { send: [{ kind: 'line', text: `RCPT TO:${rcpt}` }], replies: [question] },
  ];
}

function parseOutgoing(text: string): Outgoing {
  return text.trim() === MESSAGE ? { kind: 'message' } : { kind: 'line', text };
}

function parseReplyPattern(text: string): ReplyPattern | null {
  if (text === '*') return { kind: 'any' };
  if (text === '?' || text === '?+') return { kind: 'question', goOn: text === '?+' };
  return CODES.test(text) ? { kind: 'codes', codes: text.split('|') } : null;
}

/** Whether a reply code fits a pattern of codes. */
export function fitsCodes(code: number, codes: readonly string[]): boolean {
  const text = String(code);
  return codes.some((wanted) => wanted === text || (wanted.endsWith('xx') && wanted.charAt(0) === text.charAt(0)));
}
