import { escapeMarkup } from './xml.ts';

/** HTML that is finished; any other text is escaped where it is put in. */
export interface Markup {
  readonly markup: string;
}

type Part = Markup | string | number | readonly Markup[];

/** Template for HTML: every value that is not markup itself is escaped, for content and for quoted attributes alike. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: strings.map((text, index) => text + partText(parts[index] ?? '')).join('') };
}

/** Nothing where a section has nothing to say. */
export const NOTHING: Markup = { markup: '' };

/** Text that marks names by backticks, as the tables of relayproof do. */
export function withCode(text: string): Markup {
  const parts = text.split('`');
  if (parts.length % 2 === 0) return markup`${text}`;
  return markup`${parts.map((part, index) => (index % 2 === 0 ? markup`${part}` : markup`<code>${part}</code>`))}`;
}

function partText(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number') return escapeMarkup(String(part));
  return 'markup' in part ? part.markup : part.map((one) => one.markup).join('');
}
