import type { Evidence } from './audit.ts';
import { dialogueLines } from './dialogue-text.ts';
import type { JudgedSession } from './hole.ts';

/** Lines of a dialogue that a report shows; the saved run has them all. */
const KEPT_LINES = 500;

/** Deliveries of one canary that a report shows: a server that sends it on without end proves no more. */
const KEPT_CAUGHT = 20;

/** A session as a finding shows it. */
export function toEvidence({ result, transcript, caught }: JudgedSession): Evidence {
  return {
    endpoint: result.endpoint,
    vantage: result.vantage,
    verdict: result.verdict,
    reason: result.reason,
    transcript: transcript.id,
    dialogue: shortened(dialogueLines(transcript)),
    caught: caught.slice(0, KEPT_CAUGHT),
  };
}

function shortened(lines: readonly string[]): readonly string[] {
  if (lines.length <= KEPT_LINES) return lines;
  return [...lines.slice(0, KEPT_LINES), `*  ${lines.length - KEPT_LINES} more lines were left out`];
}
