import type { Asked, Stage, Transcript, Turn } from '../../src/session/transcript.ts';
import type { Reply } from '../../src/smtp/reply-parser.ts';

/** A reply as the parser would read it. */
export function replyOf(code: number, ...lines: readonly string[]): Reply {
  return { code, enhanced: /^[245]\.\d{1,3}\.\d{1,3}(?= |$)/.exec(lines.at(-1) ?? '')?.[0] ?? null, lines };
}

export function received(stage: Stage, code: number, ...lines: readonly string[]): Turn {
  return { kind: 'received', at: 0, stage, reply: replyOf(code, ...lines) };
}

/** A transcript written by hand: what is not given is that of a session that was ended without a word. */
export function transcriptOf(changes: Partial<Transcript> = {}): Transcript {
  const scenario = changes.scenario ?? 'third-party';
  const vantage = changes.vantage ?? 'direct';
  const login = changes.login ?? null;
  const transcript: Transcript = {
    id: `${scenario} ${vantage} ${login === null ? 'anonymous' : 'authenticated'}`,
    scenario,
    vantage,
    login,
    startedAt: '1970-01-01T00:00:00.000Z',
    localAddress: '127.0.0.1',
    turns: [],
    asked: [],
    message: { kind: 'not-sent' },
    canary: null,
    variant: null,
    smuggled: null,
    silent: false,
    end: { kind: 'completed' },
    durationMs: 1,
  };
  return { ...transcript, ...changes };
}

export function asked(stage: Stage, code: number, ...lines: readonly string[]): Asked {
  return { stage, reply: replyOf(code, ...lines) };
}

const SENDER_TAKEN = asked('mail', 250, '2.1.0 ok');
const RECIPIENT_TAKEN = asked('rcpt', 250, '2.1.5 ok');

/** Sessions as servers give them, for a scenario of a reverse-path and a forward-path. */
export const SESSIONS = {
  refused: (text = '5.7.1 relaying denied'): Partial<Transcript> => ({
    asked: [SENDER_TAKEN, asked('rcpt', 550, text)],
  }),
  deferred: (code = 451, text = '4.7.1 greylisted'): Partial<Transcript> => ({
    asked: [SENDER_TAKEN, asked('rcpt', code, text)],
  }),
  accepted: (): Partial<Transcript> => ({ asked: [SENDER_TAKEN, RECIPIENT_TAKEN] }),
  /** Sent the canary, which the server answered so at its end. */
  sent: (canary: string, code = 250, text = '2.0.0 queued'): Partial<Transcript> => ({
    asked: [SENDER_TAKEN, RECIPIENT_TAKEN],
    canary,
    message: { kind: 'answered', stage: 'end-of-data', reply: replyOf(code, text) },
  }),
} as const;
