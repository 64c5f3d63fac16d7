import type { Audit } from '../judge/audit.ts';
import type { FailOn } from '../report/outcome.ts';
import { writePrivate } from './files.ts';
import { FORMATS, readingInFile, readingOn, render, type Format, type Reading } from './formats.ts';
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

export function writeReports(audits: readonly Audit[], outputs: Outputs, failOn: FailOn, terminal: Terminal): void {
  for (const { format, file } of outputs.beside) writePrivate(file, renderAll(format, audits, readingInFile(failOn)));
  if (outputs.file === null) terminal.out(renderAll(outputs.format, audits, readingOn(terminal, failOn)));
  else writePrivate(outputs.file, renderAll(outputs.format, audits, readingInFile(failOn)));
}

/** One audit is itself in every format; several are an array in JSON and stand one below the other elsewhere. */
function renderAll(format: Format, audits: readonly Audit[], reading: Reading): string {
  const [only, ...others] = audits;
  if (only === undefined) return format === 'json' ? '[]\n' : '';
  if (others.length === 0) return render(format, only, reading);
  if (format === 'json') return `${JSON.stringify(audits, null, 2)}\n`;
  return audits.map((audit) => render(format, audit, reading)).join('\n');
}

function isFormat(name: string): name is Format {
  return FORMATS.some((format) => format === name);
}
