import type { Stage } from '../session/transcript.ts';

const STAGE_WORDS: Readonly<Partial<Record<Stage, string>>> = {
  mail: 'MAIL',
  rcpt: 'RCPT',
  data: 'DATA',
  ehlo: 'EHLO',
  auth: 'AUTH',
  starttls: 'STARTTLS',
  reset: 'RSET',
  quit: 'QUIT',
  'end-of-data': 'end of data',
};

/** A stage as people write it. */
export function stageWord(stage: Stage): string {
  return STAGE_WORDS[stage] ?? stage;
}
