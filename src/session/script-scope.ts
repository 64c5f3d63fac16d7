import { escapedBytes, expandRepeats } from '../smtp/escaped-text.ts';
import { textsOfChange } from '../scenario/message-change.ts';
import { freshNeighbour, isReservedDomain, recipientsOutOfScope, type RecipientScope } from './recipients.ts';
import type { Script, ScriptOutgoing } from './script.ts';

const CRLF = '\r\n';
/** No name is longer (RFC 1035 §2.3.4): of a character that is repeated more often than that, no more is looked at. */
const LONGEST_NAME = 300;

/**
 * The names in every RCPT command of a script that are outside of the scope, wherever a server might see such a command:
 * at the beginning of a line, behind a bare CR or LF, at the tail of an overlong line, in a message that is taken for
 * commands, or put together from several writes.
 */
export function scriptOutOfScope(script: Pick<Script, 'steps' | 'message'>, scope: RecipientScope): readonly string[] {
  return [...new Set(commandsOf(script).flatMap((command) => recipientsOutOfScope(command, scope)))];
}

/**
 * Whether a script asks for the fresh name in a public top-level domain. Nobody has that name today; a message for it would
 * go to whoever registers it while it waits in a queue.
 */
export function asksForUnregisteredName(script: Pick<Script, 'steps' | 'message'>, scope: RecipientScope): boolean {
  const fresh = freshNeighbour(scope);
  if (fresh === null || isReservedDomain(fresh)) return false;
  return commandsOf(script).some((command) => command.toLowerCase().includes(`@${fresh}`));
}

function commandsOf(script: Pick<Script, 'steps' | 'message'>): readonly string[] {
  const written = script.steps.map(({ send }) => send.map((sent) => textOf(sent, script)).join('')).join('');
  return recipientCommandsIn(written);
}

/** Every RCPT in a text, each up to the end of its line; a line end inside of its path does not end it. */
export function recipientCommandsIn(text: string): readonly string[] {
  return [...text.matchAll(/RCPT/gi)].map(({ index }) => {
    const line = text.slice(index, endOf(text, CRLF, index));
    const open = line.indexOf('<');
    const firstEnd = endOfLine(line, 0);
    const close = open === -1 || open > firstEnd ? -1 : line.indexOf('>', open);
    const end = open === -1 || open > firstEnd ? firstEnd : close === -1 ? line.length : endOfLine(line, close);
    return line.slice(0, end).replace(/[\r\n]/g, ' ');
  });
}

function endOf(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at === -1 ? text.length : at;
}

function endOfLine(line: string, from: number): number {
  return Math.min(endOf(line, '\r', from), endOf(line, '\n', from));
}

function textOf(sent: ScriptOutgoing, { message }: Pick<Script, 'message'>): string {
  switch (sent.kind) {
    case 'line':
      return expandRepeats(sent.text, LONGEST_NAME) + CRLF;
    case 'raw':
      return escapedBytes(sent.text, LONGEST_NAME).toString('utf8');
    case 'tls':
      return '';
    default:
      return message === null || message === undefined ? CRLF : `${textsOfChange(message).join(CRLF)}${CRLF}`;
  }
}
