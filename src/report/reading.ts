import type { FailOn } from '../judge/outcome.ts';

/** A line of a file of the reader's repository, its path relative to the root with `/` between the folders. */
export interface SourceLocation {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** What a report needs to know of the place where it will be read. */
export interface Reading {
  readonly color: boolean;
  /** Columns of the terminal; text is wrapped to it. */
  readonly width: number;
  readonly failOn: FailOn;
  /** The file that says how the target should behave: where formats for code review show what was found. */
  readonly location?: SourceLocation;
  /** Closer places of single findings, by fingerprint. */
  readonly locations?: ReadonlyMap<string, SourceLocation>;
}

/** Where an audit is set up in a repository that follows the documentation. */
const CONFIGURATION: SourceLocation = { file: 'relayproof.yaml', line: 1 };

export function locationOf({ fingerprint }: { readonly fingerprint: string }, reading: Reading): SourceLocation {
  return reading.locations?.get(fingerprint) ?? reading.location ?? CONFIGURATION;
}
