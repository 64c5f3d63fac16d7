import { classifyReply } from '../smtp/reply-class.ts';
import type { Script } from '../session/script.ts';
import type { Transcript } from '../session/transcript.ts';

/** What a server said of itself before anything was asked of it. */
export interface Survey {
  readonly banner: string | null;
  /** EHLO keywords with their parameters, as lines. */
  readonly capabilities: readonly string[];
  /** Whether it takes no mail before STARTTLS, which it offers (RFC 3207 §4): then there is nothing to ask in the clear. */
  readonly demandsTls: boolean;
}

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i;

/** Reads the transcript of a survey, however far it came. */
export function readSurvey(transcript: Transcript): Survey {
  const replies = transcript.turns.flatMap((turn) => (turn.kind === 'received' ? [turn] : []));
  const banner = replies.find((turn) => turn.stage === 'banner')?.reply.lines.join(' ') ?? null;
  const ehlo = replies.findLast((turn) => turn.stage === 'ehlo' && turn.reply.code === 250)?.reply.lines ?? [];
  const capabilities = ehlo.slice(1);
  const answer = transcript.asked.at(-1)?.reply;
  const demandsTls =
    answer !== undefined &&
    classifyReply(answer) === 'tls-required' &&
    capabilities.some((line) => /^STARTTLS\b/i.test(line));
  return { banner, capabilities, demandsTls };
}

/** Every name that the server gives itself, the one in its EHLO reply first, in lower case and without repeats. */
export function surveyedNames(transcript: Transcript): readonly string[] {
  const replies = transcript.turns.flatMap((turn) => (turn.kind === 'received' ? [turn] : []));
  const banner = replies.find((turn) => turn.stage === 'banner')?.reply.lines[0] ?? null;
  const ehlo = replies.findLast((turn) => turn.stage === 'ehlo' && turn.reply.code === 250)?.reply.lines ?? [];
  // Behind its first word a banner is free text, which may hold names of others.
  const words = [ehlo[0], banner].flatMap((line) => line?.split(' ')[0] ?? []);
  return [...new Set(words.filter((word) => HOST_NAME.test(word)).map((name) => name.toLowerCase()))];
}

/** What a survey's sessions are called. */
export const SURVEY_SCENARIO = 'survey';

/** Greets, begins a mail, and says goodbye. */
export function surveyScript(helo: string, from: string): Script {
  return {
    scenario: SURVEY_SCENARIO,
    helo,
    steps: [{ send: [{ kind: 'line', text: `MAIL FROM:<${from}>` }], replies: [{ kind: 'question', goOn: false }] }],
    needs: [],
  };
}
