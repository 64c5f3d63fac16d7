import type { Caught } from '../session/caught.ts';
import type { Transcript } from '../session/transcript.ts';
import type { AuditResult, AuditSummary } from './audit.ts';
import type { VerdictKind } from './verdict.ts';

export function summarize(
  results: readonly AuditResult[],
  run: { readonly transcripts: readonly Transcript[]; readonly caught: readonly Caught[] },
): AuditSummary {
  const count = (kind: VerdictKind): number => results.filter((result) => result.verdict === kind).length;
  const turns = run.transcripts.flatMap((transcript) => transcript.turns);
  return {
    verdicts: {
      relayed: count('relayed'),
      accepted: count('accepted'),
      refused: count('refused'),
      swallowed: count('swallowed'),
      deferred: count('deferred'),
      masked: count('masked'),
      inconclusive: count('inconclusive'),
      skipped: count('skipped'),
    },
    sessions: run.transcripts.length,
    commandsSent: turns.filter((turn) => turn.kind === 'sent' && turn.stage !== 'end-of-data').length,
    messagesSent: run.transcripts.filter(
      (transcript) => transcript.message.kind !== 'not-sent' && transcript.canary !== null,
    ).length,
    caught: run.caught.filter(({ canary }) => canary !== null).length,
  };
}
