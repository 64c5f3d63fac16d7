import { offers, parseCapabilities } from '../smtp/capabilities.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Transcript } from '../session/transcript.ts';
import { replyText, type Verdict } from './verdict.ts';

interface Observed {
  readonly scenario: Pick<Scenario, 'role'>;
  readonly transcript: Transcript;
  readonly verdict: Verdict;
}

/**
 * A submission server of Postfix (`permit_sasl_authenticated, reject`) rejects whoever has no login as a client, in the words
 * of a block. Where AUTH is offered and every control without a login is rejected so, a login is what it wants.
 */
export function withLoginsWanted<Session extends Observed>(sessions: readonly Session[]): readonly Session[] {
  const controls = sessions.filter(
    ({ scenario, transcript }) => scenario.role === 'positive-control' && transcript.login === null,
  );
  const isWanted =
    controls.length > 0 &&
    controls.every(isRejectedAsClient) &&
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
