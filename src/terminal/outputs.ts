import type { Audit } from '../judge/audit.ts';
import type { FailOn } from '../judge/outcome.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { mustBeWritable, writePrivate } from '../document/files.ts';
import type { SourceLocation } from '../report/reading.ts';
import { FORMATS, readingInFile, readingOn, renderAll, type Format } from '../report/formats.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from '../document/usage-error.ts';

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

/** Finds out, before anything is sent, whether every file could be written. @throws UsageError with those that could not */
export function checkOutputs({ file, beside }: Outputs): void {
  mustBeWritable([...(file === null ? [] : [file]), ...beside.map((one) => one.file)]);
}

/**
 * Writes the report that people wait for, then the others; one that cannot be written keeps no other back. Returns what
 * could not be written and why, a sentence each.
 *
 * @param location where formats for code review show what was found, see `report-location.ts`
 */
export function writeReports(
  audits: readonly Audit[],
  outputs: Outputs,
  failOn: FailOn,
  terminal: Terminal,
  location?: SourceLocation,
): readonly string[] {
  const inFile = readingInFile(failOn, location);
  const files = [...(outputs.file === null ? [] : [{ format: outputs.format, file: outputs.file }]), ...outputs.beside];
  if (outputs.file === null) terminal.out(renderAll(outputs.format, audits, readingOn(terminal, failOn, location)));
  return writeFiles(files.map(({ format, file }) => [file, () => renderAll(format, audits, inFile)]));
}

/** Writes files one after the other, whatever becomes of each. Returns what could not be written and why, a sentence each. */
export function writeFiles(files: readonly (readonly [file: string, text: () => string])[]): readonly string[] {
  return files.flatMap(([file, text]) => {
    const content = text();
    try {
      writePrivate(file, content);
      return [];
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      return [error.message];
    }
  });
}

/** Says which outputs are missing. A run that would have passed does not, as whoever asked for them goes by them. */
export function codeWithOutputs(code: ExitCode, failures: readonly string[], terminal: Terminal): ExitCode {
  for (const failure of failures) terminal.say(`relayproof: ${failure}`);
  return failures.length > 0 && code === EXIT.ok ? EXIT.usage : code;
}

function isFormat(name: string): name is Format {
  return FORMATS.some((format) => format === name);
}
