import type { RunRecord } from '../judge/judge-audit.ts';

/**
 * One record out of a run and a later one that asked a part of it again with the same names: what was asked again takes
 * the place of what it was, and is in doubt no more.
 */
export function mergeRecords(before: RunRecord, later: RunRecord): RunRecord {
  const answers = new Map(later.transcripts.map((transcript) => [transcript.id, transcript]));
  const replaced = new Set([...answers.keys(), ...later.skipped.map(({ id }) => id)]);
  const known = new Set(before.transcripts.map(({ id }) => id));
  return {
    ...later,
    interrupted: before.interrupted || later.interrupted,
    transcripts: [
      ...before.transcripts.flatMap((transcript) => {
        const answer = answers.get(transcript.id);
        if (answer !== undefined) return [answer];
        return replaced.has(transcript.id) ? [] : [transcript];
      }),
      ...later.transcripts.filter(({ id }) => !known.has(id)),
    ],
    skipped: [...before.skipped.filter(({ id }) => !replaced.has(id)), ...later.skipped],
    turned: [
      ...before.turned.flatMap((turn) => {
        const doubted = turn.doubted.filter((id) => !replaced.has(id));
        const unasked = turn.unasked.filter((id) => !replaced.has(id));
        return doubted.length + unasked.length === 0 ? [] : [{ ...turn, doubted, unasked }];
      }),
      ...later.turned,
    ],
    catching: {
      ...later.catching,
      seenAt: { ...before.catching.seenAt, ...later.catching.seenAt },
      // What was taken before was watched for until then.
      until: earlier(before.catching.until, later.catching.until),
    },
  };
}

function earlier(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return null;
  return Date.parse(a) < Date.parse(b) ? a : b;
}
