import { offers, parseCapabilities } from '../smtp/capabilities.ts';
import type { Scenario } from '../scenario/scenario.ts';
import type { Transcript, Turn } from '../session/transcript.ts';
import { replyText, type Verdict } from './verdict.ts';

interface Observed {
  readonly scenario: Pick<Scenario, 'role'>;
  readonly transcript: Transcript;
  readonly verdict: Verdict;
}

/** Port on which mail of everybody is taken (RFC 5321 §4.5.4.2). */
const SMTP_PORT = 25;
/** Ports on which users hand in mail (RFC 8314 §3.3). */
const SUBMISSION_PORTS: ReadonlySet<number> = new Set([465, 587]);

/**
 * A submission server of Postfix (`permit_sasl_authenticated, reject`) rejects whoever has no login as a client, in the words
 * of a block. Where every control without a login is rejected so, a login is what it wants if one is let in, which no block of
 * the address would have done, or if AUTH is offered on a port of submission, or to that very control after STARTTLS on
 * another port than that for mail of others.
 */
export function withLoginsWanted<Session extends Observed>(
  sessions: readonly Session[],
  port: number,
): readonly Session[] {
  const controls = sessions.filter(
    ({ scenario, transcript }) => scenario.role === 'positive-control' && transcript.login === null,
  );
  const isSubmission = SUBMISSION_PORTS.has(port)
    ? sessions.some(({ transcript }) => offersAuth(transcript.turns))
    : port !== SMTP_PORT && controls.every(({ transcript }) => offersAuth(insideTls(transcript)));
  const isWanted = isSubmission || sessions.some(isLoginLetIn);
  if (controls.length === 0 || !isWanted || !controls.every(isRejectedAsClient)) return sessions;
  return sessions.map((session) =>
    session.transcript.login === null && isRejectedAsClient(session)
      ? { ...session, verdict: loginWanted(session.verdict) }
      : session,
  );
}

function isLoginLetIn({ scenario, transcript, verdict }: Observed): boolean {
  const { kind } = verdict;
  return (
    scenario.role === 'positive-control' && transcript.login !== null && (kind === 'accepted' || kind === 'relayed')
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
    reason: `the server rejects every client without a login and takes logins${said}`,
  };
}

/** What came after the server agreed to TLS. */
function insideTls({ turns }: Transcript): readonly Turn[] {
  const began = turns.findIndex(
    (turn) => turn.kind === 'received' && turn.stage === 'starttls' && turn.reply.code === 220,
  );
  return began === -1 ? [] : turns.slice(began + 1);
}

function offersAuth(turns: readonly Turn[]): boolean {
  return turns.some(
    (turn) =>
      turn.kind === 'received' &&
      turn.stage === 'ehlo' &&
      turn.reply.code === 250 &&
      offers(parseCapabilities(turn.reply), 'AUTH'),
  );
}
