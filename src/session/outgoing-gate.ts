import { contactLine } from './canary-message.ts';
import { namesOutOfScope, type RecipientScope } from './recipients.ts';

const CRLF = '\r\n';
/** No name is longer: of a byte that is repeated more often than that, no more is looked at. */
const LONGEST_RUN = 300;
/** A line that goes on in the next one: by a fold (RFC 5322 §2.2.3), perhaps behind a doubled dot, or by a soft line break. */
const FOLD = /\r\n\.?[ \t]+/g;
const BEGINS_FOLDED = /^\.?[ \t]/;
const SOFT_BREAK = /=[ \t]*\r\n(\.?)/g;
const ENDS_SOFTLY = /=[ \t]*$/;

/**
 * The last gate before the wire, one for each connection: it looks at the bytes themselves, whatever they are meant for, as
 * only the server knows whether it reads commands or a message. Bytes that it refuses must not be sent.
 */
export class OutgoingGate {
  readonly #scope: RecipientScope | null;
  #refused: readonly string[] = [];
  /** What was sent last and may go on in the next write. */
  #open = '';

  /** @param scope null where nothing is to be sent at all */
  constructor(scope: RecipientScope | null) {
    this.#scope = scope;
  }

  /**
   * The names in these bytes, behind all that was sent before, that are outside of the scope. Where there are none, the
   * bytes count as sent. After a refusal nothing passes any more: what follows was meant to stand behind those bytes.
   */
  refuse(bytes: Buffer): readonly string[] {
    const scope = this.#scope;
    if (scope === null) throw new Error('bytes on a connection that is to send none');
    if (this.#refused.length > 0) return this.#refused;
    const text = this.#open + bytes.toString('latin1');
    const lines = logicalLines(withoutContact(text, scope)).map(withoutLongRuns);
    this.#refused = [...new Set(lines.flatMap((line) => namesOutOfScope(line, scope)))];
    if (this.#refused.length === 0) this.#open = withoutLongRuns(openEnd(text));
    return this.#refused;
  }
}

/** Lines as they stand, unfolded, and with soft line breaks undone: which of these a server reads is not for us to say. */
function logicalLines(text: string): readonly string[] {
  const joined = new Set([text, text.replace(SOFT_BREAK, '$1'), text.replace(SOFT_BREAK, '')]);
  const unfolded = [...joined].map((one) => one.replace(FOLD, ' '));
  return [...new Set([...new Set([...joined, ...unfolded])].flatMap((one) => one.split(CRLF)))];
}

/** The last line and those before it that it belongs to; where it is complete, a fold may still follow. */
function openEnd(text: string): string {
  const lines = text.split(CRLF);
  let first = lines.length - 1;
  if (lines[first] === '') first -= 1;
  while (first > 0 && (BEGINS_FOLDED.test(lines[first] ?? '') || ENDS_SOFTLY.test(lines[first - 1] ?? ''))) first -= 1;
  return lines.slice(Math.max(0, first)).join(CRLF);
}

/** The line of the message that says who answers for it is the operator's own word. */
function withoutContact(text: string, { contact }: RecipientScope): string {
  if (contact === undefined) return text;
  const line = Buffer.from(contactLine(contact), 'utf8').toString('latin1');
  return text.replaceAll(`${CRLF}${line}${CRLF}`, `${CRLF}${CRLF}`);
}

function withoutLongRuns(text: string): string {
  if (text.length <= LONGEST_RUN) return text;
  const kept: string[] = [];
  let from = 0;
  let start = 0;
  for (let index = 1; index <= text.length; index += 1) {
    if (index < text.length && text.charCodeAt(index) === text.charCodeAt(start)) continue;
    if (index - start > LONGEST_RUN) {
      kept.push(text.slice(from, start + LONGEST_RUN));
      from = index;
    }
    start = index;
  }
  return kept.length === 0 ? text : kept.join('') + text.slice(from);
}
