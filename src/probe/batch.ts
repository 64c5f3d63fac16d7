import { commandBytes, mailDataBytes } from '../smtp/command.ts';
import { escapedBytes, expandRepeats } from '../smtp/escaped-text.ts';
import type { ScriptOutgoing } from '../session/script.ts';
import type { Stage } from '../session/transcript.ts';
import type { Piece } from './dialogue-partner.ts';
import type { Canary } from './session-options.ts';
import type { Session } from './session.ts';
import { mustBeTrusted } from './tls-upgrade.ts';

const REST_SIZE = '{rest-size}';
/** A base64 text that is long enough to be a response to a SASL challenge. */
const SASL_RESPONSE = /[A-Za-z0-9+/]{12,}={0,2}/g;

/** What leaves in one write, piece by piece, as it is sent and as it may be shown. */
export function batchOf(session: Session, sent: readonly ScriptOutgoing[], stages: readonly Stage[]): readonly Piece[] {
  const pieces: Piece[] = [];
  let rest = 0;
  // From the end, because a line may say how much follows it.
  for (const [index, outgoing] of [...sent.entries()].reverse()) {
    const piece = pieceOf(session, outgoing, stages[index] ?? 'other', rest);
    rest += piece.bytes.length;
    pieces.unshift(piece);
  }
  return pieces;
}

function pieceOf(session: Session, outgoing: ScriptOutgoing, stage: Stage, rest: number): Piece {
  switch (outgoing.kind) {
    case 'line': {
      const text = outgoing.text.replaceAll(REST_SIZE, String(rest));
      if (outgoing.holdsLogin === true) hideLogin(session, text);
      return { stage, shown: text, bytes: commandBytes(expandRepeats(text)) };
    }
    case 'raw':
      if (outgoing.holdsLogin === true) hideLogin(session, outgoing.text);
      return { stage, shown: outgoing.text, bytes: escapedBytes(outgoing.text) };
    case 'message': {
      const { lines, token } = canaryOf(session);
      return { stage, shown: `[canary message ${token}]`, bytes: mailDataBytes(lines) };
    }
    case 'message-text': {
      const { lines, token } = canaryOf(session);
      return { stage, shown: `[canary message ${token}, without its end]`, bytes: withoutEnd(lines) };
    }
    case 'smuggled': {
      const { smuggled } = canaryOf(session);
      if (smuggled === undefined) throw new Error(`probe ${session.probe.id} smuggles and has one canary only`);
      return { stage, shown: `[second canary message ${smuggled.token}]`, bytes: mailDataBytes(smuggled.lines) };
    }
    case 'tls':
      throw new Error('a TLS handshake stands in a step of its own');
  }
}

function canaryOf({ canary, probe }: Session): Canary {
  if (canary === null) throw new Error(`probe ${probe.id} sends a message without leave to prove anything`);
  return canary;
}

/** Mail data up to its last line, whose line end belongs to whatever ends the data. */
function withoutEnd(lines: readonly string[]): Buffer {
  const whole = mailDataBytes(lines);
  return whole.subarray(0, whole.length - '\r\n.\r\n'.length);
}

/** A login inside a script is sent like every other login, and as little of it is kept. */
function hideLogin(session: Session, text: string): void {
  mustBeTrusted(session);
  for (const [response] of text.matchAll(SASL_RESPONSE)) session.redactor.hide(response);
}
