import { SessionOver } from './dialogue-partner.ts';
import { selfSignedIdentity } from '../smtp/self-signed.ts';
import type { Session } from './session.ts';

/**
 * Begins TLS and notes whether the certificate was verified.
 * @param owesPlain whether commands that went out in the clear may still be answered there: such replies are dropped
 * (RFC 3207 §5). Any other reply belongs to no command and ends the session.
 */
export async function secure(
  { connection, recorder, options, probe, trust }: Session,
  owesPlain: boolean,
): Promise<void> {
  if (connection.hasUnread) {
    if (!owesPlain)
      throw new SessionOver({
        kind: 'desync',
        stage: 'starttls',
        detail: 'the server sent more in plain text before the TLS handshake',
      });
    recorder.note('the server sent more in plain text before the TLS handshake; it was dropped');
  }
  const outcome = await connection.secure({
    serverName: options.target.name,
    ca: options.tlsCa,
    handshakeMs: options.deadlines.tls,
    identity:
      probe.script.clientCertificate === 'self-signed' ? selfSignedIdentity(probe.script.helo ?? 'relayproof') : null,
  });
  if (outcome.kind === 'failed')
    throw new SessionOver({ kind: 'tls-failed', stage: 'starttls', detail: recorder.safe(outcome.detail) });
  recorder.note(outcome.detail);
  trust.verified = outcome.verified;
}

/** Ends the session unless credentials may go out: over verified TLS, or where the operator allows more. */
export function mustBeTrusted({ trust, options }: Session): void {
  if (trust.verified || options.insecureLogin) return;
  throw new SessionOver({
    kind: 'no-login',
    detail: 'credentials are not sent without verified TLS (--insecure-login sends them)',
  });
}
