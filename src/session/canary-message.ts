import { expandRepeats } from '../smtp/escaped-text.ts';
import { printable } from '../smtp/printable.ts';
import type { MessageChange, RepeatedLine } from '../scenario/message-change.ts';
import { CANARY_FIELD } from './canary.ts';

/** What a canary says of itself, so that whoever finds one knows what it is and whom to ask. */
export interface CanaryNote {
  readonly token: string;
  readonly scenario: string;
  readonly target: string;
  /** Mailbox of the header field From. */
  readonly from: string;
  readonly to: string;
  /** Who answers for the audit, as given by `--authorized-by`; null on loopback and private networks. */
  readonly authorizedBy: string | null;
  /** RFC 5322 date. */
  readonly date: string;
}

/** Lines of the canary message (RFC 5322), no line longer than 78 characters where the names allow it. */
export function canaryMessage(note: CanaryNote, change: MessageChange | null = null): readonly string[] {
  const header = canaryHeader(note);
  const body = canaryBody(note);
  if (change === null) return [...header, '', ...body];
  const odd = writtenOut(change.body);
  return [
    ...writtenOut(change.first),
    ...changedHeader(header, change.header),
    '',
    ...odd,
    ...(odd.length === 0 ? [] : ['']),
    ...body,
  ];
}

function canaryHeader(note: CanaryNote): readonly string[] {
  return [
    `Date: ${note.date}`,
    `From: relayproof <${note.from}>`,
    `To: <${note.to}>`,
    `Subject: relayproof canary ${note.token}`,
    `Message-ID: <${note.token}@relayproof.invalid>`,
    `${CANARY_FIELD}: ${note.token}`,
    'Auto-Submitted: auto-generated',
    'Precedence: bulk',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=us-ascii',
  ];
}

function canaryBody(note: CanaryNote): readonly string[] {
  return [
    'This message is a canary. It was sent by relayproof, a tool with which the',
    'owner of a mail server checks that the server is no open relay.',
    '',
    `Server under audit: ${note.target}`,
    `Scenario: ${note.scenario}`,
    contactLine(note.authorizedBy),
    '',
    'If you did not expect it, that server passes mail on for strangers: please',
    'tell its postmaster. Nothing else is sent to you. No answer is needed.',
  ];
}

/** The line of the message that names whom to ask. */
export function contactLine(authorizedBy: string | null): string {
  return `Audit authorized by: ${authorizedBy === null ? 'the administrator of that server' : printable(authorizedBy)}`;
}

/** Fields of the change stand where the usual field of that name stood, new ones at the end. */
function changedHeader(header: readonly string[], change: MessageChange['header']): readonly string[] {
  const changes = Object.entries(change);
  const isNamed = (line: string, name: string): boolean => line.toLowerCase().startsWith(`${name.toLowerCase()}:`);
  const kept = header.flatMap((line) => {
    const changed = changes.find(([name]) => isNamed(line, name));
    return changed === undefined ? [line] : fieldLines(...changed);
  });
  const added = changes.filter(([name]) => !header.some((line) => isNamed(line, name)));
  return [...kept, ...added.flatMap(([name, value]) => fieldLines(name, value))];
}

function fieldLines(name: string, value: string | null | readonly string[]): readonly string[] {
  const values = value === null ? [] : typeof value === 'string' ? [value] : value;
  return values.map((one) => `${name}: ${expandRepeats(one)}`);
}

function writtenOut(lines: readonly RepeatedLine[]): readonly string[] {
  return lines.flatMap(({ line, times }) => Array<string>(times).fill(expandRepeats(line)));
}
