import type { Evidence } from './audit.ts';
import { dialogueLines } from './dialogue-text.ts';
import type { JudgedSession } from './hole.ts';

/** A session as a finding shows it. */
export function toEvidence({ result, transcript, caught }: JudgedSession): Evidence {
  return {
    endpoint: result.endpoint,
    vantage: result.vantage,
    verdict: result.verdict,
    reason: result.reason,
    transcript: transcript.id,
    dialogue: dialogueLines(transcript),
    caught,
  };
}
