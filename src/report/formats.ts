import type { Audit } from '../judge/audit.ts';
import { githubReport } from './github.ts';
import { htmlReport } from './html.ts';
import { jsonReport } from './json.ts';
import { junitReport } from './junit.ts';
import { markdownReport } from './markdown.ts';
import { ndjsonReport } from './ndjson.ts';
import type { FailOn } from '../judge/outcome.ts';
import type { Reading, SourceLocation } from './reading.ts';
import { sarifReport } from './sarif.ts';
import { textReport } from './text.ts';

export const FORMATS = ['text', 'json', 'ndjson', 'junit', 'sarif', 'html', 'markdown', 'github'] as const;
export type Format = (typeof FORMATS)[number];

const RENDER: Readonly<Record<Format, (audits: readonly Audit[], reading: Reading) => string>> = {
  text: textReport,
  json: jsonReport,
  ndjson: ndjsonReport,
  junit: junitReport,
  sarif: sarifReport,
  html: htmlReport,
  markdown: markdownReport,
  github: githubReport,
};

/** One report of all audits. */
export function renderAll(format: Format, audits: readonly Audit[], reading: Reading): string {
  return RENDER[format](audits, reading);
}

export function render(format: Format, audit: Audit, reading: Reading): string {
  return renderAll(format, [audit], reading);
}

/** A report for the terminal that the command runs in. */
export function readingOn(
  terminal: Pick<Reading, 'color' | 'width'>,
  failOn: FailOn,
  location?: SourceLocation,
): Reading {
  return { color: terminal.color, width: terminal.width, failOn, ...(location === undefined ? {} : { location }) };
}

/** A report for a file: no colour, a width that fits a mail or a log. */
export function readingInFile(failOn: FailOn, location?: SourceLocation): Reading {
  return { color: false, width: 100, failOn, ...(location === undefined ? {} : { location }) };
}
