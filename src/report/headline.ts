import type { Audit } from '../judge/audit.ts';
import { outcomeOf, type FailOn } from '../judge/outcome.ts';
import { unfilledQuestions } from '../judge/unasked.ts';
import { plural } from './words.ts';

/** The answer of an audit, for the top of a report. */
export interface Headline {
  readonly tone: 'good' | 'bad' | 'unsure';
  /** The answer in capitals. */
  readonly word: string;
  /** What it rests on, empty where the reasons say it. */
  readonly sentence: string;
  /** Why nothing could be told. */
  readonly reasons: readonly string[];
}

export function headline(audit: Audit, failOn: FailOn): Headline {
  const outcome = outcomeOf(audit, failOn);
  switch (outcome.kind) {
    case 'clean':
      return {
        tone: 'good',
        word: 'CLOSED',
        sentence: `${notCounting(audit)}, every family had a valid control${unfilledQuestions(audit)}`,
        reasons: [],
      };
    case 'could-not-tell':
      return { tone: 'unsure', word: 'COULD NOT TELL', sentence: '', reasons: outcome.reasons };
    case 'findings':
      return {
        tone: 'bad',
        word: outcome.proven ? 'OPEN' : 'POSSIBLY OPEN',
        sentence: `${plural(audit.findings.length, 'finding')}, worst ${outcome.worst}${outcome.proven ? ', proven by messages that came out' : '; no message proves it yet (--prove)'}`,
        reasons: [],
      };
  }
}

function notCounting({ findings }: Audit): string {
  const settled = findings.filter(({ standing }) => standing !== undefined).length;
  const below = findings.length - settled;
  const parts = [
    ...(settled > 0 ? [`${plural(settled, 'finding')} known or waived`] : []),
    ...(below > 0 ? [`${plural(below, 'finding')} below the threshold`] : []),
  ];
  return parts.length > 0 ? parts.join(', ') : 'nothing found';
}
