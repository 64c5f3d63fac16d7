import type { Audit } from '../judge/audit.ts';
import { jsonReport } from '../report/json.ts';
import type { FailOn } from '../report/outcome.ts';
import { textReport } from '../report/text.ts';
import type { Terminal } from './terminal.ts';

export const FORMATS = ['text', 'json'] as const;
export type Format = (typeof FORMATS)[number];

/** What a report needs to know of the place where it will be read. */
export interface Reading {
  readonly color: boolean;
  readonly width: number;
  readonly failOn: FailOn;
}

const RENDER: Readonly<Record<Format, (audit: Audit, reading: Reading) => string>> = {
  text: textReport,
  json: jsonReport,
};

export function render(format: Format, audit: Audit, reading: Reading): string {
  return RENDER[format](audit, reading);
}

/** A report for the terminal that the command runs in. */
export function readingOn(terminal: Terminal, failOn: FailOn): Reading {
  return { color: terminal.color, width: terminal.width, failOn };
}

/** A report for a file: no colour, a width that fits a mail or a log. */
export function readingInFile(failOn: FailOn): Reading {
  return { color: false, width: 100, failOn };
}
