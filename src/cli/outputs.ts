import type { Audit } from '../judge/audit.ts';
import type { FailOn } from '../report/outcome.ts';
import { writePrivate } from './files.ts';
import type { SourceLocation } from '../report/reading.ts';
import { FORMATS, readingInFile, readingOn, renderAll, type Format } from './formats.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** Where reports go. */
export interface Outputs {
  readonly format: Format;
  /** Null is stdout. */
  readonly file: string | null;
  readonly beside: readonly { readonly format: Format; readonly file: string }[];
}

/** Reads the values of `--output`: `FILE` takes the place of stdout, `FORMAT=FILE` stands beside it. @throws UsageError */
export function readOutputs(format: Format, values: readonly string[]): Outputs {
  const files: string[] = [];
  const beside: { format: Format; file: string }[] = [];
  for (const value of values) {
    const [, name, file] = /^([a-z]+)=(.+)$/.exec(value) ?? [];
    if (name === undefined || file === undefined) files.push(value);
    else if (isFormat(name)) beside.push({ format: name, file });
    else throw new UsageError([`--output ${value}: \`${name}\` is no format; known are ${FORMATS.join(', ')}`]);
  }
  if (files.length > 1)
    throw new UsageError([`--output ${files.join(', ')}: one file for the --format; write FORMAT=FILE for more`]);
  return { format, file: files[0] ?? null, beside };
}

/** @param location where formats for code review show what was found, see `report-location.ts` */
export function writeReports(
  audits: readonly Audit[],
  outputs: Outputs,
  failOn: FailOn,
  terminal: Terminal,
  location?: SourceLocation,
): void {
  const inFile = readingInFile(failOn, location);
  for (const { format, file } of outputs.beside) writePrivate(file, renderAll(format, audits, inFile));
  if (outputs.file === null) terminal.out(renderAll(outputs.format, audits, readingOn(terminal, failOn, location)));
  else writePrivate(outputs.file, renderAll(outputs.format, audits, inFile));
}

function isFormat(name: string): name is Format {
  return FORMATS.some((format) => format === name);
}
