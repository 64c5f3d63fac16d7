import { offers, parseCapabilities } from '../smtp/capabilities.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Transcript } from '../session/transcript.ts';
import { replyText, type Verdict } from './verdict.ts';

interface Observed {
  readonly scenario: Pick<Scenario, 'role'>;
  readonly transcript: Transcript;
  readonly verdict: Verdict;
}

/** Ports on which mail is taken from users only (RFC 6409 §3.1, RFC 8314 §3.3). */
const SUBMISSION_PORTS: ReadonlySet<number> = new Set([465, 587]);

/**
 * A submission server of Postfix (`permit_sasl_authenticated, reject`) rejects whoever has no login as a client, in the words
 * of a block. Where AUTH is offered and every control without a login is rejected so, a login is what it wants: on a
 * submission port, or where a login was let in, which no block of the client's address would have done.
 */
export function withLoginsWanted<Session extends Observed>(
  sessions: readonly Session[],
  port: number,
): readonly Session[] {
  const controls = sessions.filter(
    ({ scenario, transcript }) => scenario.role === 'positive-control' && transcript.login === null,
  );
  const isWanted =
    controls.length > 0 &&
    controls.every(isRejectedAsClient) &&
    (SUBMISSION_PORTS.has(port) || sessions.some(isLoginLetIn)) &&
    sessions.some(({ transcript }) => offersAuth(transcript));
  if (!isWanted) return sessions;
  return sessions.map((session) =>
    session.transcript.login === null && isRejectedAsClient(session)
      ? { ...session, verdict: loginWanted(session.verdict) }
      : session,
  );
}

/** Rejected for good, and at the question itself. */
function isRejectedAsClient({ transcript, verdict }: Observed): boolean {
  return verdict.kind === 'masked' && verdict.class === 'client-rejected' && transcript.end.kind !== 'diverged';
}

function isLoginLetIn({ scenario, transcript, verdict }: Observed): boolean {
  const { kind } = verdict;
  return (
    scenario.role === 'positive-control' && transcript.login !== null && (kind === 'accepted' || kind === 'relayed')
  );
}

function loginWanted(verdict: Verdict): Verdict {
  const said = verdict.reply === null ? '' : `: ${replyText(verdict.reply)}`;
  return {
    ...verdict,
    kind: 'refused',
    class: 'authentication-required',
    reason: `the server offers AUTH and rejects every client without a login${said}`,
  };
}

function offersAuth({ turns }: Transcript): boolean {
  return turns.some(
    (turn) =>
      turn.kind === 'received' &&
      turn.stage === 'ehlo' &&
      turn.reply.code === 250 &&
      offers(parseCapabilities(turn.reply), 'AUTH'),
  );
}
