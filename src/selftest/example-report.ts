import type { RunRecord } from '../judge/judge-audit.ts';
import type { Catalogue } from '../scenario/scenario.ts';
import { demoHolds, runDemo } from './run-demo.ts';
import { readingInFile, render, type Format } from '../report/formats.ts';
import type { progressListener } from '../terminal/progress.ts';
import { fixedSurroundings } from '../audit/surroundings.ts';

const EXAMPLE_TIME = new Date('2026-01-01T00:00:00Z');
const EXAMPLE_PORT = 25;
const EXAMPLE_ID = '00000000-0000-4000-8000-000000000000';
const EXAMPLE_FORMATS: readonly { readonly format: Format; readonly suffix: string }[] = [
  { format: 'text', suffix: 'txt' },
  { format: 'json', suffix: 'json' },
];

export interface ExampleReports {
  /** Text of each report by its file name. */
  readonly files: ReadonlyMap<string, string>;
  /** Whether the demo showed what it is there to show. */
  readonly holds: boolean;
}

/** The reports of the demo, the same bytes every time: the clock stands still, and chance comes from a counter. */
export async function exampleReports(
  catalogue: Catalogue,
  signal: AbortSignal,
  listener: (title: string) => ReturnType<typeof progressListener>,
): Promise<ExampleReports> {
  const shown = await runDemo({
    catalogue,
    signal,
    listener,
    surroundings: () => fixedSurroundings(EXAMPLE_TIME),
    shown: reproducible,
  });
  const named = [
    ['sound-guard', shown.sound],
    ['defective-guard', shown.defective],
  ] as const;
  const files = named.flatMap(([name, audit]) =>
    EXAMPLE_FORMATS.map(
      ({ format, suffix }) => [`${name}.${suffix}`, render(format, audit, readingInFile('medium'))] as const,
    ),
  );
  return { files: new Map(files), holds: demoHolds(shown) };
}

/** A run without what differs from time to time: the free port that the system gave, and the ids that the guard gives. */
function reproducible(record: RunRecord): RunRecord {
  const { port } = record.target;
  const text = JSON.stringify(record)
    .replaceAll(`port ${port}`, `port ${EXAMPLE_PORT}`)
    .replaceAll(`"port":${port}`, `"port":${EXAMPLE_PORT}`)
    .replace(/\bid [0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, `id ${EXAMPLE_ID}`);
  const replaced: RunRecord = JSON.parse(text);
  return replaced;
}
