import { printable } from '../smtp/printable.ts';
import { CANARY_FIELD } from './canary.ts';

/** What a canary says of itself, so that whoever finds one knows what it is and whom to ask. */
export interface CanaryNote {
  readonly token: string;
  readonly scenario: string;
  readonly target: string;
  /** Mailbox of the header field From: the sender of the audit. */
  readonly from: string;
  readonly to: string;
  /** Who answers for the audit, as given by `--authorized-by`; null on loopback and private networks. */
  readonly authorizedBy: string | null;
  /** RFC 5322 date. */
  readonly date: string;
}

/** Lines of the canary message (RFC 5322), no line longer than 78 characters where the names allow it. */
export function canaryMessage(note: CanaryNote): readonly string[] {
  const contact = note.authorizedBy === null ? 'the administrator of that server' : printable(note.authorizedBy);
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
    '',
    'This message is a canary. It was sent by relayproof, a tool with which the',
    'owner of a mail server checks that the server is no open relay.',
    '',
    `Server under audit: ${note.target}`,
    `Scenario: ${note.scenario}`,
    `Audit authorized by: ${contact}`,
    '',
    'If you did not expect it, that server passes mail on for strangers: please',
    'tell its postmaster. Nothing else is sent to you. No answer is needed.',
  ];
}
