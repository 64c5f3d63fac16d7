import { z } from 'zod';
import type { RunRecord } from '../judge/judge-audit.ts';
import type { Turned } from '../probe/audit-run.ts';
import type { Caught } from '../session/caught.ts';
import type { Transcript } from '../session/transcript.ts';
import { runRecordSchema, transcriptSchema, turnedSchema } from '../judge/run-record-schema.ts';
import { schemaFaults } from '../document/schema-faults.ts';
import { UsageError } from '../document/usage-error.ts';
import { caughtSchema } from '../session/caught-schema.ts';

/** A line of a journal: first who writes it, then what was planned, then what happened. */
export type JournalLine =
  | { readonly kind: 'opened'; readonly pid: number; readonly host: string }
  | { readonly kind: 'planned'; readonly record: RunRecord }
  | { readonly kind: 'session'; readonly transcript: Transcript }
  | { readonly kind: 'turned'; readonly turned: Turned }
  | { readonly kind: 'caught'; readonly caught: Caught };

const lineSchema: z.ZodType<JournalLine> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('opened'), pid: z.int().positive(), host: z.string() }),
  z.object({ kind: z.literal('planned'), record: runRecordSchema }),
  z.object({ kind: z.literal('session'), transcript: transcriptSchema }),
  z.object({ kind: z.literal('turned'), turned: turnedSchema }),
  z.object({ kind: z.literal('caught'), caught: caughtSchema }),
]);

export interface Journal {
  /** Who writes it, or wrote it; null where not even that line is whole. */
  readonly owner: { readonly pid: number; readonly host: string } | null;
  /** The run as far as it was written, null where nothing was planned yet. */
  readonly record: RunRecord | null;
  /** The last line is not whole: the process was ended while it wrote. */
  readonly torn: boolean;
}

/** Reads a journal. Only its last line may be cut off. @throws UsageError with the lines that are no lines of a journal */
export function parseJournal(text: string, file: string): Journal {
  const parts = text.split('\n');
  const rest = parts.pop() ?? '';
  const lines = parts.map(jsonOrUndefined);
  const lastIsWhole = lines.at(-1) !== undefined;
  const whole = lastIsWhole ? lines : lines.slice(0, -1);
  const parsed = whole.map((line) => lineSchema.safeParse(line));
  const problems = parsed.flatMap((one, index) =>
    one.success ? [] : schemaFaults(one.error, `${file}:${index + 1}`).slice(0, 1),
  );
  if (problems.length > 0) throw new UsageError(problems.slice(0, 5));
  const read = parsed.flatMap((one) => (one.success ? [one.data] : []));
  const owner = read.find((line) => line.kind === 'opened') ?? null;
  return { owner, record: recordOf(read), torn: rest !== '' || (!lastIsWhole && parts.length > 0) };
}

function recordOf(lines: readonly JournalLine[]): RunRecord | null {
  const planned = lines.find((line) => line.kind === 'planned');
  if (planned === undefined) return null;
  const { record } = planned;
  const transcripts = new Map(record.transcripts.map((transcript) => [transcript.id, transcript]));
  for (const line of lines) if (line.kind === 'session') transcripts.set(line.transcript.id, line.transcript);
  const turned = lines.flatMap((line) => (line.kind === 'turned' ? [line.turned] : []));
  const begun = Date.parse(record.startedAt);
  const ends = [...transcripts.values()].map(({ startedAt, durationMs }) => Date.parse(startedAt) + durationMs - begun);
  return {
    ...record,
    interrupted: true,
    durationMs: Math.max(record.durationMs, ...ends),
    transcripts: [...transcripts.values()],
    turned: [...record.turned, ...turned],
    caught: [...record.caught, ...lines.flatMap((line) => (line.kind === 'caught' ? [line.caught] : []))],
  };
}

function jsonOrUndefined(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
