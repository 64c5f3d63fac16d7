import { parseCodes } from '../smtp/reply-code.ts';

/**
 * What the server has to say at one place of a dialogue: `codes` lists reply codes, or classes such as `2xx`; another
 * answer ends the session. `any` goes on whatever comes. `question` is what the scenario is about: an acceptance goes on,
 * a refusal is the answer (and ends the session unless `goOn`). `quiet` reads until nothing comes any more, however many
 * replies that are; `quiet-question` takes the last of them for the answer, and silence for a refusal.
 * Where `unsafe` names codes, exactly those are an acceptance; otherwise every code below 400 is one.
 */
export type ReplyPattern =
  | { readonly kind: 'codes'; readonly codes: readonly string[] }
  | { readonly kind: 'any' }
  | { readonly kind: 'question'; readonly goOn: boolean; readonly unsafe?: readonly string[] }
  | { readonly kind: 'quiet' }
  | { readonly kind: 'quiet-question' };

const QUIET = '...';

/** Reads what stands behind `S:`; null for what is no pattern. */
export function parseReplyPattern(text: string): ReplyPattern | null {
  if (text === '*') return { kind: 'any' };
  if (text === QUIET) return { kind: 'quiet' };
  if (text === `?${QUIET}`) return { kind: 'quiet-question' };
  if (text === '?' || text === '?+') return { kind: 'question', goOn: text === '?+' };
  const codes = parseCodes(text.replace(/^\?/, ''));
  if (codes === null) return null;
  return text.startsWith('?') ? { kind: 'question', goOn: false, unsafe: codes } : { kind: 'codes', codes };
}

export function formatReplyPattern(pattern: ReplyPattern): string {
  switch (pattern.kind) {
    case 'any':
      return '*';
    case 'quiet':
      return QUIET;
    case 'quiet-question':
      return `?${QUIET}`;
    case 'question':
      return `?${pattern.goOn ? '+' : ''}${pattern.unsafe?.join('|') ?? ''}`;
    case 'codes':
      return pattern.codes.join('|');
  }
}

export function isQuestion(pattern: ReplyPattern): boolean {
  return pattern.kind === 'question' || pattern.kind === 'quiet-question';
}

export function isQuiet(pattern: ReplyPattern): boolean {
  return pattern.kind === 'quiet' || pattern.kind === 'quiet-question';
}
